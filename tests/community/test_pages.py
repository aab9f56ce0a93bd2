"""The served club's pages: a request stays in one thread, and a thread that is free takes the next one."""

import asyncio
import threading

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation

from community.pages import KEPT, Pages

seen: list[tuple[str, int]] = []
together = threading.Barrier(2, timeout=20)
begun, may_end = threading.Event(), threading.Event()


def here(request):
    seen.append(("view", threading.get_ident()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def meeting(request):
    together.wait()
    return here(request)


def speaking(request):
    said = translation.get_language()
    translation.activate("zh-hans")
    return HttpResponse(said)


def broken(request):
    raise ValueError("broken on purpose")


def slow(request):
    begun.set()
    may_end.wait(20)
    return here(request)


def drop_by_drop(request):
    return StreamingHttpResponse(iter([b"one ", b"two"]))


urlpatterns = [path(f"{view.__name__}/", view) for view in (here, meeting, speaking, broken, slow, drop_by_drop)]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


async def ask(pages, address, *, leaves_after=None):
    """(status, body); None where whoever asked left before the answer."""
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": address}
    scope |= {"raw_path": address.encode(), "query_string": b"", "root_path": "", "headers": [(b"host", b"testserver")]}
    told, sent = [{"type": "http.request", "body": b""}], []

    async def receive():
        if told:
            return told.pop()
        await (asyncio.to_thread(leaves_after.wait, 20) if leaves_after else asyncio.Event().wait())
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await pages(scope, receive, send)
    return (sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]).decode()) if sent else None


@pytest.fixture
def pages():
    made = Pages()
    yield made
    for thread in made._idle:
        thread.submit(connection.close)
        thread.shutdown()


def test_a_request_is_answered_in_one_thread_and_the_next_finds_it_with_its_connection(pages, monkeypatch):
    seen.clear()
    marks = {}
    for signal, name in ((request_started, "started"), (request_finished, "finished")):
        marks[name] = lambda name=name, **_: seen.append((name, threading.get_ident()))
        signal.connect(marks[name])
    try:
        first, second = asyncio.run(_in_turn(pages, "/here/", "/here/"))
    finally:
        request_started.disconnect(marks["started"])
        request_finished.disconnect(marks["finished"])
    assert first[0] == second[0] == 200
    assert [name for name, _thread in seen] == ["started", "view", "finished"] * 2
    assert len({thread for _name, thread in seen}) == 1
    assert threading.get_ident() not in {thread for _name, thread in seen}
    if connection.vendor == "sqlite":
        assert first[1] == second[1]


async def _in_turn(pages, *addresses):
    return [await ask(pages, address) for address in addresses]


def test_requests_at_the_same_time_have_threads_of_their_own(pages):
    async def both():
        return await asyncio.gather(ask(pages, "/meeting/"), ask(pages, "/meeting/"))

    one, two = asyncio.run(both())
    assert one[0] == two[0] == 200
    assert one[1].split()[0] != two[1].split()[0]
    assert len(pages._idle) == 2


def test_no_more_threads_wait_than_are_kept(pages):
    async def many():
        may_end.clear()
        asked = [asyncio.create_task(ask(pages, "/slow/")) for _each in range(KEPT + 3)]
        await asyncio.to_thread(begun.wait, 20)
        may_end.set()
        return await asyncio.gather(*asked)

    begun.clear()
    assert {status for status, _body in asyncio.run(many())} == {200}
    assert len(pages._idle) <= KEPT


def test_the_language_of_one_request_is_not_the_next_ones(pages):
    assert asyncio.run(_in_turn(pages, "/speaking/", "/speaking/")) == [(200, "en"), (200, "en")]


def test_a_page_that_breaks_is_an_error_and_its_thread_goes_on(pages):
    broke, fine = asyncio.run(_in_turn(pages, "/broken/", "/here/"))
    assert (broke[0], fine[0]) == (500, 200)
    assert len(pages._idle) == 1


def test_whoever_leaves_early_is_waited_for_before_the_thread_serves_another(pages):
    async def leaving():
        begun.clear()
        may_end.clear()
        left = asyncio.create_task(ask(pages, "/slow/", leaves_after=begun))
        await asyncio.to_thread(begun.wait, 20)
        await asyncio.sleep(0.2)
        assert pages._idle == []
        may_end.set()
        return await left, await ask(pages, "/here/")

    left, next_one = asyncio.run(leaving())
    assert left is None
    assert next_one[0] == 200
    assert len(pages._idle) == 1


def test_an_answer_in_parts_arrives_whole(pages):
    assert asyncio.run(ask(pages, "/drop_by_drop/")) == (200, "one two")


def test_what_is_no_page_is_refused(pages):
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(pages({"type": "websocket"}, None, None))
    assert pages._idle == []
