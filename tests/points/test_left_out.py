"""A programme that leaves a part of the companies out of all its rules, so that it can be measured whether it pays."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.utils import timezone

from members import activity
from members.models import Activity, Company
from points import accruing, backtesting, trial_reports, trials
from points.auditing import audit
from points.models import Account, Programme, Rule

Kind = Activity.Kind
DAY = datetime.timedelta(days=1)


@pytest.fixture
def programme(asset):
    """It left out half of the companies ten days ago."""
    begun = timezone.localdate() - 10 * DAY
    Programme.objects.filter(pk=asset.programme_id).update(control_percent=50, control_starts_on=begun)
    asset.programme.refresh_from_db()
    return asset.programme


@pytest.fixture
def cast(programme, alice, charlie):
    """Alice, whose company earns, and Charlie, whose company is left out: their companies are drawn until they are."""
    for member, is_out in ((alice, False), (charlie, True)):
        drawn = (Company.objects.create(name=f"{member.handle} {number}") for number in range(100))
        member.company = next(each for each in drawn if trials.is_left_out(programme, f"company:{each.pk}") == is_out)
        member.save(update_fields=["company"])
    return alice, charlie


def did(member, kind, number, *, days_ago=0, **more):
    with transaction.atomic():
        row = activity.record(member, kind, cause=f"it:{number}", happened_at=timezone.now() - days_ago * DAY, **more)
    accruing.weigh(row.pk)
    return row


def held(member, kind="redeemable"):
    row = Account.objects.filter(owner__member=member, asset__kind=kind).first()
    return row.posted if row else 0


def test_whom_it_leaves_out_is_counted_and_not_paid_by_any_rule(cast):
    alice, charlie = cast
    for number, member in enumerate(cast):
        did(member, Kind.THREAD_STARTED, f"thread{number}")
        did(member, Kind.EVENT_ATTENDED, f"event{number}")
    assert (held(alice), held(alice, "shadow")) == (6, 0)
    assert (held(charlie), held(charlie, "shadow")) == (0, 6)
    assert audit().differences == []


def test_what_was_promised_to_a_person_is_paid_to_everybody(cast):
    _alice, charlie = cast
    did(charlie, Kind.SURVEY_COMPLETED, "survey", details={"points": 12})
    did(charlie, Kind.GROUP_ATTENDED, "group")
    did(charlie, Kind.REFERRAL_MET, "referral")
    assert (held(charlie), held(charlie, "shadow")) == (12 + 30 + 4, 0)


def test_only_deeds_of_its_days_are_left_out(cast, programme):
    _alice, charlie = cast
    did(charlie, Kind.THREAD_STARTED, "before", days_ago=11)
    did(charlie, Kind.THREAD_STARTED, "within", days_ago=9)
    assert (held(charlie), held(charlie, "shadow")) == (2, 2)
    Programme.objects.filter(pk=programme.pk).update(control_ends_on=timezone.localdate() - DAY)
    did(charlie, Kind.THREAD_STARTED, "after")
    assert (held(charlie), held(charlie, "shadow")) == (4, 2)
    did(charlie, Kind.THREAD_STARTED, "late", days_ago=2)
    assert (held(charlie), held(charlie, "shadow")) == (4, 4)


def test_whom_it_leaves_out_is_promised_nothing(client, cast, programme):
    alice, charlie = cast
    Rule.objects.create(
        programme=programme,
        name="Autumn",
        activity_kind=Kind.REPLY_POSTED,
        amount_points=9,
        is_promotion=True,
        description="Nine for each.",
    )
    said = Template("{% load points %}{% earned_note 'article_read' %}{% earnings_of 'article_read' 'survey_completed' as all %}{{ all }}")
    shown = [said.render(Context({"user": reader})) for reader in (alice, charlie, None)]
    assert ["article_read" in each for each in shown] == ["Earns" in each for each in shown] == [True, False, False]
    assert all("survey_completed" in each for each in shown)
    for member, is_told in ((alice, True), (charlie, False)):
        client.force_login(member)
        assert ("Nine for each." in client.get("/points/promotions/").content.decode()) is is_told
        names = {rule.activity_kind for rule in client.get("/points/").context["rules"]}
        assert ("reply_posted" in names or "thread_started" in names) is is_told
        assert "survey_completed" in names


def test_a_back_test_pays_them_nothing_either(cast):
    for number, member in enumerate(cast):
        did(member, Kind.THREAD_STARTED, number)
    [rule] = Rule.objects.filter(activity_kind=Kind.THREAD_STARTED)
    [row] = [row for row in backtesting.replay(backtesting.live_rules())["rules"] if row["rule"] == rule.pk]
    assert row["sets"][0]["members"] == 1


def test_a_rules_own_trial_is_read_without_them(cast, programme):
    what = {"activity_kind": Kind.REPLY_POSTED, "amount_points": 7, "control_percent": 50}
    rule = Rule.objects.create(programme=programme, name="Autumn replies", **what)
    for number, member in enumerate(cast):
        did(member, Kind.REPLY_POSTED, number)
    [trial] = trial_reports.trials_of()
    assert trial.test.units + trial.control.units == 1
    assert trial.test.awards + trial.control.awards == 1
    assert trial.rule == rule


def save(programme, **change):
    row = Programme.objects.get(pk=programme.pk)
    for name, value in change.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row


def test_it_begins_from_today_on_and_then_only_its_end_is_said(programme):
    today = timezone.localdate()
    for change in ({"control_percent": 20}, {"control_percent": 0}, {"control_starts_on": today}):
        with pytest.raises(ValidationError) as refusal:
            save(programme, **change)
        assert set(refusal.value.message_dict) == {"control_percent"}
    with pytest.raises(ValidationError) as refusal:
        save(programme, control_ends_on=today - DAY)
    assert set(refusal.value.message_dict) == {"control_ends_on"}
    assert save(programme, control_ends_on=today, name="Points").control_draw == 1


def test_the_next_one_is_drawn_anew_once_this_one_is_over(programme):
    today = timezone.localdate()
    before = {number for number in range(400) if trials.is_left_out(programme, f"company:{number}")}
    Programme.objects.filter(pk=programme.pk).update(control_ends_on=today - DAY)
    with pytest.raises(ValidationError) as refusal:
        save(programme, control_percent=20, control_starts_on=today - 2 * DAY, control_ends_on=None)
    assert set(refusal.value.message_dict) == {"control_starts_on"}
    renewed = save(programme, control_percent=50, control_starts_on=today, control_ends_on=None)
    after = {number for number in range(400) if trials.is_left_out(renewed, f"company:{number}")}
    assert 150 < len(before) < 250
    assert 150 < len(after) < 250
    assert 60 < len(before & after) < 140


def test_a_group_that_has_not_begun_may_be_changed_or_dropped(asset):
    coming = timezone.localdate() + 5 * DAY
    save(asset.programme, control_percent=10, control_starts_on=coming)
    assert save(asset.programme, control_percent=20).control_draw == 1
    assert save(asset.programme, control_percent=0).control_starts_on is None


def test_the_database_knows_no_group_without_a_first_day(asset):
    with pytest.raises(IntegrityError, match="points_programme_control_begins"), transaction.atomic():
        Programme.objects.filter(pk=asset.programme_id).update(control_percent=10)


def test_a_marketer_sets_it_in_the_form_of_the_programme(client, marketer, asset):
    client.force_login(marketer)
    address = f"/admin/snippets/points/programme/edit/{asset.programme_id}/"
    page = client.get(address)
    said = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    assert "Does the club pay?" in page.content.decode()
    said |= {"control_percent": 10, "control_starts_on": timezone.localdate() - DAY}
    assert "Say a day from today on" in client.post(address, said).content.decode()
    said |= {"control_starts_on": timezone.localdate(), "margin_percent": 40, "running_cost_fen": 500_000}
    assert client.post(address, said).status_code == 302
    found = Programme.objects.get(pk=asset.programme_id)
    assert (found.control_percent, found.margin_percent, found.running_cost_fen) == (10, 40, 500_000)
