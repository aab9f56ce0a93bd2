"""The served club's pages: a request stays in one thread, and a thread that is free takes the next one."""

import asyncio
import threading
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils import translation

from community.pages import HANDFUL, KEPT, Pages

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


made: list[int] = []


def drop_by_drop(request):
    def drops():
        for number in range(200):
            made.append(threading.get_ident())
            yield f"{number} ".rjust(1_000)

    return StreamingHttpResponse(drops())


def without_end(request):
    def drops():
        try:
            while True:
                begun.set()
                made.append(threading.get_ident())
                yield b"x" * HANDFUL
        finally:
            seen.append(("closed", threading.get_ident()))

    return StreamingHttpResponse(drops())


def file(request):
    return FileResponse(open(__file__, "rb"))


def interrupted(request):
    def drops():
        yield b"x" * HANDFUL
        raise ValueError("broken on purpose")

    return StreamingHttpResponse(drops())


VIEWS = (here, meeting, speaking, broken, slow, drop_by_drop, without_end, file, interrupted)
urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


async def ask(pages, address, *, leaves_after=None, heard=None):
    """(status, body); None where whoever asked left before the answer. `heard`: called with each part that is sent."""
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
        if heard:
            heard(message)
        await asyncio.sleep(0)

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


def test_an_answer_in_parts_is_made_in_its_thread_while_it_is_sent(pages):
    made.clear()
    ready_at_first_part = []

    def heard(message):
        if message.get("body") and not ready_at_first_part:
            ready_at_first_part.append(len(made))

    status, body = asyncio.run(ask(pages, "/drop_by_drop/", heard=heard))
    assert status == 200
    assert body.split() == [str(number) for number in range(200)]
    assert len(set(made)) == 1
    assert threading.get_ident() not in made
    # Not all of its 200,000 bytes lay in memory before the first were sent.
    assert ready_at_first_part[0] < 100


def test_a_file_arrives_whole(pages):
    status, body = asyncio.run(ask(pages, "/file/"))
    assert status == 200
    assert body == Path(__file__).read_text()


def test_an_answer_without_end_ends_with_whoever_asked(pages):
    seen.clear()
    made.clear()
    begun.clear()
    assert asyncio.run(ask(pages, "/without_end/", leaves_after=begun))[0] == 200
    assert [name for name, _thread in seen] == ["closed"]
    assert len(made) < 1_000
    assert len(pages._idle) == 1


def test_an_answer_that_breaks_in_the_middle_is_cut_off_and_the_thread_goes_on(pages):
    with pytest.raises(ValueError, match="on purpose"):
        asyncio.run(ask(pages, "/interrupted/"))
    assert asyncio.run(ask(pages, "/here/"))[0] == 200
    assert len(pages._idle) == 1


def test_what_is_no_page_is_refused(pages):
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(pages({"type": "websocket"}, None, None))
    assert pages._idle == []
