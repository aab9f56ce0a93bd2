import datetime

import pytest
from django.utils import timezone

from members.models import Activity
from notifications.models import Notification
from referrals.models import Referral, ReferralLink

Kind = Activity.Kind


def facts(*kinds):
    return list(Activity.objects.filter(kind__in=kinds).values_list("kind", "member__email", "counterpart__email"))


def test_a_colleagues_link_brings_a_newcomer_into_the_company(join, alice, colleague_link):
    newcomer = join("dora@somewhere.example", by=f"/r/{colleague_link.code}")
    assert newcomer.company == alice.company
    referral = Referral.objects.get()
    assert (referral.kind, referral.stage, referral.invitee) == ("internal", "registered", newcomer)
    assert facts(Kind.COLLEAGUE_REGISTERED) == [("colleague_registered", alice.email, newcomer.email)]
    told = Notification.objects.get(member=alice, kind="referral_progress")
    assert told.details["step"] == "registered"
    colleague_link.refresh_from_db()
    assert colleague_link.uses == 1


def test_a_newcomer_of_another_company_is_external_even_by_the_colleagues_door(join, alice, pine, colleague_link):
    newcomer = join("dora@pine.example", by=f"/r/{colleague_link.code}")
    assert newcomer.company == pine
    referral = Referral.objects.get()
    assert (referral.kind, referral.company) == ("external", pine)
    assert not facts(Kind.COLLEAGUE_REGISTERED)


def test_a_colleague_by_the_companies_door_is_internal(join, alice, company_link):
    newcomer = join("dora@harbour.example", by=f"/r/{company_link.code}")
    assert newcomer.company == alice.company
    assert Referral.objects.get().kind == "internal"


def test_a_stranger_by_the_companies_door_stays_without_a_company(join, company_link):
    newcomer = join("dora@somewhere.example", by=f"/r/{company_link.code}")
    assert newcomer.company is None
    assert Referral.objects.get().kind == "external"


def test_a_newcomer_without_a_link_is_nobodys_referral(join, colleague_link):
    join("dora@harbour.example")
    assert not Referral.objects.exists()


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - datetime.timedelta(days=1)}, {"uses": 100}])
def test_a_link_that_is_over_says_so_and_counts_for_nobody(client, join, colleague_link, change):
    client.get(f"/r/{colleague_link.code}")
    ReferralLink.objects.update(**change)
    assert client.get(f"/r/{colleague_link.code}").status_code == 410
    join("dora@somewhere.example")
    assert not Referral.objects.exists()


def test_an_unknown_link_has_a_page_of_its_own(client, db):
    answer = client.get("/r/nosuchcode")
    assert answer.status_code == 404
    assert b"/accounts/signup/" in answer.content


def test_a_landing_page_names_the_referrer_and_nothing_else_of_them(client, alice, colleague_link):
    page = client.get(f"/r/{colleague_link.code}").content.decode()
    assert "Alice Chen" in page
    assert alice.email not in page
    assert "Harbour" not in page


def test_a_second_address_of_ones_own_is_no_referral(join, colleague_link):
    join("alice+second@harbour.example", by=f"/r/{colleague_link.code}")
    assert not Referral.objects.exists()


def test_a_newcomer_finds_a_link_for_each_door(join, client, harbour):
    dora = join("dora@harbour.example")
    assert set(dora.referral_links.values_list("door", flat=True)) == {"colleague", "company"}
