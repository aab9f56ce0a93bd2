"""What goes wrong between people in a room: hints lost and turned round, sockets cut, words taken out, clocks and databases that fail.

Every schedule ends in the same audit: what each reader saw is the database's list, whole, in order, each once. Random schedules say
their seed. `FAULTS_RUNS=100 pytest tests/focusgroups/test_faults.py` (or `make faults`) runs more of them.
"""

import asyncio
import datetime
import json
import random
import uuid

import pytest
from django.db import OperationalError
from django.utils import timezone

from focusgroups import moderating, redacting
from focusgroups.models import Redaction
from live import gathering, hub, threads
from live.models import Event, Stream
from tests.focusgroups.test_room_socket import do, drain, enter
from tests.seeds import seeds

pytestmark = pytest.mark.django_db(transaction=True)


async def stored(group, label="all"):
    def rows():
        return list(Event.objects.filter(stream__name=f"group:{group.pk}:{label}").order_by("seq").values_list("seq", "kind"))

    return await threads.read(rows)


@pytest.mark.parametrize("seed", seeds("FAULTS_RUNS"))
async def test_a_random_schedule_of_lost_and_late_hints_and_cut_sockets_loses_nothing(open_group, alice, charlie, monkeypatch, seed):
    lot = random.Random(seed)
    hear = hub.Hub.hear

    def unsure(self, name, seq, news=None):
        chance = lot.random()
        if chance < 0.2:
            return
        if chance < 0.4:
            self.loop.call_later(lot.random() / 10, hear, self, name, seq, news)
            return
        hear(self, name, seq, news)

    monkeypatch.setattr(hub.Hub, "hear", unsure)
    monkeypatch.setattr(hub, "TAIL_SECONDS", 0.3)
    speaker, reader = await enter(alice, open_group), await enter(charlie, open_group)
    seen: list[dict] = []
    acked = {}
    for number in range(25):
        body = f"{seed} {number}"
        acked[body] = (await do(speaker, "say", body=body))["seq"]
        if lot.random() < 0.15:
            seen += await drain(reader, 0.02)
            await reader.leave()
            cursor = max([frame["seq"] for frame in seen if frame["stream"] == "all"], default=0)
            reader = await enter(charlie, open_group, after=f"all:{cursor}")
    async with asyncio.timeout(30):
        while not any(frame["seq"] >= max(acked.values()) for frame in seen):
            frame = await reader.hear()
            if isinstance(frame, dict) and frame.get("stream") == "all" and "seq" in frame:
                seen.append(frame)
    heard = [(frame["seq"], frame["type"]) for frame in seen if frame["stream"] == "all"]
    assert heard == await stored(open_group), f"seed {seed}"
    assert {frame["body"]: frame["seq"] for frame in seen if frame["type"] == "message"} == acked, f"seed {seed}"


async def test_a_reader_from_before_a_restored_backup_is_given_everything_anew(open_group, alice):
    ahead = await enter(alice, open_group, after="all:999")
    assert [event["seq"] for event in await drain(ahead)] == [1, 2, 3]


async def test_who_was_shown_out_while_away_hears_nothing_more(open_group, seats, alice, moderator):
    ear, leader = await enter(alice, open_group), await enter(moderator, open_group)
    await ear.leave()
    await do(leader, "remove", seat=seats["alice"].pk)
    await do(leader, "say", body="Now that she is gone")
    from tests.sockets import knock

    back = await knock(alice, f"/ws/groups/{open_group.pk}/?after=all:3")
    assert await back.closes() == 4403
    assert "gone" not in "".join(back.raw)


async def test_words_taken_out_never_reach_who_was_away_and_leave_the_screens_of_others(open_group, alice, charlie, moderator):
    speaker, reader, away = await enter(alice, open_group), await enter(charlie, open_group), await enter(moderator, open_group)
    await away.leave()
    ack = await do(speaker, "say", body="Call me on 13812345678")
    await reader.until("message")

    def take_out():
        redacting.redact(open_group, by=moderator, words=["13812345678"], kind=Redaction.Kind.NUMBER)

    await threads.write(take_out)
    told = await reader.until("redacted")
    assert told["rewrites"] == [{"target": ack["seq"], "kind": "message", "body": told["rewrites"][0]["body"]}]
    assert told["rewrites"][0]["body"]["body"] == "Call me on [number]"
    late = await enter(moderator, open_group)
    events = await drain(late)
    assert "13812345678" not in "".join(late.raw)
    assert [event["seq"] for event in events if event["stream"] == "all"] == list(range(1, ack["seq"] + 2))


async def test_words_taken_out_elsewhere_are_not_given_from_memory_to_who_comes_back(open_group, alice, charlie, moderator, monkeypatch):
    """Another process took them out, its hint is lost, and this one asks the database late: what it remembers is of before."""
    monkeypatch.setattr(hub, "TAIL_SECONDS", 60)
    speaker = await enter(alice, open_group)
    ack = await do(speaker, "say", body="Call me on 13812345678")
    while "13812345678" not in "".join(speaker.raw):
        await speaker.hear()
    hear = hub.Hub.hear
    monkeypatch.setattr(hub.Hub, "hear", lambda self, name, seq, news=None: hear(self, name, seq) if news is None else None)
    monkeypatch.setattr(hub.Hub, "hint", lambda *_words: None)
    await threads.write(lambda: redacting.redact(open_group, by=moderator, words=["13812345678"], kind=Redaction.Kind.NUMBER))
    back = await enter(charlie, open_group, after="all:3")
    events = await drain(back)
    assert [(event["seq"], event["type"]) for event in events] == [(ack["seq"], "message"), (ack["seq"] + 1, "redacted")]
    assert "13812345678" not in "".join(back.raw)
    assert (await speaker.until("redacted"))["rewrites"][0]["target"] == ack["seq"]


async def test_a_database_that_fails_acknowledges_nothing_and_the_same_frame_goes_through_later(open_group, alice, monkeypatch):
    socket, mine = await enter(alice, open_group), str(uuid.uuid4())
    write = gathering.Gathered.write

    def full(*_args, **_options):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(gathering.Gathered, "write", full)
    refused = await do(socket, "say", body="Keep this", client_id=mine)
    assert (refused["type"], refused["code"]) == ("error", "unavailable")
    assert refused["retry_after"] > 0
    monkeypatch.setattr(gathering.Gathered, "write", write)
    assert (await do(socket, "say", body="Keep this", client_id=mine))["type"] == "ack"
    assert [kind for _seq, kind in await stored(open_group)].count("message") == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_changes_no_order(open_group, alice, charlie, monkeypatch, hours):
    speaker, reader = await enter(alice, open_group), await enter(charlie, open_group)
    await do(speaker, "say", body="before")
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + datetime.timedelta(hours=hours))
    await do(speaker, "say", body="after")
    assert [event["body"] for event in await drain(reader) if event["type"] == "message"] == ["before", "after"]
    again = await enter(charlie, open_group)
    assert [event["body"] for event in await drain(again) if event["type"] == "message"] == ["before", "after"]


@pytest.mark.parametrize("body", ["😀👨‍👩‍👧‍👦", "שלום \u202e abc", "𠮷野家", "e\u0301", "x" * 4000])
async def test_words_of_every_kind_arrive_as_they_were_said(open_group, alice, charlie, body):
    speaker, reader = await enter(alice, open_group), await enter(charlie, open_group)
    assert (await do(speaker, "say", body=body))["type"] == "ack"
    assert (await reader.until("message"))["body"] == body


@pytest.mark.parametrize("body", ["a\x00b", "\ud800", "x" * 4001])
async def test_what_cannot_be_kept_is_refused_and_the_socket_stays_open(open_group, alice, body):
    socket = await enter(alice, open_group)
    await socket.send(json.dumps({"type": "say", "client_id": str(uuid.uuid4()), "body": body}))
    assert (await socket.until("error"))["code"] in ("invalid", "not-json")
    assert (await do(socket, "say", body="fine"))["type"] == "ack"


async def test_of_too_many_sockets_of_one_member_the_oldest_goes(open_group, alice, settings):
    settings.SOCKETS_PER_MEMBER = 3
    first = await enter(alice, open_group)
    others = [await enter(alice, open_group) for _time in range(3)]
    assert await first.closes() == 4429
    assert (await do(others[-1], "say", body="still here"))["type"] == "ack"
    assert (await do(others[0], "say", body="me too"))["type"] == "ack"


async def test_the_chain_holds_after_all_of_it(open_group, seats, alice, charlie, moderator):
    sockets = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    await asyncio.gather(*(do(socket, "say", body=f"{place} {number}") for place, socket in enumerate(sockets) for number in range(1)))
    await threads.write(lambda: moderating.probe(open_group.pk, member=moderator, client_id=None, seat=seats["alice"].pk, body="And you?"))

    def prove():
        from focusgroups import proofs

        return [proof for proof in proofs.of(open_group.pk) if not proof.is_whole], Stream.objects.count()

    broken, count = await threads.read(prove)
    assert broken == []
    assert count >= 3
