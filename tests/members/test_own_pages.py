import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.core import mail
from django.utils import timezone

from members import joining, signing_in
from members.models import Activity, Consent, Invitation, Member
from notifications import mailing

FORM = {"name": "Dora Ding", "password1": "a-long-password-for-tests", "accepts_terms": "on", "website": ""}


def code_in(message):
    return re.findall(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message.body, re.M)[-1]


def sign_up(client, email, **changes):
    return client.post("/accounts/signup/", FORM | {"email": email} | changes)


def test_a_newcomer_signs_up_with_the_code_from_the_mail(client, harbour, django_capture_on_commit_callbacks):
    assert sign_up(client, "Dora@harbour.example").status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/confirm-email/", {"code": code_in(mail.outbox[-1])})
    dora = Member.objects.get(email="dora@harbour.example")
    assert (dora.name, dora.handle, dora.company) == ("Dora Ding", "dora-ding", harbour)
    assert client.get("/members/settings/").status_code == 200, "signed in"
    assert dora.consents.get().purpose == "terms"
    assert {"registered", "profile_partly_completed"} <= set(dora.activities.values_list("kind", flat=True))
    assert dora.notifications.filter(kind="welcome").count() == 1


def test_a_wrong_code_confirms_nobody(client, harbour):
    sign_up(client, "dora@harbour.example")
    client.post("/accounts/confirm-email/", {"code": "WRONG1"})
    assert not Activity.objects.exists()
    assert client.get("/members/settings/").status_code == 302


def test_the_terms_must_be_accepted(client, db):
    assert sign_up(client, "dora@harbour.example", accepts_terms="").status_code == 200
    assert not Member.objects.exists()


def test_a_robot_that_fills_the_hidden_field_makes_no_member(client, db):
    sign_up(client, "dora@harbour.example", website="http://spam.example")
    assert not Member.objects.exists()


def test_a_known_address_gets_the_same_answer_as_an_unknown_one(client, alice):
    known = sign_up(client, alice.email)
    client.session.flush()
    unknown = sign_up(client, "dora@far.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Member.objects.filter(email__iexact=alice.email).count() == 1


@pytest.mark.parametrize(
    ("page", "locale", "lands"),
    [("/accounts/login/", "zh-hans", "/zh-hans/"), ("/accounts/login/", "en", "/"), ("/zh-hans/accounts/login/", "en", "/zh-hans/")],
)
def test_a_member_lands_in_their_language(client, mei, page, locale, lands):
    Member.objects.update(locale=locale)
    answer = client.post(page, {"login": mei.email, "password": "a-long-password-for-tests"})
    assert (answer.status_code, answer.url) == (302, lands)


def test_an_invitation_brings_into_the_company_and_works_once(client, bob, harbour):
    client.force_login(bob)
    client.post("/members/settings/company/invitations/", {"email": "dora@far.example"})
    mailing.send_due()
    path = re.search(r"(/members/invitations/\S+)", mail.outbox[-1].body)[1]
    client.logout()
    assert client.get(path).status_code == 302
    sign_up(client, "dora@far.example")
    dora = Member.objects.get(email="dora@far.example")
    assert dora.company == harbour
    client.session.flush()
    assert client.get(path).status_code == 410
    joining.accept_invitation(Invitation.objects.get(), member=bob)
    assert Invitation.objects.get().accepted_by == dora


def test_an_expired_or_unknown_invitation_says_so(client, bob, harbour):
    row = Invitation.objects.create(email="dora@far.example", company=harbour, invited_by=bob, expires_at=timezone.now())
    assert client.get(f"/members/invitations/{row.token}/").status_code == 410
    assert client.get("/members/invitations/unknown/").status_code == 404
    assert signing_in.INVITATION_KEY not in client.session


def test_only_a_companys_administrator_has_its_page(client, alice, bob, charlie):
    page = "/members/settings/company/"
    assert client.get(page).status_code == 302
    for member, status in ((alice, 404), (charlie, 404), (bob, 200)):
        client.force_login(member)
        assert client.get(page).status_code == status
        assert client.post(f"{page}invitations/", {"email": f"x{member.pk}@far.example"}).status_code == (302 if status == 200 else 404)
    assert Invitation.objects.get().invited_by == bob


def test_an_administrator_withdraws_their_own_companys_invitations_only(client, bob, charlie, harbour, pine):
    own = Invitation.objects.create(email="d@far.example", company=harbour, invited_by=bob)
    other = Invitation.objects.create(email="e@far.example", company=pine, invited_by=charlie)
    client.force_login(bob)
    assert client.post(f"/members/settings/company/invitations/{other.pk}/withdraw/").status_code == 404
    client.post(f"/members/settings/company/invitations/{own.pk}/withdraw/")
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.is_open, other.is_open) == (False, True)


def test_a_member_is_invited_as_politely_as_a_stranger_but_gets_no_mail(client, bob, alice, charlie):
    client.force_login(bob)
    for email, made in ((alice.email, 0), ("new@far.example", 1)):
        assert client.post("/members/settings/company/invitations/", {"email": email}).status_code == 302
        assert Invitation.objects.count() == made
    refused = client.post("/members/settings/company/invitations/", {"email": "spy@pine.example"})
    assert refused.status_code == 422
    assert "spy@pine.example" in refused.content.decode(), "what was typed is kept"


def test_a_decision_is_kept_with_its_wording_and_never_overwritten(client, alice):
    client.force_login(alice)
    client.post("/members/settings/data/", {"research": "on"})
    client.post("/members/settings/data/", {"research": "on"})
    client.post("/members/settings/data/", {})
    rows = list(Consent.objects.order_by("id").values_list("purpose", "is_given"))
    assert rows == [("research", True), ("research", False)]
    assert all(Consent.objects.values_list("wording", flat=True))
    assert client.get("/members/settings/data/").context["form"]["research"].initial is False


@pytest.mark.parametrize("page", ["/accounts/2fa/", "/accounts/sessions/", "/accounts/email/"])
def test_the_pages_of_ones_sign_in_work(client, alice, page):
    client.post("/accounts/login/", {"login": alice.email, "password": "a-long-password-for-tests"})
    assert client.get(page).status_code == 200


def one_time_code(secret):
    """RFC 6238, as a telephone would count it."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_member_sets_up_a_second_step_and_is_then_asked_for_it(client, alice):
    who = {"login": alice.email, "password": "a-long-password-for-tests"}
    client.post("/accounts/login/", who)
    client.post("/accounts/reauthenticate/", {"password": who["password"]})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert not alice.authenticator_set.exists()
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": one_time_code(secret)})
    assert {each.type for each in alice.authenticator_set.all()} == {"totp", "recovery_codes"}
    client.logout()
    assert client.post("/accounts/login/", who).url.startswith("/accounts/2fa/authenticate/")
    assert client.get("/members/settings/").status_code == 302


def test_the_profile_takes_few_queries(client, alice, bob, django_assert_max_num_queries):
    client.force_login(alice)
    client.get("/members/settings/")  # the session is noted once
    with django_assert_max_num_queries(15):
        assert client.get(f"/members/{bob.handle}/").status_code == 200
