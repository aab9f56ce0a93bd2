"""What a visitor sees when something is wrong: words, a next step, and nothing of our insides."""

import pytest
from django.template import TemplateSyntaxError
from django.test import Client

from community import views

CASES = [("400", "bad_request"), ("403", "forbidden"), ("404", "not_found"), ("429", "too_many")]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("status", "view"), CASES)
def test_every_error_page_says_what_to_do_next(rf, db, status, view, language):
    from django.contrib.auth.models import AnonymousUser
    from django.utils import translation

    request = rf.get("/somewhere/")
    request.user = AnonymousUser()
    with translation.override(language):
        answer = getattr(views, view)(request)
    page = answer.content.decode()
    assert answer.status_code == int(status)
    assert f'href="{"/zh-hans/" if language == "zh-hans" else "/"}"' in page
    assert status in page


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
def test_a_missing_page_answers_in_the_visitors_language(client, db, prefix):
    answer = client.get(f"{prefix}/there-is-no-such-page/")
    assert answer.status_code == 404
    assert ("书架" if prefix else "not in our shelf") in answer.content.decode()
    assert "hreflang" not in answer.content.decode()


def test_a_stale_form_is_explained_and_refused(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/members/settings/", {"name": "Mallory"})
    assert answer.status_code == 403
    assert "open too long" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.name == "Alice Chen"


def test_the_page_for_our_own_mistakes_needs_neither_visitor_nor_database(rf):
    answer = views.server_error(rf.get("/"))
    assert answer.status_code == 500
    page = answer.content.decode()
    assert 'href="/"' in page
    assert 'href="/zh-hans/"' in page


def test_even_a_broken_template_leaves_words(rf, monkeypatch):
    def broken(*_words):
        raise TemplateSyntaxError

    monkeypatch.setattr(views, "render_to_string", broken)
    answer = views.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


@pytest.mark.parametrize("address", ["/dev/style/", "/dev/style/404/", "/dev/mail/"])
def test_pages_for_developers_are_closed_where_debug_is_off(client, db, settings, address):
    settings.DEBUG = False
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "413", "429", "500", "503"])
def test_error_pages_can_be_looked_at_while_developing(client, db, settings, page):
    settings.DEBUG = True
    assert client.get(f"/dev/style/{page}/").status_code == 200
    assert client.get("/dev/style/..base/").status_code == 404


@pytest.mark.parametrize("address", ["/there-is-no-such-page/", "/forum/threads/999999/", "/zh-hans/nowhere/"])
def test_a_club_that_is_being_tried_shows_its_own_page_too(client, db, settings, address):
    settings.DEBUG = True
    answer = client.get(address)
    assert answer.status_code == 404
    assert "URLconf" not in answer.content.decode()
    assert "site-header" in answer.content.decode()


def test_an_error_put_into_a_page_brings_no_second_frame(client, db):
    answer = client.get("/there-is-no-such-page/", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "<html" not in page
    assert "not in our shelf" in page


def test_a_page_for_which_one_must_sign_in_is_found_again_after_it(client, db):
    assert "/accounts/login/?next=/there-is-no-such-page/" in client.get("/there-is-no-such-page/").content.decode()
