"""A blog's covers and series, and entries that the magazine shows."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum import blogging, moderating
from forum.models import Feature, Series, Thread
from members.models import Activity


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def entry(alice):
    return blogging.post_entry(alice, title="Ninety lorries", body="A morning at the gate.")


def cover() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 30), "#0a6150").save(out, "PNG")
    return SimpleUploadedFile("cover.png", out.getvalue(), content_type="image/png")


def test_an_entry_has_a_cover_and_stands_in_a_series(client, alice, bob):
    client.force_login(alice)
    for title in ("One", "Two"):
        client.post("/blogs/new/", {"title": title, "body": "x", "entry-series": "The gate", "entry-cover": cover()})
    first, second = Thread.objects.order_by("pk")
    client.force_login(bob)
    page = client.get(f"/forum/threads/{first.pk}/").content.decode()
    assert second.get_absolute_url() in page
    assert first.entry.cover.get_absolute_url() in page
    assert client.get(first.entry.cover.get_absolute_url()).status_code == 200
    assert "The gate" in client.get(f"/blogs/{alice.handle}/").content.decode()
    client.force_login(alice)
    for thread in (first, second):
        client.post(
            f"/forum/posts/{thread.posts.get().pk}/edit/", {"title": "T", "body": "y", "tags": "", "reason": "", "entry-series": ""}
        )
    assert not Series.objects.exists()


def test_the_magazine_shows_an_entry_once_its_author_agrees(client, entry, alice, marketer):
    client.force_login(marketer)
    client.post(f"/forum/threads/{entry.pk}/feature/", {"note": "A fine piece."})
    assert "Ninety lorries" not in client.get("/magazine/").content.decode()
    client.force_login(alice)
    assert "A fine piece." in client.get(f"/forum/threads/{entry.pk}/").content.decode()
    client.post(f"/forum/threads/{entry.pk}/feature/", {"agree": "1"})
    client.post(f"/forum/threads/{entry.pk}/feature/", {"agree": "1"})
    assert "Ninety lorries" in client.get("/magazine/").content.decode()
    assert Activity.objects.filter(kind=Activity.Kind.BLOG_ENTRY_FEATURED, member=alice).count() == 1


@pytest.mark.parametrize("who", ["bob", "alice", "researcher"])
def test_only_marketers_ask(client, entry, who, request):
    client.force_login(request.getfixturevalue(who))
    client.post(f"/forum/threads/{entry.pk}/feature/", {"note": "Me, me!"})
    assert not Feature.objects.exists()


def test_nobody_answers_for_the_author(client, entry, bob, marketer):
    blogging.ask_to_feature(entry, by=marketer)
    for who in (bob, marketer):
        client.force_login(who)
        client.post(f"/forum/threads/{entry.pk}/feature/", {"agree": "1"})
    assert Feature.objects.get().answer == Feature.Answer.WAITING


def test_hiding_a_shown_entry_takes_back_what_it_earned_and_showing_it_gives_it_back(entry, alice, marketer, moderator):
    blogging.answer_feature(blogging.ask_to_feature(entry, by=marketer), by=alice, agrees=True)

    def standing() -> int:
        return Activity.objects.filter(kind=Activity.Kind.BLOG_ENTRY_FEATURED, undone_by=None).count()

    moderating.hide_thread(entry, by=moderator, reason="Names a price")
    assert standing() == 0
    moderating.unhide_thread(entry, by=moderator, reason="All right after all")
    assert standing() == 1
    blogging.end_feature(Feature.objects.get(), by=alice)
    assert standing() == 0
