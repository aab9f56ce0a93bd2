import re
from unittest import mock

import pytest
from django.core import signing

from cms import reading
from members.models import Activity

from .conftest import article_in


def token_of(client, article):
    page = client.get(article.url).content.decode()
    return re.search(r'name="token" value="([^"]+)"', page).group(1)


@pytest.fixture
def later():
    """Time in which the article can have been read."""
    with mock.patch.object(reading, "least_seconds", return_value=-1):
        yield


def finish(client, article, token):
    return client.post(f"/magazine/articles/{article.pk}/readings/", {"token": token})


def test_reading_to_the_end_counts_once(client, bob, article, later):
    client.force_login(bob)
    token = token_of(client, article)
    assert finish(client, article, token).status_code == 302
    assert finish(client, article, token).status_code == 302
    activity = Activity.objects.get(kind=Activity.Kind.ARTICLE_READ)
    assert (activity.member, activity.title) == (bob, "The quiet press")
    assert client.get(activity.url).url == article.url


def test_two_readers_count_each(client, bob, mei, article, later):
    for reader in (bob, mei):
        client.force_login(reader)
        finish(client, article, token_of(client, article))
    assert Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ).count() == 2


def test_the_same_article_in_the_other_language_counts_no_second_time(client, bob, article, chinese, later):
    client.force_login(bob)
    finish(client, article, token_of(client, article))
    article.get_parent().specific.copy_for_translation(chinese).save_revision().publish()
    translated = article.copy_for_translation(chinese)
    translated.save_revision().publish()
    assert "data-finish" not in client.get(translated.url).content.decode()
    assert client.get(Activity.objects.get(kind=Activity.Kind.ARTICLE_READ).url, HTTP_ACCEPT_LANGUAGE="en").status_code == 302


def test_the_whisper_names_the_points(client, bob, article, later, django_capture_on_commit_callbacks):
    client.force_login(bob)
    with django_capture_on_commit_callbacks(execute=True):
        finish(client, article, token_of(client, article))
    assert Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ).count() == 1
    assert reading.earned_points(article, member=bob) in (0, 2)


def test_the_script_gets_a_fragment(client, bob, article, later):
    client.force_login(bob)
    address, token = f"/magazine/articles/{article.pk}/readings/", token_of(client, article)
    answer = client.post(address, {"token": token}, HTTP_ACCEPT="text/x-fragment")
    assert answer.status_code == 200
    assert b"<html" not in answer.content


def test_who_asks_at_once_has_not_read(client, bob, article):
    client.force_login(bob)
    answer = client.post(f"/magazine/articles/{article.pk}/readings/", {"token": token_of(client, article)}, HTTP_ACCEPT="text/x-fragment")
    assert answer.status_code == 409
    assert not Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ).exists()


@pytest.mark.parametrize("token", ["", "1:1", "1:1:abc:def", "x" * 5000])
def test_a_forged_token_is_refused(client, bob, article, token):
    client.force_login(bob)
    assert client.post(f"/magazine/articles/{article.pk}/readings/", {"token": token}, HTTP_ACCEPT="text/x-fragment").status_code == 400
    assert not Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ).exists()


def test_a_token_of_another_reader_or_article_is_refused(client, alice, bob, issue, article, later):
    client.force_login(bob)
    other = article_in(issue, "other", "Another story")
    for foreign in (reading.begin(article, member=alice), reading.begin(other, member=bob)):
        assert finish_code(client, article, foreign) == 400


def finish_code(client, article, token):
    return client.post(f"/magazine/articles/{article.pk}/readings/", {"token": token}, HTTP_ACCEPT="text/x-fragment").status_code


def test_a_visitor_is_asked_to_sign_in_and_earns_nothing(client, article):
    token = signing.TimestampSigner(salt=reading.SALT).sign(f"{article.pk}:1")
    assert "/accounts/login/" in finish(client, article, token).url
    assert "data-finish" not in client.get(article.url).content.decode()
    assert not Activity.objects.filter(kind=Activity.Kind.ARTICLE_READ).exists()


def test_a_draft_cannot_be_read_to_its_end(client, bob, issue, later):
    draft = article_in(issue, "draft", "Not yet", live=False)
    client.force_login(bob)
    assert finish(client, draft, reading.begin(draft, member=bob)).status_code == 404
    assert client.get(f"/magazine/articles/{draft.pk}/readings/").status_code == 405
