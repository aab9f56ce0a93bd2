"""The marketers' rules, through the screens: written, approved by somebody else, in force."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Revision

from members import activity
from members.models import Activity, Segment
from points import accruing, approving, reading, wording
from points.models import Accrual, Approval, Budget, Enrolment, NotApproved, Rule
from tests.conftest import in_role, member_of
from tests.points.rule_forms import ADDRESS, edit, rule_form, submit

Kind = Activity.Kind
NOON = timezone.make_aware(datetime.datetime(2026, 11, 10, 12))


@pytest.fixture
def second(db):
    """Another marketer."""
    return in_role(member_of(None, "sam@club.example", "Sam the second", is_staff=True), "Marketers")


@pytest.fixture
def rule(db):
    return Rule.objects.get(activity_kind=Kind.REPLY_POSTED)


@pytest.fixture
def did(db):
    def _did(member, kind, number=1, *, at=NOON, **more):
        with transaction.atomic():
            row = activity.record(member, kind, cause=f"thing:{number}", happened_at=at, **more)
        accruing.weigh(row.pk)
        return row

    return _did


def judge(client, who, verdict="approve", **said):
    approval = Approval.objects.get(verdict="waiting")
    client.force_login(who)
    return client.post(f"/admin/points/approvals/{approval.pk}/", {"verdict": verdict, **said})


def test_a_marketer_writes_a_rule_a_second_approves_it_and_a_member_earns(client, marketer, second, alice, asset, did):
    blank = Rule(programme=asset.programme, name="Long reads", name_zh="长文阅读", activity_kind=Kind.ARTICLE_READ, amount_points=3)
    line = {"condition-0-mode": "all", "condition-0-0-field": "minutes", "condition-0-0-operator": ">=", "condition-0-0-value": "10"}
    client.force_login(marketer)
    assert client.post(f"{ADDRESS}add/", rule_form(blank, **line, **{"action-ask": "yes"})).status_code == 302
    rule = Rule.objects.get(name="Long reads")
    assert (rule.live, rule.condition) == (False, {"field": "minutes", "operator": ">=", "value": 10})
    did(alice, Kind.ARTICLE_READ, 1, details={"minutes": 12})
    assert reading.balance_of(alice) == 2
    assert judge(client, second).status_code == 302
    did(alice, Kind.ARTICLE_READ, 2, details={"minutes": 12})
    did(alice, Kind.ARTICLE_READ, 3, details={"minutes": 4})
    assert reading.balance_of(alice) == 2 + (2 + 3) + 2


def test_nobody_approves_what_they_wrote(client, marketer, second, rule):
    submit(client, rule, marketer, amount_points="9")
    response = judge(client, marketer)
    assert "somebody else has to approve it" in response.content.decode()
    rule.refresh_from_db()
    assert rule.amount_points == 1
    client.force_login(second)
    page = client.get(f"/admin/points/approvals/{Approval.objects.get().pk}/").content.decode()
    assert "9 points to the member who did it" in page
    assert "发表回复" in page


def test_whoever_wrote_a_part_of_it_does_not_approve_it_either(client, marketer, second, admin, rule):
    edit(client, rule, marketer, amount_points="9")
    submit(client, rule, second, amount_points="9", cap_per_day="11")
    assert "somebody else" in judge(client, marketer).content.decode()
    assert judge(client, admin).status_code == 302
    rule.refresh_from_db()
    assert (rule.amount_points, rule.cap_per_day) == (9, 11)


def test_the_button_that_publishes_is_not_there_and_pressing_it_all_the_same_leaves_a_draft(client, marketer, admin, rule):
    client.force_login(marketer)
    page = client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    assert "action-publish" not in page
    assert "action-ask" in page
    for who in (marketer, admin):
        edit(client, rule, who, amount_points="9", **{"action-publish": "yes"})
        rule.refresh_from_db()
        assert (rule.amount_points, rule.has_unpublished_changes) == (1, True)


def test_no_code_path_puts_an_unapproved_version_in_force(marketer, rule):
    rule.amount_points = 9
    with pytest.raises(NotApproved):
        rule.save_revision(user=marketer).publish(user=marketer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(rule=rule, revision_id=1, digest="", asked_by=marketer, decided_by=marketer, verdict="approved")


def test_a_version_that_was_written_over_after_it_was_submitted_is_another_version(client, marketer, second, rule):
    submit(client, rule, marketer, amount_points="2")
    revision = Revision.objects.get(pk=Approval.objects.get().revision_id)
    revision.content["amount_points"] = 5_000
    revision.save()
    assert "has to submit it again" in judge(client, second).content.decode()
    assert not approving.is_approved(revision)


def test_a_version_is_sent_back_with_a_word_to_its_author(client, marketer, second, rule):
    submit(client, rule, marketer, amount_points="9")
    assert "note" in judge(client, second, "return").context["form"].errors
    judge(client, second, "return", note="Nine is too many.")
    client.force_login(marketer)
    assert "Nine is too many." in client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    rule.refresh_from_db()
    assert rule.amount_points == 1


def test_a_decision_is_taken_once(client, marketer, second, admin, rule):
    submit(client, rule, marketer, amount_points="9")
    approval = Approval.objects.get()
    judge(client, second)
    client.force_login(admin)
    response = client.post(f"/admin/points/approvals/{approval.pk}/", {"verdict": "return", "note": "No"})
    assert "already decided" in response.content.decode()


def test_others_neither_see_nor_decide(client, marketer, moderator, alice, rule):
    submit(client, rule, marketer, amount_points="9")
    for who in (moderator, alice):
        client.force_login(who)
        assert client.get("/admin/points/approvals/").status_code in (302, 403)
        assert client.post(f"/admin/points/approvals/{Approval.objects.get().pk}/", {"verdict": "approve"}).status_code in (302, 403)
    rule.refresh_from_db()
    assert rule.amount_points == 1


def test_an_approved_version_goes_live_when_it_is_scheduled(client, marketer, second, rule):
    due = timezone.now() + datetime.timedelta(hours=2)
    submit(client, rule, marketer, amount_points="9", go_live_at=timezone.localtime(due).strftime("%Y-%m-%d %H:%M"))
    assert judge(client, second).status_code == 302
    call_command("publish_scheduled", verbosity=0)
    rule.refresh_from_db()
    assert (rule.live, rule.amount_points) == (True, 1)
    Revision.objects.filter(pk=Approval.objects.get().revision_id).update(
        approved_go_live_at=timezone.now() - datetime.timedelta(minutes=1)
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", lambda: due + datetime.timedelta(minutes=1))
        call_command("publish_scheduled", verbosity=0)
    rule.refresh_from_db()
    assert (rule.live, rule.amount_points) == (True, 9)


@pytest.fixture
def scheduled(client, marketer, second, rule):
    """A version for a segment, approved and waiting for its day; the segment."""
    trade = Segment.objects.create(slug="trade", name="Trade", condition={"field": "company.industry", "operator": "=", "value": "Trade"})
    due = timezone.localtime(timezone.now() + datetime.timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    submit(client, rule, marketer, amount_points="9", segment=trade.pk, go_live_at=due)
    return trade


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_segment_of_a_version_that_waits_or_is_scheduled_is_in_use(client, admin, second, scheduled, is_approved):
    if is_approved:
        judge(client, second)
    assert scheduled.is_used
    scheduled.condition = {}
    with pytest.raises(ValidationError):
        scheduled.save()
    with pytest.raises(ProtectedError):
        scheduled.delete()
    client.force_login(admin)
    assert "This segment is in use" in client.post(f"/admin/segment/delete/{scheduled.pk}/", follow=True).content.decode()
    assert Segment.objects.get(pk=scheduled.pk).condition


def test_a_segment_that_only_a_draft_names_may_change(client, marketer, second, scheduled):
    judge(client, second, "return", note="For all, please.")
    scheduled.condition = {}
    scheduled.save()
    scheduled.delete()


def test_a_version_that_is_due_and_no_longer_approved_goes_back_and_holds_nothing_up(client, marketer, second, scheduled, rule):
    judge(client, second)
    # As a change in the database's own shell would do it.
    Segment.objects.filter(pk=scheduled.pk).update(condition={})
    other = Rule.objects.get(activity_kind="reply_accepted")
    other.amount_points = 5
    revision = other.save_revision(user=marketer)
    approval = approving.ask(other, revision, by=marketer)
    Approval.objects.filter(pk=approval.pk).update(verdict="approved", decided_by=second, decided_at=timezone.now())
    stale = Approval.objects.get(rule=rule)
    now = timezone.now()
    for number, pk in enumerate((stale.revision_id, revision.pk)):
        Revision.objects.filter(pk=pk).update(approved_go_live_at=now - datetime.timedelta(minutes=9 - number))
    call_command("publish_scheduled", verbosity=0)
    rule.refresh_from_db()
    other.refresh_from_db()
    assert (rule.amount_points, other.amount_points) == (1, 5)
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    client.force_login(marketer)
    assert "had changed since it was approved" in client.get(f"{ADDRESS}edit/{rule.pk}/").content.decode()
    assert "Not what was approved when it was due" in client.get("/admin/points/approvals/").content.decode()
    # Nothing is lost: the author lays it before the second person again.
    submit(client, rule, marketer, amount_points="9", segment=scheduled.pk)
    judge(client, second)
    rule.refresh_from_db()
    assert rule.amount_points == 9


def test_a_rule_is_stopped_but_never_deleted(client, marketer, alice, did, rule):
    client.force_login(marketer)
    assert client.get(f"{ADDRESS}delete/{rule.pk}/").status_code in (302, 403)
    client.post(f"{ADDRESS}delete/{rule.pk}/")
    client.post(f"{ADDRESS}unpublish/{rule.pk}/")
    did(alice, Kind.REPLY_POSTED)
    assert reading.balance_of(alice) == 0
    assert Rule.objects.filter(pk=rule.pk).exists()


def test_history_keeps_every_version(client, marketer, rule):
    for points in ("2", "3"):
        edit(client, rule, marketer, amount_points=points)
    assert rule.revisions.count() == 2
    assert client.get(f"{ADDRESS}history/{rule.pk}/").status_code == 200
    old, new = rule.revisions.order_by("pk")
    assert client.get(f"{ADDRESS}history/{rule.pk}/revisions/compare/{old.pk}...{new.pk}/").status_code == 200


def give(rule, **fields):
    """A rule in force, as approved."""
    Rule.objects.filter(pk=rule.pk).update(**fields)


def test_a_segment_decides_who_is_paid(alice, charlie, did, rule):
    trade = Segment.objects.create(slug="trade", name="Trade", condition={"field": "company.industry", "operator": "=", "value": "Trade"})
    give(rule, segment=trade)
    did(alice, Kind.REPLY_POSTED, 1)
    did(charlie, Kind.REPLY_POSTED, 2)
    assert (reading.balance_of(alice), reading.balance_of(charlie)) == (1, 0)


@pytest.mark.parametrize(("rounding", "points"), [("down", 4), ("nearest", 6), ("up", 6)])
def test_points_for_each_unit_are_rounded_as_the_rule_says(alice, did, rounding, points):
    rule = Rule.objects.get(activity_kind=Kind.ARTICLE_READ)
    give(rule, per_field="minutes", per_size=5, rounding=rounding)
    did(alice, Kind.ARTICLE_READ, details={"minutes": 13})
    assert reading.balance_of(alice) == points


def test_points_a_day_are_cut_to_fit_whatever_the_order(alice, did):
    rule = Rule.objects.get(activity_kind=Kind.ARTICLE_READ)
    give(rule, per_field="minutes", per_size=1, cap_per_day=None, cap_points_per_day=20)
    hours = [2, 0, 1]
    for hour in hours:
        did(alice, Kind.ARTICLE_READ, hour, at=NOON + datetime.timedelta(hours=hour), details={"minutes": 4 + hour})
    assert reading.balance_of(alice) == 20
    by_time = Accrual.objects.filter(rule=rule).order_by("activity__happened_at")
    assert [row.amount_points for row in by_time if row.outcome == "awarded"] == [8, 10, 2]


def test_a_budget_is_never_exceeded_and_what_is_taken_back_may_be_given_again(alice, bob, charlie, did, rule):
    give(rule, budget_points=2, amount_points=1)
    for number, who in enumerate((alice, bob, charlie)):
        did(who, Kind.REPLY_POSTED, number)
    assert [reading.balance_of(who) for who in (alice, bob, charlie)] == [1, 1, 0]
    with transaction.atomic():
        row = activity.undo(Kind.REPLY_POSTED, cause="thing:0")
    accruing.weigh(row.pk)
    did(charlie, Kind.REPLY_POSTED, 9)
    assert Budget.objects.get(rule=rule).given_points == 2
    assert reading.balance_of(charlie) == 2 - reading.balance_of(bob)


def test_of_rules_that_do_not_add_up_the_best_pays(alice, did, rule):
    give(rule, best_of="writing-week", group="")
    week = {"programme": rule.programme, "activity_kind": rule.activity_kind, "best_of": "writing-week"}
    Rule.objects.create(name="Triple week", amount_points=3, **week)
    Rule.objects.create(name="Double week", amount_points=2, **week)
    did(alice, Kind.REPLY_POSTED)
    assert reading.balance_of(alice) == 3


def test_a_promotion_that_has_to_be_joined_pays_from_then_on(alice, did, rule):
    give(rule, is_promotion=True, needs_enrolment=True)
    did(alice, Kind.REPLY_POSTED, 1)
    Enrolment.objects.create(rule=rule, member=alice, enrolled_at=NOON + datetime.timedelta(hours=1))
    did(alice, Kind.REPLY_POSTED, 2)
    did(alice, Kind.REPLY_POSTED, 3, at=NOON + datetime.timedelta(hours=2))
    assert reading.balance_of(alice) == 1


def test_a_rule_in_both_languages(db):
    rule = Rule.objects.get(activity_kind=Kind.ARTICLE_READ)
    rule.segment = Segment(name="Trade", name_zh="贸易")
    rule.condition = {"field": "member.tier", "operator": "=", "value": "gold"}
    rule.tier_amounts, rule.cap_points_per_day, rule.ends_on = {"gold": 5}, 100, datetime.date(2026, 12, 31)
    assert wording.of_rule(rule) == (
        "Article read to its end: 2 points (by tier: Gold 5) to the member who did it, in the segment “Trade”, at most 5 a day, "
        "at most 100 points a day, where Tier is Gold, until 31 December 2026"
    )
    with override("zh-hans"):
        said = wording.of_rule(rule)
    assert "金卡" in said
    assert not any(word in said for word in ("points", "where", "until", "Tier"))


def test_what_changes_is_shown_as_a_person_reads_it(client, marketer, second, rule):
    segment = Segment.objects.create(name="Printers", name_zh="印刷厂", condition={})
    rule.segment, rule.is_promotion, rule.origin = segment, True, "internal_referral"
    rule.condition = {"all": [{"field": "company.industry", "operator": "=", "value": "Trade"}]}
    waiting = approving.ask(rule, rule.save_revision(user=marketer), by=marketer)
    client.force_login(second)
    changes = {
        name: (str(before), str(after)) for name, before, after in client.get(f"/admin/points/approvals/{waiting.pk}/").context["changes"]
    }
    assert changes["segment"] == ("–", "Printers")
    assert changes["promotion"] == ("no", "yes")
    assert changes["counts as"][1] == "Colleagues you brought"
    assert "{" not in changes["condition"][1]
