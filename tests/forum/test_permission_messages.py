"""Who may do what in a private conversation: role × message × action, each cell asked through the whole stack.

What is right stands in `may`.
"""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from forum import messaging, restricting
from forum.models import Message, MessageReport
from live import sockets
from members.models import Member
from tests.conftest import member_of
from tests.forum.asking import Browser, undone
from tests.sockets import knock

# The late one came after the first two messages, the left one is gone; the last three were never in it.
INSIDE = ("writer", "reader", "late", "silenced")
ROLES = ("visitor", *INSIDE, "left", "moderator", "marketer", "observer")
MESSAGES = {1: "Early words.", 2: "Hidden words.", 3: "Newest words."}
OF_MESSAGE = ("read", "report", "quote", "edit")
OF_TALK = ("say", "bring_in", "mute", "leave", "start", "decide")


def may_read(role: str, no: int) -> bool:
    if role not in INSIDE or (role == "late" and no < 3):
        return False
    return no != 2 or role == "writer"


def may(role: str, no: int, action: str) -> bool:
    match action:
        case "read" | "quote":
            return may_read(role, no)
        case "edit":
            return role == "writer" and no != 2
        case "report":
            return may_read(role, no) and role != "writer"
        case "say" | "bring_in":
            return role in INSIDE and role != "silenced"
        case "mute" | "leave":
            return role in INSIDE
        case "start":
            return role not in ("visitor", "silenced")
        case "decide":
            return role == "moderator"
    raise ValueError(action)


@pytest.fixture
def people(harbour, alice, bob, charlie, mei, moderator, marketer, observer):
    dora = member_of(harbour, "dora@harbour.example", "Dora Sun")
    rows = [Member.objects.get(pk=each.pk) for each in (alice, bob, charlie, dora, mei, moderator, marketer, observer)]
    return dict(zip(ROLES, (AnonymousUser(), *rows), strict=True))


@pytest.fixture
def talk(people):
    """The conversation, its second message reported and hidden, its third reported."""
    talk = messaging.start(people["writer"], to=[people["reader"], people["silenced"], people["left"]], title="Friday", body=MESSAGES[1])
    hidden = messaging.say(talk, author=people["writer"], body=MESSAGES[2])
    messaging.decide(messaging.report(hidden, reporter=people["left"], kind="rude"), by=people["moderator"], hide=True, reason="Rude")
    messaging.bring_in(talk, by=people["writer"], newcomers=[people["late"]])
    newest = messaging.say(talk, author=people["writer"], body=MESSAGES[3])
    messaging.report(newest, reporter=people["left"], kind="rude")
    messaging.leave(talk, member=people["left"])
    until = timezone.now() + datetime.timedelta(days=1)
    restricting.silence(people["silenced"], by=people["moderator"], until=until, reason="Calm down")
    return talk


def asked(door: Browser, talk, no: int, action: str, *, role: str, newcomer) -> bool:
    """Whether the pages let them, judged by what came of it."""
    here = f"/forum/messages/{talk.pk}/"
    message = talk.messages.get(no=no)
    match action:
        case "read":
            return MESSAGES[no] in door.ask(here).content.decode()
        case "report":
            address = f"/forum/messages/{message.pk}/report/"
            assert (door.ask(address).status_code == 200) == may(role, no, action)
            before = MessageReport.objects.count()
            door.do(address, {"kind": "spam", "note": "Look"})
            return MessageReport.objects.count() > before
        case "quote":
            # In place, and by the page opened anew.
            answer = door.ask(f"/forum/messages/{message.pk}/quotation/")
            anew = f"> {MESSAGES[no]}" in door.ask(f"{here}?quote={no}").content.decode().replace("&gt;", ">")
            assert (answer.status_code == 200) == (MESSAGES[no] in answer.content.decode()) == anew
            return anew
        case "edit":
            door.do(f"/forum/messages/{message.pk}/edit/", {"body": "Other words."})
            return talk.messages.filter(no=no, body="Other words.").exists()
        case "say":
            door.do(here, {"body": "Words of mine."})
            return talk.messages.filter(no=4).exists()
        case "bring_in":
            door.do(f"{here}change/", {"to": newcomer.handle})
            return talk.participants.filter(member=newcomer).exists()
        case "mute":
            door.do(f"{here}change/", {"mute": "on"})
            return talk.participants.filter(is_muted=True).exists()
        case "leave":
            door.do(f"{here}change/", {"leave": "1"})
            return talk.participants.exclude(left_at=None).count() == 2
        case "start":
            door.do("/forum/messages/new/", {"to": newcomer.handle, "title": "Alone", "body": "Words."})
            return Message.objects.filter(conversation__title="Alone").exists()
        case "decide":
            report = MessageReport.objects.get(message=talk.messages.get(no=3))
            door.do("/forum/messages/reported/", {"report": report.pk, "hide": "yes", "reason": "Rude"})
            return talk.messages.filter(no=3, is_hidden=True).exists()
    raise ValueError(action)


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_a_conversation_is_what_it_should_be_on_the_pages(role, people, talk, pine):
    door = Browser(people[role])
    newcomer = member_of(pine, "nina@pine.example", "Nina Newcomer")
    cells = [(no, action) for no in MESSAGES for action in OF_MESSAGE] + [(3, action) for action in OF_TALK]
    wrong = []
    for no, action in cells:
        with undone():
            if asked(door, talk, no, action, role=role, newcomer=newcomer) != may(role, no, action):
                wrong.append((no, action))
    gate = set(Message.objects.visible_to(people[role]).values_list("no", flat=True))
    assert not wrong
    assert gate == {no for no in MESSAGES if may_read(role, no)}
    assert len(cells) == len(MESSAGES) * len(OF_MESSAGE) + len(OF_TALK)


@pytest.mark.django_db(transaction=True)
async def test_the_socket_of_a_conversation_is_for_whoever_is_in_it(people, talk):
    topic = f"conversation:{talk.pk}"
    wrong = []
    for role, member in people.items():
        if role == "visitor":
            assert await (await knock(None, "/ws/live/")).closes() == sockets.NOT_SIGNED_IN
            continue
        socket = await knock(member, "/ws/live/")
        await socket.send({"type": "subscribe", "topic": topic})
        while (answer := await socket.hear()).get("topic") != topic:
            pass
        if answer["type"] != ("subscribed" if role in INSIDE else "error"):
            wrong.append((role, answer["type"]))
        await socket.leave()
    assert not wrong
