import datetime
import re

import pytest
from django.db import transaction
from django.utils import timezone

from members import activity, purchasing
from members.models import Activity, Company
from notifications.models import Notification
from referrals import advancing, naming, noticing
from referrals.models import Door, Referral
from referrals.refusals import StepRefused

Kind = Activity.Kind


@pytest.fixture
def external(alice):
    return naming.name_somebody(alice, Door.COMPANY, name="Dora Ding", company="Willow Works", email="dora@willow.example")


def facts(kind):
    return Activity.objects.filter(kind=kind, undone_by=None).count()


def buy(company, order_id="W-1", **changes):
    said = {"product": "Press", "amount_fen": 100, "ordered_on": timezone.localdate()} | changes
    return purchasing.record_purchase(company, order_id=order_id, **said)


def test_each_step_is_a_fact_once_and_is_told(external, marketer, alice):
    for step in ("qualified", "met", "bought", "met"):
        advancing.reach(external, step, marked_by=marketer)
    assert [facts(kind) for kind in (Kind.REFERRAL_QUALIFIED, Kind.REFERRAL_MET, Kind.REFERRAL_BOUGHT)] == [1, 1, 1]
    external.refresh_from_db()
    assert (external.stage, external.outcome) == ("bought", "won")
    told = Notification.objects.filter(member=alice).values_list("details__step", flat=True)
    assert sorted(told) == ["bought", "met", "qualified"]


def test_the_clubs_own_steps_earn_nothing_and_are_not_told(external, marketer):
    for step in ("told", "reminded", "targeted", "contacted", "engaged"):
        assert advancing.reach(external, step, marked_by=marketer)
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()


def test_a_step_taken_back_takes_its_fact_back_and_can_be_reached_again(external):
    advancing.reach(external, "qualified")
    assert advancing.take_back(external, "qualified")
    assert facts(Kind.REFERRAL_QUALIFIED) == 0
    external.refresh_from_db()
    assert external.stage == "named"
    advancing.reach(external, "qualified")
    assert facts(Kind.REFERRAL_QUALIFIED) == 1


@pytest.mark.parametrize("step", ["took_part", "nonsense"])
def test_a_step_of_another_kind_is_refused(external, step):
    with pytest.raises(StepRefused):
        advancing.reach(external, step)


def test_a_closed_referral_keeps_further_names_and_goes_no_further(external):
    advancing.close(external, reason="No budget", further_names="Emil Ernst, Birch & Co")
    external.refresh_from_db()
    assert (external.outcome, external.further_names) == ("lost", "Emil Ernst, Birch & Co")
    with pytest.raises(StepRefused):
        advancing.reach(external, "met")
    with pytest.raises(StepRefused):
        advancing.close(external, reason="Again")


def test_a_purchase_of_the_referred_company_wins_the_referral(external, django_capture_on_commit_callbacks):
    willow = Company.objects.create(name="Willow Works")
    with django_capture_on_commit_callbacks(execute=True):
        buy(willow)
        buy(willow, order_id="W-2")
    external.refresh_from_db()
    assert (external.stage, external.outcome, external.company) == ("bought", "won", willow)
    assert facts(Kind.REFERRAL_BOUGHT) == 1


def test_the_first_who_recommended_a_company_is_thanked(external, mei, alice):
    naming.name_somebody(mei, Door.COMPANY, name="Emil", company="Willow Works", email="emil@willow.example")
    buy(Company.objects.create(name="Willow Works"))
    assert noticing.notice_missed() == 1
    assert noticing.notice_missed() == 0
    assert Activity.objects.get(kind=Kind.REFERRAL_BOUGHT).member == alice


def test_an_order_from_before_the_recommendation_counts_for_nobody(external):
    buy(Company.objects.create(name="Willow Works"), ordered_on=timezone.localdate() - datetime.timedelta(days=3))
    noticing.notice_missed()
    assert facts(Kind.REFERRAL_BOUGHT) == 0


def test_a_company_does_not_recommend_itself(alice, harbour):
    naming.name_somebody(alice, Door.COMPANY, name="Bo", company="Harbour Trading", email="bo@elsewhere.example")
    buy(harbour)
    noticing.notice_missed()
    assert facts(Kind.REFERRAL_BOUGHT) == 0


def contribute(member, number=1):
    with transaction.atomic():
        activity.record(member, Kind.REPLY_POSTED, cause=f"post:{number}")


def test_a_colleagues_first_contribution_is_noticed_once(join, alice, colleague_link, django_capture_on_commit_callbacks):
    dora = join("dora@somewhere.example", by=f"/r/{colleague_link.code}")
    with transaction.atomic():
        activity.record(dora, Kind.ARTICLE_READ, cause="article:1")
    assert facts(Kind.COLLEAGUE_TOOK_PART) == 0
    with django_capture_on_commit_callbacks(execute=True):
        contribute(dora, 1)
        contribute(dora, 2)
    fact = Activity.objects.get(kind=Kind.COLLEAGUE_TOOK_PART)
    assert (fact.member, fact.counterpart) == (alice, dora)
    assert Referral.objects.get().outcome == "won"


def test_a_contribution_whose_bell_was_lost_is_noticed_by_the_round(join, alice, colleague_link):
    contribute(join("dora@somewhere.example", by=f"/r/{colleague_link.code}"))
    assert facts(Kind.COLLEAGUE_TOOK_PART) == 0
    assert noticing.notice_missed() == 1
    assert noticing.notice_missed() == 0
    assert facts(Kind.COLLEAGUE_TOOK_PART) == 1


def test_the_contribution_of_an_external_newcomer_is_no_colleagues(join, pine, colleague_link):
    contribute(join("dora@pine.example", by=f"/r/{colleague_link.code}"))
    assert noticing.notice_missed() == 0
    assert facts(Kind.COLLEAGUE_TOOK_PART) == 0


def test_a_marketer_works_on_a_referral_in_the_back_office(client, external, marketer):
    client.force_login(marketer)
    listed = client.get("/admin/referral/").content.decode()
    assert re.search(rf'href="/admin/referral/edit/{external.pk}/"[^>]*>\s*Dora Ding', listed)
    assert client.get(f"/admin/referral/edit/{external.pk}/").status_code == 200
    client.post(f"/admin/referral/{external.pk}/step/", {"step": "qualified"})
    assert facts(Kind.REFERRAL_QUALIFIED) == 1
    client.post(f"/admin/referral/{external.pk}/step/", {"step": "qualified", "take_back": "1"})
    assert facts(Kind.REFERRAL_QUALIFIED) == 0
    client.post(f"/admin/referral/{external.pk}/close/", {"reason": ""})
    external.refresh_from_db()
    assert external.outcome == "open"
    client.post(f"/admin/referral/{external.pk}/close/", {"reason": "No budget", "further_names": "Emil"})
    external.refresh_from_db()
    assert external.outcome == "lost"
    assert client.get("/admin/referral/new/").status_code == 302
    assert client.get("/admin/soughtcustomer/").status_code == 200


@pytest.mark.parametrize("role", ["alice", "researcher", "moderator", "observer"])
def test_nobody_else_works_on_referrals(client, external, request, role):
    client.force_login(request.getfixturevalue(role))
    for path in (f"/admin/referral/{external.pk}/step/", f"/admin/referral/{external.pk}/close/"):
        assert client.post(path, {"step": "bought", "reason": "x"}).status_code in (302, 403)
    assert client.get(f"/admin/referral/edit/{external.pk}/").status_code in (302, 403)
    external.refresh_from_db()
    assert (external.stage, external.outcome) == ("named", "open")
    assert not Activity.objects.exists()
