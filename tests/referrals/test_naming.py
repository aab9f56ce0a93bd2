import datetime
import threading

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from members.models import Member
from notifications import mailing
from notifications.models import EmailOut
from referrals import forgetting, linking, naming, welcoming
from referrals.models import Claim, Door, Referral

COLLEAGUE = {"name": "Dora Ding", "email": "dora@harbour.example", "has_agreed": "on"}
CONTACT = {"name": "Emil Ernst", "email": "emil@willow.example", "company": "Willow Works", "need": "A press", "has_agreed": "on"}


def name(client, door="colleague", **changes):
    return client.post(f"/refer/{door}/names/", (COLLEAGUE if door == "colleague" else CONTACT) | changes)


def test_a_colleague_who_is_named_gets_one_mail_and_joins_by_it(client, join, alice):
    client.force_login(alice)
    assert name(client).status_code == 302
    assert mailing.send_due() == 1
    [message] = mail.outbox
    assert message.to == ["dora@harbour.example"]
    assert "Alice Chen" in message.subject
    path = next(word for word in message.body.split() if "/r/" in word).split("8000")[-1]
    dora = join("dora@harbour.example", by=path)
    referral = Referral.objects.get()
    assert (referral.invitee, referral.stage) == (dora, "registered")
    client.session.flush()
    client.logout()
    assert client.get(path).status_code == 410, "a personal link works once"


def test_somebody_named_who_joins_by_another_way_is_still_the_referrers(client, join, alice):
    client.force_login(alice)
    name(client)
    dora = join("dora@harbour.example")
    assert Referral.objects.get().invitee == dora


def test_a_contact_of_another_company_is_kept_with_their_need(client, alice):
    client.force_login(alice)
    name(client, "company")
    referral = Referral.objects.get()
    assert (referral.kind, referral.contact_company, referral.need) == ("external", "Willow Works", "A press")


def test_a_members_address_looks_like_any_other_but_gets_no_mail(client, alice, bob):
    client.force_login(alice)
    unknown, known = name(client), name(client, email=bob.email)
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert EmailOut.objects.get().to == "dora@harbour.example"
    page = client.get("/refer/").content.decode()
    assert "Already known" not in page
    assert page.count('class="list-item referral"') == 2


@pytest.mark.parametrize("email", ["alice@harbour.example", "ALICE+me@harbour.example"])
def test_nobody_names_themselves(client, alice, email):
    client.force_login(alice)
    answer = name(client, email=email)
    assert answer.status_code == 422
    assert "your own address" in answer.content.decode()
    assert "Dora Ding" in answer.content.decode(), "what was typed is kept"
    assert not Referral.objects.exists()


def test_nobody_is_named_twice_by_the_same_member(client, alice):
    client.force_login(alice)
    name(client)
    assert name(client, email="Dora@Harbour.example").status_code == 422
    assert Referral.objects.count() == 1


def test_a_day_has_a_limit(client, alice, monkeypatch):
    monkeypatch.setattr(naming, "NAMED_A_DAY", 2)
    client.force_login(alice)
    answers = [name(client, email=f"d{each}@harbour.example").status_code for each in range(3)]
    assert answers == [302, 302, 422]
    assert Referral.objects.count() == 2


@pytest.mark.parametrize(
    "change", [{"has_agreed": ""}, {"email": "nonsense"}, {"name": ""}, {"name": "x" * 101}, {"name": "Win at http://spam.example"}]
)
def test_a_bad_name_is_refused_at_its_field(client, alice, change):
    client.force_login(alice)
    assert name(client, **change).status_code == 422
    assert not Referral.objects.exists()


def test_visitors_refer_nobody(client, db):
    for path in ("/refer/", "/refer/colleague/names/", "/refer/colleague/links/"):
        assert client.post(path).status_code == 302
    assert not Referral.objects.exists()


def test_an_unknown_door_is_not_found(client, alice):
    client.force_login(alice)
    assert client.post("/refer/window/names/", COLLEAGUE).status_code == 404


def test_looking_makes_no_link_and_a_button_does(client, alice):
    client.force_login(alice)
    client.get("/refer/")
    assert not alice.referral_links.exists()
    for _time in range(2):
        client.post("/refer/colleague/links/")
    link = alice.referral_links.get()
    page = client.get("/refer/").content.decode()
    assert f"/r/{link.code}" in page
    assert "style=" not in page
    drawing = client.get(f"/refer/qr/{link.code}.svg")
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing.content.startswith(b"<svg")


def test_somebody_elses_code_is_drawn_for_nobody(client, bob, colleague_link):
    client.force_login(bob)
    assert client.get(f"/refer/qr/{colleague_link.code}.svg").status_code == 404


def test_ones_own_referrals_are_nobody_elses(client, alice, bob):
    client.force_login(alice)
    name(client)
    client.force_login(bob)
    assert "Dora Ding" not in client.get("/refer/").content.decode()


@pytest.mark.parametrize("number", [2, 18])
def test_the_page_takes_few_queries_whatever_the_number(client, alice, number, django_assert_max_num_queries):
    for each in range(number):
        naming.name_somebody(alice, Door.COLLEAGUE, name=f"D {each}", email=f"d{each}@harbour.example")
    client.force_login(alice)
    client.get("/notifications/preferences/")  # the first page of a session also notes the session
    with django_assert_max_num_queries(12):
        assert client.get("/refer/").status_code == 200


def test_older_referrals_follow_without_a_gap(client, alice, monkeypatch):
    monkeypatch.setattr(naming, "NAMED_A_DAY", 100)
    for each in range(23):
        naming.name_somebody(alice, Door.COLLEAGUE, name=f"D {each}", email=f"d{each}@harbour.example")
    client.force_login(alice)
    first = client.get("/refer/")
    second = client.get(f"/refer/?before={first.context['older']}")
    names = [each["referral"].contact_name for page in (first, second) for each in page.context["referrals"]]
    assert names == [f"D {each}" for each in reversed(range(23))]


@pytest.mark.django_db(transaction=True)
def test_two_newcomers_on_one_personal_link_make_one_referral(alice):
    referral = naming.name_somebody(alice, Door.COLLEAGUE, name="Dora", email="dora@somewhere.example")
    newcomers = [Member.objects.create_user(f"n{each}@somewhere.example", name=f"N {each}") for each in range(2)]
    for newcomer in newcomers:
        welcoming.claim(newcomer, code=referral.link.code)
    assert Claim.objects.count() == 2
    start, results = threading.Barrier(2), []

    def settle(newcomer):
        start.wait(5)
        try:
            results.append(welcoming.settle(newcomer))
        finally:
            connection.close()

    threads = [threading.Thread(target=settle, args=[newcomer]) for newcomer in newcomers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len([result for result in results if result]) == 1
    assert len(results) == 2
    referral.refresh_from_db()
    assert referral.invitee in newcomers
    referral.link.refresh_from_db()
    assert referral.link.uses == 1


def test_a_shared_link_is_renewed_when_it_has_run_out(alice, colleague_link):
    assert linking.shared_link(alice, Door.COLLEAGUE) == colleague_link
    colleague_link.uses = colleague_link.max_uses
    colleague_link.save()
    assert linking.shared_link(alice, Door.COLLEAGUE) != colleague_link


def test_the_address_of_somebody_who_never_came_is_forgotten(alice, bob):
    for email in ("dora@harbour.example", bob.email):
        naming.name_somebody(alice, Door.COLLEAGUE, name="Dora", email=email)
    assert forgetting.forget_strangers() == 0
    later = timezone.now() + datetime.timedelta(days=181)
    assert forgetting.forget_strangers(later) == 2
    assert forgetting.forget_strangers(later) == 0
    assert set(Referral.objects.values_list("contact_email", flat=True)) == {""}
