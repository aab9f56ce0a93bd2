"""A room for whoever gets no socket: the same list, the same answers, the same gates, by ordinary requests."""

import json
import uuid

import pytest
from django.test import Client

from focusgroups import moderating
from focusgroups.models import Seat
from live import threads
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """A signed-in page that asks, as the room's script does."""

    def __init__(self, group, member):
        self.group, self.client = group, Client()
        self.client.force_login(member)
        self.cursor: dict[str, int] = {}
        self.events: list[dict] = []

    @property
    def door(self):
        return f"/groups/{self.group.pk}/frames/"

    def send(self, kind, **fields):
        return self.client.post(self.door, {"type": kind, **fields}, content_type="application/json")

    def do(self, kind, **fields):
        """The one frame that answers."""
        [frame] = self.send(kind, **{"client_id": str(uuid.uuid4()), **fields}).json()["frames"]
        return frame

    def greeting(self):
        [frame] = self.client.get(self.door).json()["frames"]
        return frame

    def ask(self):
        after = ",".join(f"{label}:{seq}" for label, seq in self.cursor.items())
        found = self.client.get(f"/api/v1/groups/{self.group.pk}/events?after={after}").json()["items"]
        for event in found:
            self.cursor[event["stream"]] = event["seq"]
        self.events += found
        return found


async def test_a_page_without_a_socket_sees_the_same_list_as_one_with_a_socket(open_group, masked, alice, charlie, moderator):
    page = await threads.write(Page, open_group, alice)
    socket, speaker, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    for number in range(4):
        await do(speaker, "say", body=f"from a socket {number}")
        await threads.read(page.ask)
        assert (await threads.write(lambda number=number: page.do("say", body=f"by request {number}")))["type"] == "ack"
    await do(leader, "pose", item=masked.pk)
    assert (await threads.write(lambda: page.do("answer", item=masked.pk, body="Ninety")))["stream"] == "me"
    await do(speaker, "answer", item=masked.pk, body="Eighty")
    await do(leader, "reveal", item=masked.pk)
    heard = [json.loads(text) for text in socket.raw] + await drain(socket)
    heard = list({(frame["stream"], frame["seq"]): frame for frame in heard if "seq" in frame and frame["type"] != "ack"}.values())
    await threads.read(page.ask)
    for label in ("all", "me"):
        assert [event for event in page.events if event["stream"] == label] == [event for event in heard if event["stream"] == label]
    assert await threads.read(page.ask) == []


async def test_what_is_said_by_request_reaches_sockets_at_once_and_so_do_typing_and_presence(open_group, seats, alice, charlie, moderator):
    page = await threads.write(Page, open_group, alice)
    ear, leader = await enter(charlie, open_group), await enter(moderator, open_group)
    greeting = await threads.write(page.greeting)
    assert greeting["you"]["name"] == "Maple"
    assert (await ear.until("presence", seat=seats["alice"].pk))["is_here"] is True
    await threads.write(lambda: page.send("typing"))
    await ear.until("typing", seat=seats["alice"].pk)
    await threads.write(lambda: page.do("say", body="Do you hear me?"))
    assert (await ear.until("message"))["body"] == "Do you hear me?"
    await threads.write(lambda: page.send("seen", seq={"all": 4}))
    assert (await leader.until("read", seat=seats["alice"].pk))["seq"] == 4


def test_the_greeting_is_a_sockets_hello_and_the_seat_is_held_while_the_page_asks(open_group, seats, alice):
    page = Page(open_group, alice)
    greeting = page.greeting()
    assert (greeting["type"], greeting["heads"]) == ("hello", {"all": 3, "me": 0})
    assert "Glass" not in str(greeting)
    seats["alice"].refresh_from_db()
    assert seats["alice"].is_here()
    assert seats["alice"].first_here_at is not None
    pong, presence = page.send("ping").json()["frames"]
    assert pong == {"type": "pong", "heads": {"all": 3, "me": 0}}
    assert seats["alice"].pk in presence["here"]
    assert Seat.objects.get(pk=seats["alice"].pk).leases.count() == 1


def test_the_same_client_id_again_is_answered_alike_and_written_once(open_group, alice, new_id):
    page, mine = Page(open_group, alice), new_id()
    first, again = page.do("say", body="Once", client_id=mine), page.do("say", body="Once", client_id=mine)
    assert first == again == {"type": "ack", "client_id": mine, "stream": "all", "seq": first["seq"]}
    assert [event.get("body") for event in page.ask()].count("Once") == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", "not-json"),
        ({"type": "say", "body": "No id"}, "no-client-id"),
        ({"type": "say", "client_id": "7", "body": "x"}, "bad-client-id"),
        ({"type": "dance"}, "no-such-type"),
        ({"type": "say", "client_id": str(uuid.uuid4()), "body": ""}, "invalid"),
        ({"type": "pause"}, "not-yours"),
    ],
)
def test_a_bad_frame_is_answered_as_in_a_socket(open_group, alice, frame, code):
    page = Page(open_group, alice)
    answer = page.client.post(page.door, frame if isinstance(frame, str) else json.dumps(frame), content_type="application/json")
    [refusal] = answer.json()["frames"]
    assert (refusal["type"], refusal["code"]) == ("error", code)


def test_a_flood_of_requests_is_told_to_wait(open_group, alice, monkeypatch):
    from focusgroups import frame_views

    monkeypatch.setattr(frame_views, "SPAN_FRAMES", 3)
    page = Page(open_group, alice)
    assert [page.do("say", body=str(number))["type"] for number in range(4)] == ["ack", "ack", "ack", "error"]


def test_the_door_without_a_socket_is_for_those_in_the_room(open_group, seats, alice, bob, moderator, client):
    door = f"/groups/{open_group.pk}/frames/"
    for ask in (client.get, client.post):
        assert (ask(door).status_code, ask(door).json()) == (403, {"close": 4401})
    client.force_login(bob)
    for ask in (client.get, client.post):
        assert ask(door).json() == {"close": 4403}
    assert client.get("/groups/999999/frames/").json() == {"close": 4404}
    page = Page(open_group, alice)
    moderating.remove(open_group.pk, member=moderator, client_id=None, seat=seats["alice"].pk)
    assert page.send("say", client_id=str(uuid.uuid4()), body="Still here?").json() == {"close": 4403}
    assert page.client.get(f"/api/v1/groups/{open_group.pk}/events").status_code == 404
    assert page.send("say", body="x" * 17_000).json() == {"close": 4403}


def test_a_foreign_page_can_send_nothing(open_group, alice):
    foreign = Client(enforce_csrf_checks=True)
    foreign.force_login(alice)
    frame = {"type": "say", "client_id": str(uuid.uuid4()), "body": "Not from here"}
    assert foreign.post(f"/groups/{open_group.pk}/frames/", frame, content_type="application/json").status_code == 403
    assert "Not from here" not in str(foreign.get(f"/api/v1/groups/{open_group.pk}/events").content)


def test_a_frame_of_more_than_16_kibibytes_ends_the_visit(open_group, alice):
    assert Page(open_group, alice).send("say", body="x" * 17_000).json() == {"close": 4413}
