"""A backup of Discourse comes in with what others thought of it, and without what was not for everybody."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from forum import importing, reacting, solving
from forum.models import Ballot, Board, Imported, Picture, Poll, Post, Reaction, Thread, Voter
from members.models import Activity, Member
from notifications.models import Notification
from tests.forum.discourse_site import HUGE, SHA, SITE, backup, dump, picture, short


def brought(path, *more, board="square"):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_forum", "discourse", str(path), "--board", board, *more, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def site(tmp_path):
    return backup(tmp_path / "club-2024.tar.gz")


def test_a_backup_comes_in_with_tags_reactions_the_solution_and_the_poll(client, site, square, open_board, alice):
    out, err = brought(site)
    assert "2 new threads, 3 new posts, 0 known, 2 new names, 2 reactions, 1 solutions, 1 polls, 1 pictures, 2 bad" in out
    first, later = Thread.objects.order_by("pk")
    # The category has no board here, the one above it has. Those active last come last, and so stand first in lists.
    assert (first.title, first.board, first.is_locked, first.is_pinned) == ("Which one?", open_board, True, False)
    assert (later.title, later.is_pinned, later.is_locked) == ("Later", True, False)
    assert {tag.name for tag in first.tags.all()} == {"tools", "财务"}
    opening, answer = first.posts.order_by("no")
    assert (opening.author.name, answer.author, answer.reply_to, first.solution) == ("老用户", alice, opening, answer)
    assert "The ledger.\tWith \\ in it." in answer.body
    # One's own liking is none; of two by the same person the one that says more came.
    assert list(answer.reactions.order_by("kind").values_list("kind", "member__name")) == [("cheers", "liker"), ("like", "老用户")]
    assert (answer.reaction_count, first.reaction_count, opening.reaction_count) == (2, 2, 0)
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()
    assert "thread 45" in err
    assert "topic 44: unlisted there" in err
    client.force_login(alice)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "[quote]not a quote[/quote]" in page
    assert "[poll" not in page


def test_a_poll_comes_with_its_votes_and_as_it_was_asked(site, square, alice):
    brought(site)
    poll = Poll.objects.get()
    assert (poll.question, poll.kind, poll.is_secret, poll.is_closed) == ("Which one?", "single", False, True)
    assert [option.text for option in poll.options.all()] == ["Excel & co", "The ledger"]
    assert poll.options.get(place=2).choices.count() == 2
    assert Ballot.objects.filter(poll=poll, member=alice).exists()


def test_secret_votes_come_without_their_voters(tmp_path, square, alice):
    columns, rows = SITE["polls"]
    secret = {**SITE, "polls": (columns, [(*rows[0][:7], 0, None)])}
    brought(backup(tmp_path / "site.tar.gz", secret))
    assert Voter.objects.count() == 3
    assert not Ballot.objects.exclude(member=None).exists()


def test_pictures_come_from_the_backup_drawn_anew_and_belong_to_their_authors(client, site, square, open_board, settings, alice):
    _out, err = brought(site)
    kept = Picture.objects.get()
    opening = Post.objects.get(no=1, thread__title="Which one?")
    assert (kept.owner, kept.width, kept.height, list(kept.posts.all())) == (opening.author, 40, 30, [opening])
    assert f"![screen shot]({kept.get_absolute_url()})" in opening.body
    # What the archive leads elsewhere for, by a link, is not followed; nor is anything fetched.
    assert "*gone*" in opening.body
    assert "is not in the archive" in err
    client.force_login(alice)
    response = client.get(kept.get_absolute_url())
    assert b"".join(response)[8:12] == b"WEBP"


def test_what_is_no_picture_or_too_large_a_one_stays_out(tmp_path, square, alice):
    files = {
        f"uploads/default/original/2X/5/{SHA}.png": b"<svg onload=alert(1)>",
        f"uploads/default/original/2X/a/{HUGE}.png": b"\0" * (8 * 1024 * 1024 + 1),
    }
    out, err = brought(backup(tmp_path / "site.tar.gz", files=files))
    assert "0 pictures, 2 bad, 2 pictures missing" in out
    assert "not a picture we can show" in err
    assert not Picture.objects.exists()


def test_quotations_lead_to_what_they_quote_in_other_threads_too(site, square, alice):
    brought(site)
    quoted = Post.objects.get(thread__title="Which one?", no=2)
    body = Post.objects.get(thread__title="Later").body
    assert f"> [alice_c]({quoted.get_absolute_url()}):" in body.replace("/en/", "/")
    assert "*list.pdf*" in body
    assert "> [olga](" in quoted.body


def test_private_messages_whispers_and_what_was_deleted_stay_there(site, square):
    brought(site)
    bodies = "\n".join(Post.objects.values_list("body", flat=True))
    for words in ("Secret.", "whisper", "Deleted", "By link alone", "What we earn", "About."):
        assert words not in bodies
    assert not Member.objects.filter(name="Staff").exists()


@pytest.mark.parametrize(("audience", "comes"), [(Board.Audience.STAFF, True), (Board.Audience.MEMBERS, False)])
def test_what_some_alone_could_read_goes_where_some_alone_can_read(site, square, audience, comes):
    Board.objects.create(slug="desk", name="Staff", audience=audience)
    _out, err = brought(site)
    assert Post.objects.filter(body="What we earn.").exists() is comes
    assert ("for some readers alone there" in err) is not comes


def test_a_dry_run_says_what_would_come_and_keeps_nothing(site, square, alice):
    out, err = brought(site, "--dry-run")
    assert "thread 40 new on square: Which one? (2 posts, 2 reactions, 1 pictures, solved, locked)" in out
    assert "thread 41 new on square: Later (1 posts, 0 reactions, 0 pictures, pinned)" in out
    assert "2 new threads, 3 new posts, 0 known, 2 new names" in out
    assert "nothing was kept" in out
    assert "topic 44" in err
    for model in (Thread, Post, Picture, Reaction, Imported, Poll):
        assert not model.objects.exists()
    assert list(Member.objects.all()) == [alice]


def test_a_later_backup_brings_what_is_new_and_not_what_was_taken_back_here(tmp_path, site, square, alice, bob):
    brought(site)
    thread = Thread.objects.get(title="Which one?")
    answer = thread.posts.get(no=2)
    reacting.withdraw_reaction(answer, member=Member.objects.get(name="liker"), kind="cheers")
    solving.unaccept(thread, by=thread.author)
    assert "0 new threads, 0 new posts, 3 known, 0 new names, 0 reactions, 0 solutions" in brought(site)[0]
    columns, rows = SITE["post_actions"]
    later = {**SITE, "post_actions": (columns, [*rows, (9, 400, 5, 2, "2024-02-03 00:00:00", None)])}
    later["discourse_reactions_reactions"] = (SITE["discourse_reactions_reactions"][0], [])
    later["discourse_reactions_reaction_users"] = (SITE["discourse_reactions_reaction_users"][0], [])
    assert "3 known, 0 new names, 1 reactions, 0 solutions" in brought(backup(tmp_path / "later.tar.gz", later))[0]
    thread.refresh_from_db()
    assert (thread.solution, thread.reaction_count) == (None, 2)
    assert Picture.objects.count() == 1


def test_one_broken_thread_keeps_no_other_out_and_strictly_everything(tmp_path, square, alice, settings):
    columns, rows = SITE["posts"]
    broken = {**SITE, "posts": (columns, [row if row[0] != 410 else (*row[:5], "soon", *row[6:]) for row in rows])}
    path = backup(tmp_path / "site.tar.gz", broken)
    with pytest.raises(CommandError, match="3 bad pieces; nothing was brought in"):
        brought(path, "--strict")
    assert not Thread.objects.exists()
    assert not Imported.objects.exists()
    out, err = brought(path)
    assert "1 new threads" in out
    assert "topic 41" in err


def test_what_came_before_a_failure_stays_and_the_next_run_goes_on(site, square, alice, monkeypatch):
    genuine = importing._new_thread

    def failing(old, run):
        if old.key == "41":
            raise RuntimeError("the machine stopped")
        return genuine(old, run)

    monkeypatch.setattr(importing, "_new_thread", failing)
    with pytest.raises(RuntimeError):
        brought(site)
    assert [thread.title for thread in Thread.objects.all()] == ["Which one?"]
    monkeypatch.undo()
    assert "1 new threads, 1 new posts, 2 known" in brought(site)[0]


@pytest.mark.parametrize(("name", "data"), [("a.tar.gz", b"no tar"), ("b.sql.gz", b"no gzip"), ("c.sql", b"SELECT 1;"), ("d.tar", b"")])
def test_what_is_no_backup_is_refused(tmp_path, square, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CommandError, match="not a backup of Discourse"):
        brought(path)


def test_a_dump_alone_comes_in_with_pictures_from_a_folder(tmp_path, square, alice):
    path = tmp_path / "dump.sql"
    path.write_bytes(dump())
    folder = tmp_path / "uploads" / "default" / "original" / "2X"
    folder.mkdir(parents=True)
    (folder / f"{SHA}.png").write_bytes(picture())
    (folder / f"{'bb' * 20}.png").symlink_to(folder / f"{SHA}.png")
    assert "1 pictures, 2 bad, 1 pictures missing" in brought(path, "--uploads", str(tmp_path / "uploads"))[0]


def test_json_brings_what_it_says_and_nothing_that_was_for_some(tmp_path, square):
    post = {"user_id": 5, "post_number": 1, "created_at": "2024-01-02T03:04:05Z"}
    archive = {
        "users": [],
        "categories": [
            {"id": 1, "name": "Inner", "permissions_params": {"staff": 1}},
            {"id": 2, "name": "Open", "permissions_params": {"everyone": 1}},
        ],
        "topics": [
            {"id": 1, "title": "Inner thing", "category_id": 1, "posts": [post | {"id": 1, "raw": "Inner words."}]},
            {
                "id": 2,
                "title": "Open thing",
                "category_id": 2,
                "pinned_at": "2024-01-02T03:04:05Z",
                "posts": [
                    post | {"id": 2, "raw": f"Open words ![a|2x2](upload://{short(SHA)}.png)"},
                    post | {"id": 3, "post_number": 2, "raw": "  "},
                    post | {"id": 4, "post_number": 3, "raw": "So.", "accepted_answer": True},
                ],
            },
        ],
    }
    path = tmp_path / "export.json"
    path.write_text(json.dumps(archive))
    _out, err = brought(path)
    thread = Thread.objects.get()
    assert (thread.title, thread.is_pinned, thread.solution.body) == ("Open thing", True, "So.")
    assert "thread 1: for some readers alone there" in err
    assert Post.objects.count() == 2
