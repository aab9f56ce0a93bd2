"""Hints between processes over a Redis of the test's own: many in one letter, one's own laid aside, another version's not a failure."""

import asyncio
import json
import queue

import pytest
from redis import Redis as Client

from live import hints


@pytest.fixture
async def ear(redis, settings, monkeypatch):
    """What this process hears, and how often it was told that it may have missed something."""
    settings.REDIS_URL = redis.url
    monkeypatch.setattr(hints, "_waiting", queue.Queue(maxsize=10_000))
    monkeypatch.setattr(hints, "_publisher", None)
    monkeypatch.setattr(hints, "_alone_until", 0.0)
    monkeypatch.setattr(hints, "_others_heard_at", 0.0)
    ear = type("Ear", (), {"heard": [], "missed": 0})()

    def missed():
        ear.missed += 1

    listening = asyncio.create_task(hints.listen(lambda *hint: ear.heard.append(hint), missed))
    await until(lambda: ear.missed == 1 and hints._is_listening)
    yield ear
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def until(is_so, seconds=10):
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


async def letters_of(redis):
    """What another process hears, which has said that it does."""
    subscription, before = Client.from_url(redis.url).pubsub(ignore_subscribe_messages=True), hints._others_heard_at
    subscription.subscribe(hints.CHANNEL)
    subscription.get_message(timeout=5)
    Client.from_url(redis.url).publish(hints.CHANNEL, '["another"]')
    await until(lambda: hints._others_heard_at > before)
    subscription.get_message(timeout=5)
    return subscription


def letters_sent(redis):
    return Client.from_url(redis.url).info("commandstats")["cmdstat_publish"]["calls"]


async def read(letters, found, number):
    while sum(len(json.loads(letter)) - 1 for letter in found) < number:
        if message := await asyncio.to_thread(letters.get_message, timeout=5):
            found.append(message["data"])


async def test_hints_that_wait_go_in_one_letter_and_none_is_forgotten(ear, redis):
    letters, found = await letters_of(redis), []
    for seq in range(1, 451):
        hints.publish("thread:1", seq)
    await asyncio.wait_for(read(letters, found, 450), 20)
    assert [hint for letter in found for hint in json.loads(letter)[1:]] == [["thread:1", seq, None] for seq in range(1, 451)]
    assert len(found) < 50
    assert max(len(json.loads(letter)) - 1 for letter in found) <= hints.MOST


async def test_a_process_hears_the_others_and_not_itself(ear, redis):
    hints.publish("thread:1", 7)
    await asyncio.wait_for(read(await letters_of(redis), [], 0), 5)
    Client.from_url(redis.url).publish(hints.CHANNEL, json.dumps(["another", ["thread:1", 8, None], ["bell", 0, {"type": "typing"}]]))
    await until(lambda: len(ear.heard) == 2)
    assert ear.heard == [("thread:1", 8, None), ("bell", 0, {"type": "typing"})]


@pytest.mark.parametrize("letter", ['["thread:1", 7, null]', "7", '["another", ["thread:1"]]', "not JSON"])
async def test_what_another_version_writes_is_taken_for_a_word_that_something_was_missed(ear, redis, letter):
    Client.from_url(redis.url).publish(hints.CHANNEL, letter)
    await until(lambda: ear.missed == 2)
    assert ear.heard == []


async def test_after_redis_was_away_the_next_letter_goes_out(ear, redis):
    hints.publish("thread:1", 1)
    await asyncio.sleep(0.2)
    redis.stop()
    redis.start()
    await until(lambda: ear.missed == 2, 20)
    letters, found = await letters_of(redis), []
    hints.publish("thread:1", 2)
    await asyncio.wait_for(read(letters, found, 1), 10)
    assert json.loads(found[0])[1:] == [["thread:1", 2, None]]


async def test_whoever_listens_alone_asks_once_a_second_whether_it_still_does(ear, redis):
    before = letters_sent(redis)
    for seq in range(60):
        hints.publish("thread:1", seq)
        await asyncio.sleep(0.03)
    assert 2 <= letters_sent(redis) - before <= 8


async def test_whoever_begins_to_listen_is_told_from_then_on(ear, redis):
    for seq in range(3):
        hints.publish("thread:1", seq)
        await asyncio.sleep(0.1)
    letters, found = await letters_of(redis), []
    hints.publish("thread:1", 4)
    await asyncio.wait_for(read(letters, found, 1), 0.9)
    assert json.loads(found[0])[1:] == [["thread:1", 4, None]]


async def test_whoever_listens_without_saying_so_is_found_within_a_second(ear, redis):
    for seq in range(3):
        hints.publish("thread:1", seq)
        await asyncio.sleep(0.1)
    subscription = Client.from_url(redis.url).pubsub(ignore_subscribe_messages=True)
    subscription.subscribe(hints.CHANNEL)
    subscription.get_message(timeout=5)
    found = []
    reading = asyncio.create_task(read(subscription, found, 3))
    for seq in range(3, 60):
        hints.publish("thread:1", seq)
        await asyncio.sleep(0.05)
        if reading.done():
            break
    await asyncio.wait_for(reading, 1)
