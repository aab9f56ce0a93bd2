"""A rule with a control group: some companies are paid, the others only counted, in points that nobody sees or spends."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.template import Context, Template
from django.utils import timezone

from members import activity
from members.models import Activity, ApiKey, Company, Member
from notifications.models import Notification
from points import accounts, accruing, backtesting, balances, erasing, trial_reports, trials, wording
from points.auditing import audit
from points.models import Account, Accrual, Asset, Budget, Outbox, Rule, Standing, Transfer, Webhook
from points.refusals import InsufficientPoints
from points.trials import Arm
from tests.points.lots import draw

Kind = Activity.Kind


@pytest.fixture
def rule(asset):
    """Seven points for each reply, half of the companies in the control group; no other rule pays replies."""
    Rule.objects.filter(activity_kind=Kind.REPLY_POSTED).update(is_active=False)
    what = {"activity_kind": Kind.REPLY_POSTED, "amount_points": 7, "is_promotion": True, "description": "Seven for each reply."}
    return Rule.objects.create(programme=asset.programme, name="Autumn replies", live=True, control_percent=50, **what)


@pytest.fixture
def tried(rule, alice, charlie):
    """Alice in the test group and Charlie, of another company, in the control group: their companies are drawn until they are."""
    for member, wanted in ((alice, Arm.TEST), (charlie, Arm.CONTROL)):
        draw(rule, member, wanted)
    return alice, charlie


def reply(member, number):
    with transaction.atomic():
        row = activity.record(member, Kind.REPLY_POSTED, cause=f"post:{number}")
    accruing.weigh(row.pk)
    return row


def held(member, kind="redeemable"):
    row = Account.objects.filter(owner__member=member, asset__kind=kind).first()
    return row.posted if row else 0


def test_the_control_group_is_counted_and_not_paid(tried):
    alice, charlie = tried
    for number, member in enumerate((alice, charlie, charlie)):
        reply(member, number)
    assert (held(alice), held(alice, "shadow")) == (7, 0)
    assert (held(charlie), held(charlie, "shadow")) == (0, 14)
    assert set(Transfer.objects.filter(object_type="activity").values_list("arm", "asset__kind")) == {
        ("test", "redeemable"),
        ("control", "shadow"),
    }
    assert audit().differences == []


def test_the_control_group_sees_nothing_of_it_anywhere(client, tried):
    alice, charlie = tried
    Webhook.objects.create(url="https://example.com/")
    reply(charlie, 1)
    assert not Outbox.objects.exists()
    assert not Notification.objects.filter(member=charlie, kind=Notification.Kind.POINTS_EARNED).exists()
    assert not Standing.objects.filter(member=charlie, earned_points__gt=0).exists()
    client.force_login(charlie)
    shown = client.get("/points/").context
    assert (shown["lines"], shown["reaches"][0].balance_points if shown["reaches"] else 0) == ([], 0)
    assert "Autumn replies" not in client.get("/points/promotions/").content.decode()
    assert not Account.objects.visible_to(charlie).filter(asset__kind="shadow").exists()
    client.force_login(alice)
    page = client.get("/points/promotions/").content.decode()
    assert "Autumn replies" in page
    assert "control" not in page


def test_other_systems_see_nothing_of_it_either(client, tried):
    _alice, charlie = tried
    reply(charlie, 1)
    _row, token = ApiKey.issue("test", ["ledger:read", "ledger:write"])
    headers = {"Authorization": f"Bearer {token}"}
    shadow = Transfer.objects.get(arm="control")
    assert client.get(f"/api/v1/ledger/transfers/{shadow.public_id}", headers=headers).status_code == 404
    assert client.post(f"/api/v1/ledger/transfers/{shadow.public_id}/reverse", headers=headers).status_code == 404
    account = client.get(f"/api/v1/ledger/accounts/member:{charlie.public_id}", headers=headers).json()
    assert account["balance_points"] == 0
    day = shadow.recorded_at.date()
    file = client.get(f"/api/v1/ledger/export?since={day}&until={day}", headers=headers)
    assert str(shadow.public_id) not in b"".join(file.streaming_content).decode()


@pytest.mark.parametrize("how", ["csv", "ndjson"])
def test_a_file_out_of_the_back_office_and_in_again_makes_no_points_of_what_was_only_counted(client, admin, tried, how):
    alice, charlie = tried
    for number, member in enumerate((alice, charlie)):
        reply(member, number)
    shadow, real = Transfer.objects.get(arm="control"), Transfer.objects.get(arm="test")
    client.force_login(admin)
    day = timezone.localdate()
    file = b"".join(client.get(f"/admin/points/file/out/?since={day}&until={day}&format={how}").streaming_content).decode()
    assert (str(real.public_id) in file, str(shadow.public_id) in file, str(charlie.public_id) in file) == (True, False, False)
    client.post("/admin/points/file/", {"text": file, "format": how, "do": "1"})
    assert (held(alice), held(charlie), held(charlie, "shadow")) == (7, 0, 7)


def test_shadow_points_are_never_spent_reserved_or_given(tried, move):
    _alice, charlie = tried
    reply(charlie, 1)
    mine = Account.objects.get(kind="shadow")
    for kind in ("issued", "redeemed", "goodwill"):
        for how in ("single", "pending"):
            with pytest.raises(IntegrityError, match="never spent"), transaction.atomic():
                move(mine, accounts.system(kind, mine.asset), 3, kind=how)
    with pytest.raises(InsufficientPoints):
        move(accounts.wallet_of(charlie), accounts.system("redeemed"), 3)
    assert held(charlie, "shadow") == 7


def test_with_the_guards_off_the_audit_names_spent_shadow_points(tried, move):
    from points import guards

    _alice, charlie = tried
    reply(charlie, 1)
    mine = Account.objects.get(kind="shadow")
    with connection.cursor() as cursor:
        suffix = " ON points_account" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER points_account_shadow{suffix}")
    row = move(mine, accounts.system("redeemed", mine.asset), 3)
    accounts.wallet_of(charlie, mine.asset)
    guards.lay(connection)
    assert audit().differences == [f"transfer {row.pk}: shadow points were spent"]


def test_taking_a_deed_back_takes_back_what_was_counted(tried):
    _alice, charlie = tried
    reply(charlie, 1)
    with transaction.atomic():
        row = activity.undo(Kind.REPLY_POSTED, cause="post:1")
    accruing.weigh(row.pk)
    accruing.weigh(row.pk)
    assert held(charlie, "shadow") == 0
    assert audit().differences == []


def test_erasing_a_member_empties_and_closes_it(tried):
    _alice, charlie = tried
    row = reply(charlie, 1)
    with transaction.atomic():
        erasing.erase(charlie)
        Member.objects.filter(pk=charlie.pk).update(erased_at=row.happened_at)
    mine = Account.objects.get(kind="shadow")
    assert (mine.posted, mine.closed_at is None) == (0, False)
    with transaction.atomic():
        row = activity.undo(Kind.REPLY_POSTED, cause="post:1")
    assert accruing.weigh(row.pk)
    assert audit().differences == []


def test_limits_count_for_the_control_group_as_for_the_others(tried, rule):
    rule.cap_per_day = 2
    rule.save()
    for number in range(4):
        for member in tried:
            reply(member, f"{member.pk}-{number}")
    assert held(tried[0]) == held(tried[1], "shadow") == 14


def test_what_is_only_counted_uses_up_neither_a_shared_limit_nor_a_budget(tried, rule, asset):
    _alice, charlie = tried
    rule.group, rule.cap_in_all, rule.budget_points = "talk", 2, 100
    rule.save()
    what = {"activity_kind": Kind.REPLY_POSTED, "amount_points": 1, "group": "talk", "cap_in_all": 2}
    Rule.objects.create(programme=asset.programme, name="Always", live=True, **what)
    reply(charlie, 1)
    reply(charlie, 2)
    assert (held(charlie), held(charlie, "shadow")) == (2, 7)
    assert not Budget.objects.filter(given_points__gt=0).exists()


def test_the_best_of_a_set_is_looked_for_without_what_the_control_group_misses(tried, rule, asset):
    alice, charlie = tried
    Rule.objects.filter(pk=rule.pk).update(best_of="reply")
    what = {"activity_kind": Kind.REPLY_POSTED, "amount_points": 1, "best_of": "reply"}
    Rule.objects.create(programme=asset.programme, name="Always", live=True, **what)
    reply(alice, 1)
    reply(charlie, 2)
    assert (held(alice), held(charlie), held(charlie, "shadow")) == (7, 1, 7)


def test_nothing_is_promised_where_the_reader_may_be_in_the_control_group(rule):
    said = Template("{% load points %}{% earned_note 'reply_posted' %}")
    assert "7" not in said.render(Context({}))
    Rule.objects.filter(pk=rule.pk).update(control_percent=0)
    assert "7" in said.render(Context({}))


def test_a_back_test_says_what_would_be_paid(tried, rule):
    alice, charlie = tried
    for number, member in enumerate((alice, charlie)):
        reply(member, number)
    [row] = [row for row in backtesting.replay(backtesting.live_rules())["rules"] if row["rule"] == rule.pk]
    assert row["sets"][0]["points"] == 7
    assert row["sets"][0]["members"] == 1


def test_the_groups_are_of_the_size_asked_for_and_stay(db):
    drawn = [trials.arm_of(17, 20, f"company:{number}") for number in range(5_000)]
    assert drawn == [trials.arm_of(17, 20, f"company:{number}") for number in range(5_000)]
    assert 900 < drawn.count(Arm.CONTROL) < 1_100
    # A bigger control group holds the smaller one; another rule draws anew.
    assert all(trials.arm_of(17, 30, f"company:{number}") == Arm.CONTROL for number, arm in enumerate(drawn) if arm == Arm.CONTROL)
    other = [trials.arm_of(18, 20, f"company:{number}") for number in range(5_000)]
    both = sum(one == two == Arm.CONTROL for one, two in zip(drawn, other, strict=True))
    assert 140 < both < 260
    assert {trials.arm_of(17, 0, f"company:{number}") for number in range(50)} == {Arm.NONE}


def test_colleagues_are_in_one_group(alice, bob):
    assert trials.unit_of(alice.pk, 5) == trials.unit_of(bob.pk, 5)
    assert trials.unit_of(alice.pk, None) != trials.unit_of(bob.pk, None)


@pytest.mark.parametrize("change", [{"control_percent": 91}, {"control_percent": 10, "needs_enrolment": True}])
def test_a_trial_that_could_not_be_read_is_refused_at_its_field(rule, change):
    draft = Rule(programme=rule.programme, name="Draft", activity_kind=Kind.REPLY_POSTED, amount_points=1, is_promotion=True, **change)
    with pytest.raises(ValidationError) as refusal:
        draft.full_clean()
    assert set(refusal.value.message_dict) == {"control_percent"}


def test_a_trial_that_began_keeps_its_groups(rule):
    rule.control_percent = 20
    with pytest.raises(ValidationError) as refusal:
        rule.full_clean()
    assert set(refusal.value.message_dict) == {"control_percent"}
    with pytest.raises(PermissionDenied):
        rule.publish(rule.save_revision(clean=False))
    assert Rule.objects.get(pk=rule.pk).control_percent == 50


def test_whoever_approves_reads_of_the_control_group(rule):
    said = wording.of_rule(rule)
    assert "50 in 100 companies are the control group" in said
    assert wording.of_rule(rule, is_for_members=True) + ", but 50 in 100 companies are the control group and get none" == said


def test_the_report_says_that_a_budget_bounds_the_result_only_once_it_is_reached(client, marketer, tried, rule):
    alice, _charlie = tried
    client.force_login(marketer)
    assert "of the budget are given" not in client.get("/admin/points/reports/trials/").content.decode()
    Rule.objects.filter(pk=rule.pk).update(budget_points=20)
    reply(alice, 1)
    page = client.get("/admin/points/reports/trials/").content.decode()
    assert "7 of 20 points of the budget are given" in page
    assert "The budget bounds this result" not in page
    for number in (2, 3):
        reply(alice, number)
    page = client.get("/admin/points/reports/trials/").content.decode()
    assert "14 of 20 points of the budget are given" in page
    assert "The budget bounds this result" in page


def test_a_budget_is_reached_by_what_awards_ask_for_not_by_the_base_amount(tried, rule):
    alice, charlie = tried
    # Members of the lowest tier get 3: once 14 of 20 are given, another of theirs fits although 7 do not.
    Rule.objects.filter(pk=rule.pk).update(budget_points=20)
    for number in (1, 2):
        reply(alice, number)
    assert trial_reports.trials_of()[0].budget.is_reached
    tier = rule.programme.tiers.order_by("threshold_points").first()
    Rule.objects.filter(pk=rule.pk).update(tier_amounts={tier.slug: 3})
    assert not trial_reports.trials_of()[0].budget.is_reached
    # An award of 9 does not fit although one of 3 would; one of the control group takes nothing from the budget.
    Rule.objects.filter(pk=rule.pk).update(tier_amounts={tier.slug: 9})
    reply(charlie, 3)
    Rule.objects.filter(pk=rule.pk).update(tier_amounts={tier.slug: 3})
    assert not trial_reports.trials_of()[0].budget.is_reached
    Rule.objects.filter(pk=rule.pk).update(tier_amounts={tier.slug: 9})
    reply(alice, 4)
    Rule.objects.filter(pk=rule.pk).update(tier_amounts={tier.slug: 3})
    assert trial_reports.trials_of()[0].budget.is_reached


def test_a_marketer_compares_the_groups_and_takes_them_along(client, marketer, tried, rule):
    alice, charlie = tried
    for number, member in enumerate((alice, charlie, charlie)):
        reply(member, number)
    [trial] = trial_reports.trials_of()
    assert (trial.test.points, trial.test.units_active, trial.test.awards) == (7, 1, 1)
    assert (trial.control.points, trial.control.units_active, trial.control.members) == (14, 1, 1)
    assert trial.difference == pytest.approx(7 / trial.test.units - 14 / trial.control.units)
    client.force_login(marketer)
    page = client.get("/admin/points/reports/trials/").content.decode()
    assert "Autumn replies" in page
    text = client.get("/admin/points/reports/trials/?format=csv").content.decode("utf-8-sig")
    assert [line.split(",")[2] for line in text.splitlines()] == ["group", "test", "control"]
    assert "Autumn replies" not in client.get("/admin/points/reports/rules/").content.decode().partition("By no rule")[2]
    assert not Accrual.objects.filter(outcome="awarded", arm="control").exists()


def test_an_interval_needs_companies_enough(tried, rule):
    alice, _charlie = tried
    assert trial_reports.trials_of()[0].half_width is None
    for number in range(200):
        company = Company.objects.create(name=f"Firm {number}")
        Member.objects.create_user(f"m{number}@firm{number}.example", name=f"M {number}", company=company)
    reply(alice, 1)
    [trial] = trial_reports.trials_of()
    # By hand: one company of n earned 7, so the mean is 7/n and the variance 49/n.
    n = trial.test.units
    assert trial.half_width == pytest.approx(1.96 * 7 / n)
    assert not trial.is_mismatched


def test_a_report_whose_groups_do_not_fit_says_so():
    assert trial_reports.is_mismatched(10, 900, 200)
    assert not trial_reports.is_mismatched(10, 900, 110)


def test_others_do_not_read_it(client, moderator, alice):
    for who in (moderator, alice):
        client.force_login(who)
        assert client.get("/admin/points/reports/trials/").status_code in (302, 403)


def test_every_programme_has_a_place_for_its_shadow_points(asset):
    shadow = Asset.objects.get(programme=asset.programme, kind="shadow")
    assert balances.sum_of(accounts.system("issued", shadow)) == 0
