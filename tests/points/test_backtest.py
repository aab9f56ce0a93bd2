"""Back-tests: what was really issued comes out again, and nothing is written."""

import datetime
import random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accruing, backtesting, reporting
from points.models import Accrual, BackTest, Entry, Rule, Transfer, Weighing

Kind = Activity.Kind
START = timezone.make_aware(datetime.datetime(2026, 9, 1, 9))
WRITING = (Kind.THREAD_STARTED, Kind.REPLY_POSTED, Kind.BLOG_ENTRY_POSTED, Kind.REACTION_RECEIVED, Kind.ARTICLE_READ, Kind.REPLY_ACCEPTED)


@pytest.fixture
def history(alice, bob, charlie, mei):
    """Some days of deeds in a jumbled order, some taken back, one of them restored."""
    dice = random.Random(8)
    members = [alice, bob, charlie, mei]
    for number in range(40):
        kind = dice.choice(WRITING)
        at = START + datetime.timedelta(hours=dice.randrange(24 * 3))
        record(dice.choice(members), kind, number, at=at, details={"minutes": dice.randrange(3, 20)})
        if dice.random() < 0.12:
            take_back(kind, number)
            if dice.random() < 0.3:
                take_back(kind, number, activity.restore)
    for number, member in enumerate(members):
        record(member, Kind.PROFILE_PARTLY_COMPLETED, f"a{number}", at=START)
        record(member, Kind.PROFILE_COMPLETED, f"b{number}", at=START + datetime.timedelta(days=1))
        record(member, Kind.RENEWED_ON_TIME, f"c{number}", at=START + datetime.timedelta(days=20), details={"months": 3})
        record(member, Kind.REVENUE_TARGET_MET, f"d{number}", at=START, details={"months": 3 + number})
        record(member, Kind.SURVEY_COMPLETED, f"e{number}", at=START, details={"points": 7 * number})
    record(alice, Kind.COLLEAGUE_REGISTERED, "f", counterpart=bob)


def record(member, kind, number, *, at=START, **more):
    with transaction.atomic():
        row = activity.record(member, kind, cause=f"thing:{number}", happened_at=at, **more)
    accruing.weigh(row.pk)


def take_back(kind, number, how=activity.undo):
    with transaction.atomic():
        row = how(kind, cause=f"thing:{number}")
    if row:
        accruing.weigh(row.pk)


def issued_by_rule():
    return {row.rule: row.points for row in reporting.points_by_rule() if row.rule}


def test_a_back_test_of_the_rules_as_they_are_gives_what_was_really_issued(history):
    result = backtesting.replay(backtesting.live_rules())
    assert {row["rule"]: row["sets"][0]["points"] for row in result["rules"] if row["sets"][0]["points"]} == issued_by_rule()
    (total,) = result["totals"]
    assert total["points"] == reporting.issued_points()
    assert total["awards"] == Accrual.objects.filter(outcome="awarded").count()
    assert total["cut"] == Accrual.objects.filter(outcome="capped").count()


def test_limits_of_every_kind_come_out_as_the_living_club_decided(alice, bob, charlie, mei, request):
    Rule.objects.filter(activity_kind=Kind.ARTICLE_READ).update(per_field="minutes", per_size=3, cap_points_per_day=9, cap_per_day=None)
    Rule.objects.filter(activity_kind=Kind.REACTION_RECEIVED).update(cap_in_all=7, cap_per_week=5)
    Rule.objects.filter(activity_kind=Kind.BLOG_ENTRY_POSTED).update(cap_per_month=2, cap_points_per_week=10)
    reply = Rule.objects.get(activity_kind=Kind.REPLY_POSTED)
    Rule.objects.filter(pk=reply.pk).update(best_of="week")
    Rule.objects.create(programme=reply.programme, name="Weekend", activity_kind=Kind.REPLY_POSTED, amount_points=3, best_of="week",
                        condition={"field": "activity.weekday", "operator": ">=", "value": 6}, cap_per_object=1)  # fmt: skip
    request.getfixturevalue("history")
    result = backtesting.replay(backtesting.live_rules())
    assert {row["rule"]: row["sets"][0]["points"] for row in result["rules"] if row["sets"][0]["points"]} == issued_by_rule()


def test_nothing_is_written_but_progress_and_result(history, marketer):
    counted = (Transfer, Entry, Accrual, Weighing, Activity)
    before = [list(model.objects.order_by("pk").values_list()) for model in counted]
    draft = Rule.objects.get(activity_kind=Kind.REPLY_POSTED)
    draft.amount_points = 5
    draft.save_revision(user=marketer)
    with CaptureQueriesContext(connection) as asked:
        test = backtesting.order(by=marketer, rule=draft)
    assert test.status == "done"
    assert [list(model.objects.order_by("pk").values_list()) for model in counted] == before
    writes = [query["sql"] for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert all("points_backtest" in sql for sql in writes)
    assert len(asked) < 30


def test_a_draft_is_compared_with_today(client, history, marketer):
    rule = Rule.objects.get(activity_kind=Kind.REPLY_POSTED)
    rule.amount_points = 3
    rule.save_revision(user=marketer)
    client.force_login(marketer)
    response = client.post("/admin/points/back-tests/", {"rule": rule.pk}, follow=True)
    page = response.content.decode()
    test = BackTest.objects.get()
    today, then = test.result["totals"]
    (row,) = [row for row in test.result["rules"] if row["is_draft"]]
    assert row["sets"][1]["points"] == 3 * row["sets"][0]["points"]
    assert then["points"] - today["points"] == 2 * row["sets"][0]["points"] == response.context["differences"]["points"]
    assert response.context["totals"][1]["cost"]["all"] == then["points"] * 10 / 100
    assert "<svg" in page
    assert "Held back by a limit or budget" in page
    rule.refresh_from_db()
    assert rule.amount_points == 1


def test_a_budget_and_a_period_are_kept(history):
    (draft,) = Rule.objects.filter(activity_kind=Kind.THREAD_STARTED)
    draft.budget_points = 5
    result = backtesting.replay(backtesting.live_rules(), draft, since=datetime.date(2026, 9, 3))
    (row,) = [row for row in result["rules"] if row["is_draft"]]
    all_time = backtesting.replay(backtesting.live_rules(), draft)
    (whole,) = [row for row in all_time["rules"] if row["is_draft"]]
    assert whole["sets"][1]["points"] == 4 < whole["sets"][0]["points"]
    assert whole["sets"][1]["cut"] > 0
    assert row["sets"][0]["points"] < whole["sets"][0]["points"]


def test_a_promotion_that_nobody_could_join_yet_is_tried_as_if_all_had(history, asset):
    draft = Rule(pk=999_999, programme=asset.programme, name="New", activity_kind=Kind.REPLY_POSTED, amount_points=1, live=False)
    draft.is_promotion = draft.needs_enrolment = True
    result = backtesting.replay(backtesting.live_rules(), draft)
    assert result["totals"][1]["points"] > result["totals"][0]["points"]


def test_a_long_one_waits_for_a_round_and_shows_how_far_it_is(client, history, marketer, monkeypatch):
    monkeypatch.setattr(backtesting, "AT_ONCE", 0)
    client.force_login(marketer)
    response = client.post("/admin/points/back-tests/", {"rule": ""}, follow=True)
    test = BackTest.objects.get()
    assert test.status == "waiting"
    assert "<progress" in response.content.decode()
    assert response["Refresh"] == "2"
    assert backtesting.run(test.pk) is True
    assert backtesting.run(test.pk) is False
    test.refresh_from_db()
    assert (test.status, test.done_count) == ("done", test.total_count)
    assert "<progress" not in client.get(f"/admin/points/back-tests/{test.pk}/").content.decode()


def test_one_whose_process_died_is_begun_again_and_one_that_fails_says_so(client, history, marketer, monkeypatch):
    dead = BackTest.objects.create(status="running", beat_at=timezone.now() - datetime.timedelta(minutes=3))
    alive = BackTest.objects.create(status="running", beat_at=timezone.now())
    assert (backtesting.run(dead.pk), backtesting.run(alive.pk)) == (True, False)
    monkeypatch.setattr(backtesting, "replay", lambda *args, **more: 1 / 0)
    failed = backtesting.order(by=marketer)
    assert failed.status == "failed"
    client.force_login(marketer)
    page = client.get(f"/admin/points/back-tests/{failed.pk}/").content.decode()
    assert "Nothing was changed" in page
    assert "Start again" in page


def test_others_do_not_order_back_tests(client, moderator, alice):
    for who in (moderator, alice):
        client.force_login(who)
        assert client.get("/admin/points/back-tests/").status_code in (302, 403)
        assert client.post("/admin/points/back-tests/", {}).status_code in (302, 403)
    assert not BackTest.objects.exists()


def test_what_makes_no_sense_is_refused_at_its_field(client, marketer):
    client.force_login(marketer)
    response = client.post("/admin/points/back-tests/", {"rule": "4711", "since": "2026-10-01", "until": "2026-09-01"})
    assert set(response.context["form"].errors) == {"rule", "until"}


def test_a_promotion_that_is_still_to_come_is_tried_as_if_its_days_were_those_that_are_replayed(client, history, marketer):
    rule = Rule.objects.get(activity_kind=Kind.ARTICLE_READ)
    today = timezone.localdate()
    rule.starts_on, rule.ends_on = today + datetime.timedelta(days=10), today + datetime.timedelta(days=40)
    rule.amount_points = 100
    rule.save_revision()
    found = backtesting.replay(backtesting.live_rules(), rule)
    before, after = (row for row in found["rules"] if row["is_draft"]).__next__()["sets"]
    assert after["awards"] == before["awards"] > 0
    assert rule.starts_on, "the draft itself keeps its days"
    client.force_login(marketer)
    page = client.post("/admin/points/back-tests/", {"rule": rule.pk}, follow=True).content.decode()
    assert "as if they were those that are replayed" in page
    assert "The rule gave nothing" not in page


def test_one_that_gives_nothing_is_told_why(client, history, marketer):
    rule = Rule.objects.get(activity_kind=Kind.SURVEY_COMPLETED)
    rule.condition = {"field": "survey", "operator": "=", "value": "no-such"}
    rule.save_revision()
    client.force_login(marketer)
    page = client.post("/admin/points/back-tests/", {"rule": rule.pk}, follow=True).content.decode()
    assert "The rule gave nothing" in page
    assert "as if they were those" not in page
