"""Who may do what where: role × kind of board × state of the thread × action, each cell asked.

What is right stands here in a few lines of its own (`may`), not in the gates' words; pages and machines' pages must agree with it.
"""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from forum import admission, blogging, moderating
from forum.models import Board, Post, Reaction, State, Thread
from live import hub, lines, sockets, threads
from members.models import Member
from tests.sockets import knock

CLUB = ("marketer", "observer", "moderator")
ROLES = ("visitor", "author", "colleague", "outsider", *CLUB)
BOARDS = ("public", "members", "company", "staff", "tier", "exclusive", "archived", "announcements", "blog")
STATES = ("open", "locked", "hidden", "pending", "withdrawn")
STAFF = ("marketer", "moderator")


def may_read_board(role: str, board: str) -> bool:
    if role == "moderator" or board in ("public", "blog"):
        return True
    if role == "visitor":
        return False
    readers = {
        "company": ("author", "colleague"),
        "staff": STAFF,
        "tier": STAFF,
        "exclusive": ("outsider",),
    }
    return board not in readers or role in readers[board]


def may(role: str, board: str, state: str, action: str) -> bool:
    if not may_read_board(role, board):
        return False
    is_open, is_author = state in ("open", "locked"), role == "author"
    if not (is_open or is_author or role == "moderator"):
        return False
    match action:
        case "read":
            return True
        case "reply":
            return role != "visitor" and board != "archived" and state == "open"
        case "react":
            return role not in ("visitor", "author") and is_open
        case "report":
            return role not in ("visitor", "author")
        case "edit":
            return is_author or role == "moderator"
        case "moderate":
            return role == "moderator"
    raise ValueError(action)


def may_start(role: str, board: str) -> bool:
    if not may_read_board(role, board) or role == "visitor" or board == "archived":
        return False
    if board == "blog":
        return role == "author"
    return board != "announcements" or role in STAFF


@pytest.fixture
def people(alice, bob, charlie, marketer, observer, moderator):
    # As the database gives them, with their companies' days as days.
    members = [Member.objects.get(pk=each.pk) for each in (alice, bob, charlie, marketer, observer, moderator)]
    return dict(zip(ROLES, (AnonymousUser(), *members), strict=True))


@pytest.fixture
def lay(people, harbour, pine):
    """A thread of the author's in every state on every kind of board; the rows alone, for their deeds are tested elsewhere."""
    author = people["author"]
    fields = {
        "public": {"audience": "public"},
        "company": {"audience": "company", "company": harbour},
        "staff": {"audience": "staff"},
        "tier": {"min_tier": 9},
        "archived": {"is_archived": True},
        "announcements": {"only_staff_start": True},
    }
    boards = {kind: Board.objects.create(slug=kind, name=kind, **fields.get(kind, {})) for kind in BOARDS if kind != "blog"}
    boards["blog"] = blogging.blog_of(author)
    admission.admit_only(boards["exclusive"], read=[f"company:{pine.pk}"])
    cells = list(itertools.product(BOARDS, STATES))
    threads = Thread.objects.bulk_create(
        [Thread(board=boards[kind], title=f"{kind} {state}", author=author, highest_no=1, **STATE.get(state, {})) for kind, state in cells]
    )
    posts = Post.objects.bulk_create([Post(thread=each, no=1, author=author, body="Words.", html="<p>Words.</p>") for each in threads])
    for thread, post in zip(threads, posts, strict=True):
        if thread.title.endswith("withdrawn"):
            post.state = State.WITHDRAWN
        thread.last_post = post
    Post.objects.bulk_update(posts, ["state"])
    Thread.objects.bulk_update(threads, ["last_post"])
    return boards, dict(zip(cells, threads, strict=True))


STATE = {"locked": {"is_locked": True}} | {name: {"state": name} for name in ("hidden", "pending", "withdrawn")}


@pytest.fixture
def bare(monkeypatch):
    """Pages without their templates: what is asked here is whether there is one."""
    from forum.views import composing, moderation, posts, threads

    for views in (composing, moderation, posts, threads):
        monkeypatch.setattr(views, "render", lambda request, template, context=None, status=200: HttpResponse(status=status))


def door(member, method: str, address: str, data=None) -> HttpResponse:
    """What the view behind an address answers, asked without the frame of middleware: two thousand cells are asked."""
    request = getattr(RequestFactory(), method)(address, data)
    request.user, request.session, request._messages = member, {}, BaseStorage(request)
    found = resolve(address)
    try:
        return found.func(request, *found.args, **found.kwargs)
    except Http404:
        return HttpResponse(status=404)


def asked(member, thread: Thread, post: Post, action: str) -> bool:
    """Whether the page lets them, judged by what came of it."""
    match action:
        case "read":
            return door(member, "get", f"/forum/threads/{thread.pk}/unread/").status_code == 302
        case "reply":
            answer = door(member, "post", f"/forum/threads/{thread.pk}/replies/", {"body": f"From {member}."})
            return answer.status_code == 302 and "/threads/" in answer.url and "login" not in answer.url
        case "react":
            before = Reaction.objects.count()
            door(member, "post", f"/forum/posts/{post.pk}/reactions/", {"kind": "like"})
            return Reaction.objects.count() > before
        case _:
            place = f"threads/{thread.pk}/moderation" if action == "moderate" else f"posts/{post.pk}/{action}"
            return door(member, "get", f"/forum/{place}/").status_code == 200


ACTIONS = ("read", "react", "reply", "report", "edit", "moderate")


def test_every_cell_of_the_table_is_what_it_should_be_on_the_pages(people, lay, bare):
    boards, threads = lay
    wrong, n = [], 0
    for role, member in people.items():
        visible = set(Thread.objects.visible_to(member).values_list("pk", flat=True))
        for (kind, state), thread in threads.items():
            right = {action: may(role, kind, state, action) for action in ACTIONS}
            found = {action: asked(member, thread, thread.last_post, action) for action in ACTIONS}
            n += len(found)
            if found != right or (thread.pk in visible) != right["read"]:
                wrong.append((role, kind, state, {action for action in ACTIONS if found[action] != right[action]}))
        for kind, board in boards.items():
            address = "/blogs/new/" if kind == "blog" else f"/forum/boards/{board.slug}/new/"
            # Everybody may write a blog, each their own.
            right = role != "visitor" if kind == "blog" else may_start(role, kind)
            n += 1
            if (door(member, "get", address).status_code == 200) != right or (
                may_read_board(role, kind) and board.may_start(member) != may_start(role, kind)
            ):
                wrong.append((role, kind, "start"))
    assert not wrong
    assert n == len(ROLES) * len(BOARDS) * (len(STATES) * len(ACTIONS) + 1)


def test_machines_that_bring_no_session_read_what_visitors_read(client, people, lay, moderator):
    boards, threads = lay
    # A reader of feeds is nobody, even in a moderator's browser.
    client.force_login(moderator)
    wrong = []
    for kind, board in boards.items():
        address = f"/blogs/{board.owner.handle}/feed/" if kind == "blog" else f"/forum/boards/{board.slug}/feed/"
        if (client.get(address).status_code == 200) != may_read_board("visitor", kind):
            wrong.append((kind, "feed"))
    for (kind, state), thread in threads.items():
        right = may("visitor", kind, state, "read")
        if (client.get(f"/forum/threads/{thread.pk}/feed/").status_code == 200) != right:
            wrong.append((kind, state, "feed"))
    assert not wrong


@pytest.mark.django_db(transaction=True)
async def test_an_open_page_may_follow_what_it_may_show_and_nothing_else(people, lay, monkeypatch):
    boards, laid = lay
    monkeypatch.setattr(sockets, "FRAMES_BURST", 1000)
    topics = {f"thread:{thread.pk}": cell for cell, thread in laid.items()} | {
        f"board:{board.pk}": (kind,) for kind, board in boards.items()
    }
    wrong = []
    for role, member in people.items():
        if role == "visitor":
            assert await (await knock(None, "/ws/live/")).closes() == sockets.NOT_SIGNED_IN
            continue
        socket = await knock(member, "/ws/live/")
        for topic, cell in topics.items():
            await socket.send({"type": "subscribe", "topic": topic})
            while (answer := await socket.hear()).get("topic") != topic:
                pass
            right = may(role, *cell, "read") if len(cell) == 2 else may_read_board(role, *cell)
            if answer["type"] != ("subscribed" if right else "error"):
                wrong.append((role, *cell, answer["type"]))
            if right:
                await socket.send({"type": "unsubscribe", "topic": topic})
                await socket.until("unsubscribed", topic=topic)
        await socket.leave()
    assert not wrong


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_shows_what_was_taken_from_its_reader_hears_no_more_of_it(people, lay, monkeypatch):
    monkeypatch.setattr(lines, "ASK_AGAIN_SECONDS", 0.2)
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.1)
    boards, laid = lay
    moved, hidden = laid["members", "open"], laid["public", "open"]
    outsider, author = [await knock(people[role], "/ws/live/") for role in ("outsider", "author")]
    for socket, thread in itertools.product((outsider, author), (moved, hidden)):
        await socket.send({"type": "subscribe", "topic": f"thread:{thread.pk}"})
        await socket.until("subscribed")
    await threads.write(lambda: moderating.move(moved, boards["company"], by=people["moderator"], reason="Theirs"))
    await threads.write(lambda: moderating.hide_thread(hidden, by=people["moderator"], reason="Nobody's"))
    lost = {(await outsider.until("unsubscribed"))["topic"] for _time in range(2)}
    assert lost == {f"thread:{moved.pk}", f"thread:{hidden.pk}"}
    # Their author still opens both pages.
    assert await author.is_quiet(0.5)
