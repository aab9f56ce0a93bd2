"""A brainstorm board: a moderator makes columns and lays notes into them, and the whole room sees it."""

import pytest
from django.core.management import call_command
from django.test import Client

from focusgroups import discussing, emptying, findings, moderating, redacting, sorting
from focusgroups.exercises import COLUMNS_MAX
from focusgroups.models import Answer, Item, Redaction
from live import threads
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(open_group, seats, alice, charlie, moderator, new_id):
    """Before the room, with two notes of Maple's and one of Cedar's."""
    board = Item.objects.create(group=open_group, kind=Item.Kind.NOTES, text="What could be better?", sort_order=30)
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=board.pk)
    for member, notes in ((alice, ["Bigger jars", "Cheaper"]), (charlie, ["Open on Sunday"])):
        discussing.answer(open_group.pk, member=member, client_id=new_id(), item=board.pk, given={"notes": notes})
    board.refresh_from_db()
    return board


def answer_of(board, seat):
    return Answer.objects.get(item=board, seat=seat)


async def test_columns_and_where_notes_lie_are_seen_by_all_at_once_and_by_who_comes_later(
    open_group, board, seats, alice, charlie, moderator, observer
):
    leader, other, glass = [await enter(member, open_group) for member in (moderator, charlie, observer)]
    for title in ("Shop", "Price"):
        assert (await do(leader, "column", item=board.pk, title=title))["type"] == "ack"
    shop, price = (await leader.heard("columns", columns=[{"column": 1, "title": "Shop"}, {"column": 2, "title": "Price"}]))["columns"]
    mine = await threads.read(answer_of, board, seats["alice"])
    await do(leader, "place", item=board.pk, answer=mine.pk, note=1, column=price["column"])
    for socket in (leader, other, glass):
        placed = await socket.until("placed")
        assert (placed["stream"], placed["answer"], placed["columns"]) == ("all", mine.pk, [None, 2])
    await do(leader, "column", item=board.pk, column=shop["column"], title="The shop")
    assert (await other.until("columns", columns=[{"column": 1, "title": "The shop"}, price]))["item"] == board.pk
    late = await enter(charlie, open_group)
    assert late.hello["room"]["item"]["columns"] == [{"column": 1, "title": "The shop"}, price]
    assert [event["columns"] for event in await drain(late) if event["type"] == "placed"] == [[None, 2]]
    # Taken away: its notes lie unsorted, and its number comes to no other column.
    await do(leader, "column", item=board.pk, column=2, is_removed=True)
    await do(leader, "column", item=board.pk, title="Money")
    assert [
        each["column"]
        for each in (await other.until("columns", columns=[shop | {"title": "The shop"}, {"column": 3, "title": "Money"}]))["columns"]
    ] == [1, 3]
    laid = await threads.read(lambda: findings.outcomes(open_group)[-1]["columns"])
    assert [(title, len(notes)) for title, notes in laid] == [("The shop", 0), ("Money", 0), ("", 3)]
    await threads.read(call_command, "verify_transcript", open_group.pk)


async def test_only_a_moderator_sorts_and_only_within_bounds(open_group, board, seats, masked, alice, moderator, observer):
    mine = await threads.read(answer_of, board, seats["alice"])
    for member in (alice, observer):
        socket = await enter(member, open_group)
        assert (await do(socket, "column", item=board.pk, title="Mine"))["code"] == "not-yours"
        assert (await do(socket, "place", item=board.pk, answer=mine.pk, note=0))["code"] == "not-yours"
    leader = await enter(moderator, open_group)
    for number in range(COLUMNS_MAX):
        assert (await do(leader, "column", item=board.pk, title=f"Column {number}"))["type"] == "ack"
    refused = [
        ("column", {"title": "One too many"}, "too-many"),
        ("column", {}, "no-title"),
        ("column", {"title": "x" * 61}, "invalid"),
        ("column", {"column": 99, "title": "Nowhere"}, "no-such-column"),
        ("column", {"is_removed": True}, "no-such-column"),
        ("column", {"item": masked.pk, "title": "No board"}, "no-such-item"),
        ("place", {"answer": mine.pk, "note": 2}, "no-such-note"),
        ("place", {"answer": mine.pk, "note": -1}, "invalid"),
        ("place", {"answer": 10**9, "note": 0}, "no-such-note"),
        ("place", {"answer": mine.pk, "note": 0, "column": 99}, "no-such-column"),
    ]
    for kind, fields, code in refused:
        assert (await do(leader, kind, **{"item": board.pk, **fields}))["code"] == code, (kind, fields)
    await do(leader, "close")
    assert (await do(leader, "place", item=board.pk, answer=mine.pk, note=0, column=1))["code"] == "closed"


async def test_what_is_masked_is_sorted_after_it_is_shown(open_group, alice, moderator):
    def put_up():
        board = Item.objects.create(
            group=open_group, kind=Item.Kind.NOTES, text="Say", is_masked=True, sort_order=40, categories="Good\nBad"
        )
        moderating.pose(open_group.pk, member=moderator, client_id=None, item=board.pk)
        return board

    board = await threads.write(put_up)
    leader = await enter(moderator, open_group)
    assert leader.hello["room"]["item"]["columns"] == [{"column": 1, "title": "Good"}, {"column": 2, "title": "Bad"}]
    assert (await do(leader, "column", item=board.pk, title="Else"))["code"] == "masked"
    await do(leader, "reveal", item=board.pk)
    assert (await do(leader, "column", item=board.pk, title="Else"))["type"] == "ack"
    assert [each["column"] for each in (await leader.heard("columns"))["columns"]] == [1, 2, 3]


def test_notes_given_anew_lie_where_the_same_words_lay(open_group, board, seats, alice, moderator, new_id):
    pk = open_group.pk
    sorting.set_column(pk, member=moderator, client_id=None, item=board.pk, title="Price")
    mine = answer_of(board, seats["alice"])
    sorting.place_note(pk, member=moderator, client_id=None, item=board.pk, answer=mine.pk, note=1, column=1)
    # A browser that claims a column of its own is not heard.
    given = {"notes": ["Cheaper", "A new thought"], "columns": [None, 1]}
    discussing.answer(pk, member=alice, client_id=new_id(), item=board.pk, given=given)
    mine.refresh_from_db()
    assert mine.given == {"notes": ["Cheaper", "A new thought"], "columns": [1, None]}


def test_the_results_show_the_board_and_so_does_the_report_when_the_talk_is_deleted(open_group, board, seats, moderator, researcher):
    pk, page = open_group.pk, Client()
    page.force_login(researcher)
    assert "Not sorted" not in page.get(f"/groups/{pk}/results/").content.decode(), "without columns it is a list"
    for title in ("Price of Alice Chen", "Shop"):
        sorting.set_column(pk, member=moderator, client_id=None, item=board.pk, title=title)
    sorting.place_note(pk, member=moderator, client_id=None, item=board.pk, answer=answer_of(board, seats["alice"]).pk, note=1, column=1)
    sorting.place_note(pk, member=moderator, client_id=None, item=board.pk, answer=answer_of(board, seats["charlie"]).pk, note=0, column=2)
    shown = findings.outcomes(open_group)[-1]["columns"]
    assert shown == [
        ("Price of Alice Chen", [("Maple", "Cheaper")]),
        ("Shop", [("Cedar", "Open on Sunday")]),
        ("", [("Maple", "Bigger jars")]),
    ]
    before = page.get(f"/groups/{pk}/results/").content.decode()
    for words in ("note-board", "Price of Alice Chen", "Open on Sunday", "Not sorted"):
        assert words in before
    redacting.redact(open_group, by=moderator, words=["Sunday"], kind=Redaction.Kind.OTHER)
    redacting.redact(open_group, by=moderator, words=["Shop"], kind=Redaction.Kind.OTHER)
    assert [title for title, _notes in findings.outcomes(open_group)[-1]["columns"]] == ["Price of Alice Chen", "[…]", ""]
    call_command("verify_transcript", pk)
    emptying.empty(open_group)
    after = page.get(f"/groups/{pk}/results/").content.decode()
    assert "note-board" in after
    assert "Price of [Maple]" in after
    assert "Bigger jars" in after
    assert "Alice Chen" not in after
