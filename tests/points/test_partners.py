import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from points import accounts, partnering
from points.models import JointPromotion, Partner, PartnerUser, Rule, Transfer


@pytest.fixture
def cafe(asset):
    return Partner.objects.create(programme=asset.programme, slug="cafe", name="Harbour Café", credit_limit_points=50)


@pytest.fixture
def clerk(cafe, charlie):
    PartnerUser.objects.create(partner=cafe, member=charlie)
    return charlie


def send(client, **line):
    return client.post("/points/partner/", {"one": "1", "kind": "earn", "reference": "r1", "points": "20"} | line)


def balance(member):
    return accounts.wallet_of(member).available


def test_a_partner_gives_points_up_to_its_credit_limit_and_each_reference_once(client, alice, clerk):
    client.force_login(clerk)
    send(client, member=alice.handle)
    assert "Taken before" in send(client, member=alice.handle).content.decode()
    assert balance(alice) == 20
    assert "Balance −20 points" in client.get("/points/partner/").content.decode()
    assert "credit limit is reached" in send(client, member=alice.handle, reference="r2", points="31").content.decode()
    assert balance(alice) == 20


def test_a_member_pays_with_a_code_once_and_never_more_than_agreed(client, alice, clerk, funded):
    client.force_login(alice)
    code = client.post("/points/pay/", {"points": "30"}).context["code"]
    client.force_login(clerk)
    assert "at most" in send(client, kind="burn", code=code, points="31").content.decode()
    send(client, kind="burn", code=code, points="30")
    send(client, kind="burn", code=code, points="30")
    assert "used already" in send(client, kind="burn", code=code, points="5", reference="r2").content.decode()
    assert "not valid" in send(client, kind="burn", code="0000000000", points="5", reference="r3").content.decode()
    assert balance(alice) == 70


def test_a_file_is_tried_dry_then_taken_with_a_result_for_each_line(client, alice, clerk):
    text = f"reference,kind,points,member,code\na,earn,10,{alice.handle},\nb,earn,0,{alice.handle},\nc,earn,5,nobody-here,\nd,steal,5,,\n"

    def upload(**more):
        return client.post("/points/partner/", {"many": "1", "file": SimpleUploadedFile("t.csv", text.encode())} | more)

    client.force_login(clerk)
    outcomes = [result.outcome for result in upload(dry_run="on").context["results"]]
    assert outcomes == ["done", "refused", "refused", "refused"]
    assert balance(alice) == 0
    assert [result.outcome for result in upload().context["results"]] == outcomes
    assert upload().context["results"][0].outcome == "repeated"
    assert balance(alice) == 10


def test_the_clearing_statement_adds_up_as_page_and_csv(client, alice, clerk, cafe):
    partnering.take(cafe, {"reference": "=a", "kind": "earn", "points": "12", "member": alice.handle})
    code = partnering.make_code(alice, most_points=5)
    partnering.take(cafe, {"reference": "b", "kind": "burn", "points": "5", "code": code})
    now = timezone.localtime()
    client.force_login(clerk)
    page = client.get(f"/points/partner/clearing/{now.year}-{now.month}/")
    assert (page.context["given"], page.context["taken"], page.context["closing"]) == (12, 5, -7)
    table = client.get(f"/points/partner/clearing/{now.year}-{now.month}.csv").content.decode()
    assert "'=a,earn,-12,-12" in table
    assert client.get("/points/partner/clearing/2026-13/").status_code == 404


def test_a_partner_sees_only_its_own_and_others_no_portal(client, alice, clerk, asset):
    other = Partner.objects.create(programme=asset.programme, slug="rail", name="Railway")
    theirs = JointPromotion.objects.create(partner=other, rule=Rule.objects.first())
    client.force_login(clerk)
    assert "Railway" not in client.get("/points/partner/").content.decode()
    assert client.post(f"/points/partner/promotions/{theirs.pk}/decision/", {"verb": "approve"}).status_code == 404
    client.force_login(alice)
    assert client.get("/points/partner/").status_code == 404
    assert not Transfer.objects.exists()


def test_a_joint_promotion_pays_only_once_the_partner_approved_it(client, alice, clerk, cafe):
    from django.db import transaction

    from members import activity
    from members.models import Activity
    from points import accruing

    rule = Rule.objects.get(activity_kind="event_attended")
    promotion = JointPromotion.objects.create(partner=cafe, rule=rule)
    for n, points in ((1, 0), (2, 4)):
        with transaction.atomic():
            row = activity.record(alice, Activity.Kind.EVENT_ATTENDED, cause=f"seat:{n}")
        accruing.weigh(row.pk)
        assert balance(alice) == points
        client.force_login(clerk)
        client.post(f"/points/partner/promotions/{promotion.pk}/decision/", {"verb": "approve"})
