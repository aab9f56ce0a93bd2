"""Who may do what where: role × kind of board × state of the thread × action, each cell asked through the whole stack.

What is right stands here in a few lines of its own (`may`), not in the gates' words; pages and machines' pages must agree with it.
"""

import datetime
import itertools
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils import timezone

from forum import admission, blogging, indexing, moderating, restricting
from forum.models import (
    Appeal,
    Board,
    Bookmark,
    Draft,
    Level,
    ModerationAction,
    Poll,
    PollOption,
    Post,
    Reaction,
    Report,
    State,
    Tag,
    Thread,
    ThreadMember,
    Voter,
)
from live import hub, lines, sockets, threads
from members.models import Member
from tests.conftest import in_role, member_of
from tests.forum.asking import Browser, undone
from tests.sockets import knock

CLUB = ("marketer", "observer", "moderator")
# The silenced one is of the author's company too.
ROLES = ("visitor", "author", "colleague", "silenced", "outsider", *CLUB)
BOARDS = ("public", "members", "company", "staff", "tier", "exclusive", "archived", "announcements", "blog")
STATES = ("open", "locked", "hidden", "pending", "withdrawn")
STAFF = ("marketer", "moderator")


def may_read_board(role: str, board: str) -> bool:
    if role == "moderator" or board in ("public", "blog"):
        return True
    if role == "visitor":
        return False
    readers = {
        "company": ("author", "colleague", "silenced"),
        "staff": STAFF,
        "tier": STAFF,
        "exclusive": ("outsider",),
    }
    return board not in readers or role in readers[board]


def may(role: str, board: str, state: str, action: str) -> bool:
    if action == "appeal":
        # Whom a decision concerns is heard, wherever the post stands now and whatever they may read.
        return role == "author"
    if not may_read_board(role, board):
        return False
    is_open, is_author = state in ("open", "locked"), role == "author"
    if not (is_open or is_author or role == "moderator"):
        return False
    match action:
        case "read":
            return True
        case "history":
            # What was withdrawn is gone for its author too.
            return state != "withdrawn" or role == "moderator"
        case "bookmark" | "follow":
            return role != "visitor"
        case "reply" | "vote":
            return role not in ("visitor", "silenced") and board != "archived" and state == "open"
        case "react":
            return role not in ("visitor", "silenced", "author") and is_open
        case "accept" | "unaccept":
            return role in ("author", "moderator") and board != "archived" and is_open
        case "report":
            return role not in ("visitor", "author")
        case "ask":
            return is_author and board not in ("archived", "blog") and state == "open"
        case "edit" | "withdraw":
            return (is_author and board != "archived" and state == "open") or (role == "moderator" and action == "edit")
        case "moderate" | "decide":
            return role == "moderator"
    raise ValueError(action)


def may_start(role: str, board: str) -> bool:
    if not may_read_board(role, board) or role == "visitor" or board == "archived":
        return False
    if board == "blog":
        return role == "author"
    return board != "announcements" or role in STAFF


@pytest.fixture
def people(harbour, alice, bob, charlie, marketer, observer, moderator):
    dora = member_of(harbour, "dora@harbour.example", "Dora Sun")
    restricting.silence(dora, by=moderator, until=timezone.now() + datetime.timedelta(days=1), reason="Calm down")
    # As the database gives them, with their companies' days as days.
    members = [Member.objects.get(pk=each.pk) for each in (alice, bob, dora, charlie, marketer, observer, moderator)]
    return dict(zip(ROLES, (AnonymousUser(), *members), strict=True))


@pytest.fixture
def lay(people, harbour, pine, mei):
    """A thread of the author's in every state on every kind of board, each with a poll and an answer of somebody else's.

    The rows alone, for their deeds are tested elsewhere.
    """
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
        [Thread(board=boards[kind], title=f"{kind} {state}", author=author, highest_no=2, **STATE.get(state, {})) for kind, state in cells]
    )
    posts = Post.objects.bulk_create([Post(thread=each, no=1, author=author, body="Words.", html="<p>Words.</p>") for each in threads])
    for thread, post in zip(threads, posts, strict=True):
        if thread.title.endswith("withdrawn"):
            post.state = State.WITHDRAWN
        thread.last_post = post
    Post.objects.bulk_update(posts, ["state"])
    Thread.objects.bulk_update(threads, ["last_post"])
    Post.objects.bulk_create([Post(thread=each, no=2, author=mei, body="An answer.", html="<p>An answer.</p>") for each in threads])
    polls = Poll.objects.bulk_create([Poll(post=each, question="Tea?") for each in posts])
    PollOption.objects.bulk_create([PollOption(poll=each, place=place, text=f"Tea {place}") for each in polls for place in (1, 2)])
    return boards, dict(zip(cells, threads, strict=True))


STATE = {"locked": {"is_locked": True}} | {name: {"state": name} for name in ("hidden", "pending", "withdrawn")}


@pytest.fixture
def decided(lay):
    """What another moderator decided about each of the posts, twice; against the second the author has appealed."""
    other = in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")
    for thread in lay[1].values():
        about = {"thread": thread, "post": thread.last_post, "member": thread.author, "reason": "Rude"}
        _open, appealed = [ModerationAction.objects.create(actor=other, verb="hide_post", **about) for _time in range(2)]
        Appeal.objects.create(action=appealed, member=thread.author, against=other, words="It is not.")


@pytest.fixture
def bare(monkeypatch):
    """Forms and refusals without their templates: what is asked of them is whether there is one. What is read is drawn whole."""
    from community import views as errors
    from forum.views import belonging, composing, moderation, posts

    for views in (belonging, composing, errors, moderation, posts):
        monkeypatch.setattr(views, "render", lambda request, template, context=None, status=200: HttpResponse(status=status))


@pytest.fixture
def doors(people):
    """A browser for each role, through all of the middleware, with its sign-in and its CSRF token."""
    return {role: Browser(member) for role, member in people.items()}


def asked(door: Browser, thread: Thread, post: Post, action: str) -> bool:
    """Whether the page lets them, judged by what came of it."""
    match action:
        case "read":
            answer = door.ask(f"/forum/threads/{thread.pk}/")
            # Whoever may not read it learns not even that it is there.
            assert (answer.status_code == 200) == ("Words." in answer.content.decode()) == (thread.title in answer.content.decode())
            return answer.status_code == 200
        case "reply":
            door.do(f"/forum/threads/{thread.pk}/replies/", {"body": "A reply of mine."})
            return Post.objects.filter(thread=thread, no=3).exists()
        case "react":
            door.do(f"/forum/posts/{post.pk}/reactions/", {"kind": "like"})
            return Reaction.objects.exists()
        case "vote":
            poll = Poll.objects.get(post=post)
            door.do(f"/forum/polls/{poll.pk}/votes/", {"option": str(poll.options.first().pk)})
            return Voter.objects.exists()
        case "accept":
            answer = thread.posts.get(no=2)
            door.do(f"/forum/posts/{answer.pk}/solution/", {})
            # Where a moderator is led, to say why.
            door.do(f"/forum/posts/{answer.pk}/moderation/", {"verb": "accept", "reason": "It works"})
            return Thread.objects.filter(pk=thread.pk, solution=answer).exists()
        case "unaccept":
            answer = thread.posts.get(no=2)
            Thread.objects.filter(pk=thread.pk).update(solution=answer)
            door.do(f"/forum/threads/{thread.pk}/unaccept/", {})
            door.do(f"/forum/posts/{answer.pk}/moderation/", {"verb": "unaccept", "reason": "It does not work"})
            return Thread.objects.filter(pk=thread.pk, solution=None).exists()
        case "appeal":
            action = ModerationAction.objects.get(post=post, appeal=None)
            door.do(f"/forum/decisions/{action.pk}/appeal/", {"words": "It is not."})
            return Appeal.objects.filter(action=action).exists()
        case "decide":
            appeal = Appeal.objects.get(action__post=post)
            door.do(f"/forum/moderation/appeals/{appeal.pk}/", {"verb": "refuse_appeal", "reason": "It is"})
            return Appeal.objects.filter(pk=appeal.pk, status="refused").exists()
        case "bookmark":
            door.do(f"/forum/posts/{post.pk}/bookmark/", {"keep": "1"})
            return Bookmark.objects.exists()
        case "follow":
            door.do(f"/forum/threads/{thread.pk}/follow/", {"level": Level.WATCH})
            return ThreadMember.objects.filter(level=Level.WATCH).exists()
        case "report":
            door.do(f"/forum/posts/{post.pk}/report/", {"kind": "spam", "note": "Look"})
            return Report.objects.exists()
        case "edit":
            door.do(f"/forum/posts/{post.pk}/edit/", {"title": thread.title, "body": "Other words.", "reason": "Clearer"})
            return Post.objects.filter(pk=post.pk, body="Other words.").exists()
        case "ask":
            asked = {"poll-question": "Coffee?", "poll-options": "Yes\nNo", "poll-kind": "single", "poll-results": "always"}
            door.do(f"/forum/posts/{post.pk}/edit/", {"title": thread.title, "body": post.body, "reason": "Other"} | asked)
            return Poll.objects.filter(post=post, question="Coffee?").exists()
        case "withdraw":
            door.do(f"/forum/posts/{post.pk}/withdraw/", {})
            return post.state != State.WITHDRAWN and Post.objects.filter(pk=post.pk, state=State.WITHDRAWN).exists()
        case "moderate":
            door.do(f"/forum/threads/{thread.pk}/moderation/", {"verb": "pin", "reason": "Read this"})
            return Thread.objects.filter(pk=thread.pk, is_pinned=True).exists()
        case "history":
            return door.ask(f"/forum/posts/{post.pk}/history/").status_code == 200
    raise ValueError(action)


ACTIONS = ("read", "react", "reply", "report", "edit", "withdraw", "moderate", "bookmark", "follow", "history")
ACTIONS += ("vote", "ask", "accept", "unaccept", "appeal", "decide")


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_table_is_what_it_should_be_on_the_pages(role, people, lay, decided, doors, bare):
    boards, threads = lay
    member, door = people[role], doors[role]
    visible = set(Thread.objects.visible_to(member).values_list("pk", flat=True))
    wrong, n = [], 0
    for (kind, state), thread in threads.items():
        right = {action: may(role, kind, state, action) for action in ACTIONS}
        found = {}
        for action in ACTIONS:
            with undone():
                found[action] = asked(door, thread, thread.last_post, action)
        n += len(found)
        if found != right or (thread.pk in visible) != right["read"]:
            wrong.append((kind, state, {action for action in ACTIONS if found[action] != right[action]}))
    for kind, board in boards.items():
        address = "/blogs/new/" if kind == "blog" else f"/forum/boards/{board.slug}/new/"
        # Everybody may write a blog, each their own.
        right = role != "visitor" if kind == "blog" else may_start(role, kind)
        n += 1
        with undone():
            door.do(address, {"title": "A new one", "body": "Ask."})
            has_started = Thread.objects.filter(title="A new one").exists()
        # The form is there for the silenced too, and tells them why not now.
        if (
            (door.ask(address).status_code == 200) != right
            or has_started != (right and role != "silenced")
            or (may_read_board(role, kind) and board.may_start(member) != may_start(role, kind))
        ):
            wrong.append((kind, "start"))
    assert not wrong
    assert n == len(BOARDS) * (len(STATES) * len(ACTIONS) + 1)


@pytest.fixture
def findable(lay):
    """The threads tagged and their words indexed, as posting does it."""
    boards, threads = lay
    tag = Tag.objects.create(slug="all", name="all")
    tag.threads.set(threads.values())
    for thread in threads.values():
        indexing.put(thread.last_post, title=thread.title, text="Words.", is_new=True)
    return boards, threads


def named_in(page: HttpResponse) -> set[int]:
    """The threads that an answer leads to, whatever its kind."""
    return {int(pk) for pk in re.findall(r"/forum/threads/([0-9]+)", page.content.decode())}


def named_from(door: Browser, address: str) -> set[int]:
    """The threads on a page and on all those that follow it."""
    found: set[int] = set()
    while address:
        page = door.ask(address)
        assert page.status_code == 200, address
        found |= named_in(page)
        older = re.search(r'rel="next" href="(\?[^"]+)"', page.content.decode())
        address = address.partition("?")[0] + older[1].replace("&amp;", "&") if older else ""
    return found


@pytest.mark.parametrize("role", ROLES)
def test_lists_searches_and_completions_show_what_may_be_read_and_nothing_else(role, people, findable, doors):
    """Beside a thread's own page: boards, blogs, tags, both searches, the home and a profile, drafts, the completion of names (JSON)."""
    boards, threads = findable
    door, author = doors[role], people["author"]
    readable = {thread.pk for (kind, state), thread in threads.items() if may(role, kind, state, "read")}
    shown = readable & {thread.pk for (_kind, state), thread in threads.items() if state in ("open", "locked")}
    for kind, board in boards.items():
        address = board.get_absolute_url()
        if may_read_board(role, kind):
            assert named_from(door, address) == shown & {threads[kind, state].pk for state in STATES}, kind
        else:
            assert door.ask(address).status_code == 404, kind
    for address in ("/forum/tags/all/", "/forum/search/?q=Words", "/forum/search/?q=Words&order=best"):
        assert named_from(door, address) == shown, address
    for address in ("/forum/", "/blogs/", "/search/?q=Words", "/search/?q=Words&kind=posts", "/search/?q=Words&kind=blogs", "/"):
        assert named_in(door.ask(address)) <= shown, address
    if role == "visitor":
        assert door.ask(f"/forum/members/?thread={min(readable)}").status_code == 302
        return
    assert named_in(door.ask(author.get_absolute_url())) <= shown
    Draft.objects.bulk_create([Draft(member=people[role], key=f"thread:{each.pk}", body="Mine.") for each in threads.values()])
    assert named_in(door.ask("/forum/drafts/")) == readable
    if role != "author":
        completed = {each.pk for each in threads.values() if door.ask(f"/forum/members/?thread={each.pk}").json()["items"]}
        assert completed == readable


def test_machines_that_bring_no_session_read_what_visitors_read(findable, doors):
    """The API's leg. The contract's HTTP API has no call for the forum: machines read feeds, cards and the map of the site."""
    boards, threads = findable
    # A reader of feeds is nobody, even in a moderator's browser.
    door, wrong = doors["moderator"], []
    for kind, board in boards.items():
        address = f"/blogs/{board.owner.handle}/feed/" if kind == "blog" else f"/forum/boards/{board.slug}/feed/"
        if (door.ask(address).status_code == 200) != may_read_board("visitor", kind):
            wrong.append((kind, "feed"))
    for (kind, state), thread in threads.items():
        right = may("visitor", kind, state, "read")
        for address in (f"/forum/threads/{thread.pk}/feed/", f"/forum/threads/{thread.pk}/card.png"):
            if (door.ask(address).status_code == 200) != right:
                wrong.append((kind, state, address))
    shown = {thread.pk for (kind, state), thread in threads.items() if may("visitor", kind, state, "read")}
    for address in ("/forum/tags/all/feed/", "/sitemap.xml"):
        if named_in(door.ask(address)) != shown:
            wrong.append(address)
    if named_in(door.ask("/forum/feed/")) | named_in(door.ask("/blogs/feed/")) != shown:
        wrong.append("feeds")
    assert not wrong


def test_the_api_has_no_other_way_to_the_forum(client):
    """Whoever adds one asks every cell of the table by it too."""
    segments = {part for path in client.get("/api/v1/openapi.json").json()["paths"] for part in path.split("/")}
    assert "members" in segments
    assert not segments & {"forum", "threads", "posts", "boards", "blogs", "conversations"}


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
