"""allauth's pages in the club's look: each answers in both languages, keeps what was typed, and its mails read well."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.utils import timezone

from members.models import Member
from points.models import Rule
from tests.conftest import PASSWORD

VISITORS = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/inactive/",
]
MEMBERS = [
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/sessions/",
]
PROTECTED = [
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/reauthenticate/",
]
both_languages = pytest.mark.parametrize("prefix", ["", "/zh-hans"])


def opens(client, address, prefix) -> str:
    answer = client.get(prefix + address)
    page = answer.content.decode()
    assert answer.status_code == 200, answer
    assert f'<html lang="{"zh-Hans" if prefix else "en"}"' in page
    assert 'class="site-header"' in page
    assert "style=" not in page
    return page


def signs_in(client, address="alice@harbour.example"):
    return client.post("/accounts/login/", {"login": address, "password": PASSWORD})


@both_languages
@pytest.mark.parametrize("address", VISITORS)
def test_every_page_of_the_entrance_opens_for_a_visitor(client, db, address, prefix):
    opens(client, address, prefix)


@both_languages
@pytest.mark.parametrize("address", MEMBERS)
def test_every_page_of_the_account_opens_for_a_member(client, alice, address, prefix):
    signs_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    opens(client, address, prefix)


@both_languages
@pytest.mark.parametrize("address", PROTECTED)
def test_every_page_of_the_second_step_opens_for_who_uses_one(client, alice, address, prefix):
    signs_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    opens(client, address, prefix)


@both_languages
def test_a_second_step_is_asked_for_at_sign_in(client, alice, prefix):
    TOTP.activate(alice, generate_totp_secret())
    assert signs_in(client).url.startswith("/accounts/2fa/authenticate/")
    opens(client, "/accounts/2fa/authenticate/", prefix)


@both_languages
def test_a_key_can_be_renamed_and_removed(client, alice, prefix):
    signs_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    key = Authenticator.objects.create(
        user=alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "passwordless": True, "credential": {}}
    )
    opens(client, f"/accounts/2fa/webauthn/keys/{key.pk}/edit/", prefix)
    opens(client, f"/accounts/2fa/webauthn/keys/{key.pk}/remove/", prefix)


@pytest.mark.parametrize("address", MEMBERS[1:])
def test_no_visitor_opens_an_account(client, db, address):
    assert client.get(address).status_code == 302


@both_languages
def test_a_newcomer_joins_by_a_code_that_the_mail_shows_twice(client, db, prefix):
    wishes = {"name": "Dora Fang", "email": "dora@new.example", "password1": "a-long-new-password", "accepts_terms": "on", "website": ""}
    answer = client.post(f"{prefix}/accounts/signup/", wishes)
    assert answer.status_code == 302, answer.context["form"].errors
    page = opens(client, "/accounts/confirm-email/", prefix)
    assert "dora@new.example" in page
    message = mail.outbox[0]
    code = re.search(r"^([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)$", message.body, re.MULTILINE)[1]
    rich = message.alternatives[0][0]
    assert code in rich
    assert f'lang="{"zh-Hans" if prefix else "en"}"' in rich
    assert "<style" not in rich
    assert "style=" in rich
    assert client.post(f"{prefix}/accounts/confirm-email/", {"code": code}).status_code == 302
    assert Member.objects.get(email="dora@new.example").name == "Dora Fang"


def test_a_refused_sign_up_keeps_what_was_typed_and_says_what_is_wrong(client, db):
    answer = client.post("/accounts/signup/", {"name": "Dora Fang", "email": "dora@", "password1": "short", "website": ""})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Dora Fang"' in page
    assert 'value="dora@"' in page
    assert page.count('class="errors"') == 3
    assert not Member.objects.exists()


def test_a_robot_that_fills_the_hidden_field_gets_no_account(client, db):
    wishes = {
        "name": "R",
        "email": "r@bot.example",
        "password1": "a-long-new-password",
        "accepts_terms": "on",
        "website": "https://bot.example",
    }
    client.post("/accounts/signup/", wishes)
    assert not Member.objects.exists()


def test_where_to_read_mails_is_said_only_while_developing(client, db, settings):
    settings.DEBUG = True
    assert "/dev/mail/" in client.get("/accounts/signup/").content.decode()
    settings.DEBUG = False
    assert "/dev/mail/" not in client.get("/accounts/signup/").content.decode()


def test_a_mail_about_a_changed_password_is_a_page_of_the_club_too(client, alice):
    signs_in(client)
    new = {
        "oldpassword": PASSWORD,
        "password": "another-long-password",
        "password1": "another-long-password",
        "password2": "another-long-password",
    }
    assert client.post("/accounts/password/change/", new).status_code == 302
    rich, kind = mail.outbox[-1].alternatives[0]
    assert kind == "text/html"
    assert "Clubroom" in rich


def test_a_person_knows_their_own_devices_by_name(client, alice):
    from community.browsers import browser_name

    assert (
        browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36")
        == "Chrome 156 · Linux"
    )
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1"
    assert browser_name(iphone) == "Safari 19 · iPhone"
    assert browser_name("curl/8") == "curl/8"
    signs_in(client)
    assert "This one" in client.get("/accounts/sessions/").content.decode()


def test_a_newcomer_reads_what_the_terms_are_and_what_the_rules_pay_today(client, db):
    page = client.get("/zh-hans/accounts/signup/").content.decode()
    assert 'href="/zh-hans/privacy/"' in page[page.index("accepts_terms") : page.index("</main>")]
    assert "<b>30</b>" in page
    Rule.objects.filter(activity_kind="group_attended").update(amount_points=44)
    Rule.objects.filter(activity_kind="survey_completed").update(live=False)
    page = client.get("/accounts/signup/").content.decode()
    assert "<b>44</b>" in page
    assert "for a survey answered to its end" not in page


def test_who_signs_out_on_a_chinese_page_stays_in_chinese(client, alice):
    signs_in(client)
    assert client.post("/zh-hans/accounts/logout/").url == "/zh-hans/"
    signs_in(client)
    assert client.post("/accounts/logout/").url == "/"


def test_a_wrong_code_is_refused_in_the_clubs_words(client, db):
    wishes = {"name": "Dora Fang", "email": "dora@new.example", "password1": "a-long-new-password", "accepts_terms": "on", "website": ""}
    client.post("/zh-hans/accounts/signup/", wishes)
    page = client.post("/zh-hans/accounts/confirm-email/", {"code": "WRONG-CODE"}).content.decode()
    assert "验证码不对。" in page
    assert "代码" not in page


def test_who_joins_a_second_time_is_told_by_mail_only(client, alice):
    wishes = {"name": "Alice", "email": alice.email, "password1": "a-long-new-password", "accepts_terms": "on", "website": ""}
    answer = client.post("/accounts/signup/", wishes)
    assert answer.url == "/accounts/confirm-email/"
    assert alice.email in client.get(answer.url).content.decode()
    assert "belongs to a member already" in mail.outbox[-1].body
    assert "/accounts/password/reset/" in mail.outbox[-1].body


def test_home_welcomes_a_newcomer_and_greets_whoever_comes_again(client, alice):
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert "Welcome to the club, Alice Chen" in page
    assert 'href="/members/settings/">a few words' in page
    Member.objects.filter(pk=alice.pk).update(joined_at=alice.joined_at - timezone.timedelta(days=2))
    page = client.get("/").content.decode()
    assert "Good to see you, Alice Chen" in page
    assert "a few words" not in page
