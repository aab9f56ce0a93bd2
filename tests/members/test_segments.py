import datetime
from itertools import product

import pytest
from django.core.exceptions import ValidationError

from members import facts, segments
from members.models import Company, Member, Segment

DAY = datetime.date(2026, 11, 20)
LEAVES = [
    *({"field": "company.stage", "operator": "=", "value": stage} for stage in Company.Stage.values),
    {"field": "company.stage", "operator": "in", "value": ["use", "renew"]},
    {"field": "company.stage", "operator": "!=", "value": "use"},
    {"field": "company.industry", "operator": "!=", "value": "Trade"},
    {"field": "company.industry", "operator": "contains", "value": "rin"},
    {"field": "member.locale", "operator": "in", "value": ["zh-hans"]},
    *({"field": "member.days", "operator": each, "value": 30} for each in ("=", "!=", "<", "<=", ">", ">=")),
]


@pytest.fixture
def crowd(alice, charlie, mei, marketer):
    for number, member in enumerate(Member.objects.order_by("pk")):
        joined = datetime.datetime(2026, 10, 20 + number, 23, 30, tzinfo=datetime.UTC)
        Member.objects.filter(pk=member.pk).update(joined_at=joined)


def as_predicate(tree):
    belongs = segments.belongs(Segment(condition=tree))
    return {pk for pk, who in facts.everybody().items() if belongs(who, DAY)}


@pytest.mark.parametrize("first", LEAVES)
def test_the_filter_picks_whom_the_predicate_picks(crowd, first):
    trees = [
        first,
        {"not": first},
        *({"all": [first, other]} for other in LEAVES[:7]),
        *({"any": [first, {"not": other}]} for other in LEAVES[5:]),
    ]
    for tree in trees:
        found = segments.members_of(Segment(condition=tree), day=DAY)
        assert set(found.values_list("pk", flat=True)) == as_predicate(tree), tree


@pytest.mark.parametrize(("month", "year"), product((1, 4, 9, 12), (2025, 2026)))
def test_stages_are_the_same_in_both_readings(crowd, harbour, month, year):
    for stage in Company.Stage.values:
        tree = {"field": "company.stage", "operator": "=", "value": stage}
        day = datetime.date(year, month, 1)
        belongs = segments.belongs(Segment(condition=tree))
        expected = {pk for pk, who in facts.everybody().items() if belongs(who, day)}
        assert set(segments.members_of(Segment(condition=tree), day=day).values_list("pk", flat=True)) == expected


def test_a_marketer_makes_a_segment_and_sees_how_many_belong(client, marketer, alice, charlie):
    client.force_login(marketer)
    line = {
        "condition-0-mode": "all",
        "condition-0-0-field": "company.industry",
        "condition-0-0-operator": "=",
        "condition-0-0-value": "Trade",
    }
    said = {"slug": "trade", "name": "Trade", "condition-mode": "all", **line}
    assert client.post("/admin/segment/new/", said).status_code == 302
    segment = Segment.objects.get()
    assert "1 members now" in client.get(f"/admin/segment/edit/{segment.pk}/").content.decode()
    assert "Industry is Trade" in client.get("/admin/segment/").content.decode()


@pytest.mark.parametrize(("operator", "days", "count"), [("<", 10**11, 2), (">=", -(10**11), 2), (">", 10**11, 0), ("=", 10**11, 0)])
def test_a_segment_may_ask_for_more_days_than_a_calendar_has(client, marketer, alice, operator, days, count):
    condition = {"field": "member.days", "operator": operator, "value": days}
    segment = Segment.objects.create(slug="long", name="Long", condition=condition)
    assert segments.members_of(segment).count() == count
    belongs = segments.belongs(segment)
    assert sum(belongs(who, datetime.date(2026, 11, 1)) for who in facts.everybody().values()) == count
    client.force_login(marketer)
    assert f"{count} members now" in client.get(f"/admin/segment/edit/{segment.pk}/").content.decode()


@pytest.mark.parametrize("ends_on", [datetime.date(1, 1, 1), datetime.date(9999, 12, 31)])
def test_a_contract_may_end_where_the_calendar_does(alice, ends_on):
    Company.objects.filter(pk=alice.company_id).update(contract_ends_on=ends_on)
    alice.company.refresh_from_db()
    assert alice.company.stage_on(datetime.date(2026, 11, 1)) == ("renew" if ends_on.year == 1 else "use")


def test_a_segment_asks_only_for_what_it_knows(client, marketer):
    client.force_login(marketer)
    line = {"condition-0-mode": "all", "condition-0-0-field": "member.password", "condition-0-0-operator": "=", "condition-0-0-value": "x"}
    response = client.post("/admin/segment/new/", {"slug": "s", "name": "S", "condition-mode": "all", **line})
    assert "condition" in response.context["form"].errors
    assert not Segment.objects.exists()


def test_a_segment_in_use_keeps_its_condition(client, marketer, db):
    from points.models import Rule

    segment = Segment.objects.create(slug="trade", name="Trade")
    Rule.objects.filter(activity_kind="reply_posted").update(segment=segment)
    client.force_login(marketer)
    line = {
        "condition-0-mode": "all",
        "condition-0-0-field": "company.industry",
        "condition-0-0-operator": "=",
        "condition-0-0-value": "Any",
    }
    response = client.post(f"/admin/segment/edit/{segment.pk}/", {"slug": "trade", "name": "Trade", "condition-mode": "all", **line})
    assert "in use" in str(response.context["form"].errors["condition"])
    segment.condition = {"field": "member.days", "operator": ">", "value": 1}
    with pytest.raises(ValidationError):
        segment.save()
    segment.condition = {}
    segment.name = "Traders"
    segment.save()


def test_others_do_not_get_at_segments(client, moderator):
    client.force_login(moderator)
    assert client.get("/admin/segment/").status_code in (302, 403)
