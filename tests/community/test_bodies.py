"""No request brings more than the club reads, whichever server it comes through."""

import asyncio
import json

from community.pages import Pages

LONG = str(64 * 1024 * 1024 + 1)


def answered(path, headers, *bodies):
    """The answer to a request that comes in these parts, and in how many of them it was read: (status, words, parts read)."""
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http"}
    scope |= {"headers": [(b"host", b"testserver"), *headers], "client": ("127.0.0.1", 1), "server": ("testserver", 80), "root_path": ""}
    parts, said, read = iter(bodies), [], 0

    async def receive():
        nonlocal read
        body = next(parts, None)
        if body is None:
            await asyncio.sleep(60)
        read += 1
        return {"type": "http.request", "body": body, "more_body": True}

    async def send(message):
        said.append(message)

    asyncio.run(asyncio.wait_for(Pages()(scope, receive, send), 30))
    return said[0]["status"], b"".join(message.get("body", b"") for message in said), read


def test_a_body_declared_too_long_is_refused_before_it_is_read(db):
    status, words, read = answered("/accounts/login/", [(b"content-length", LONG.encode())])
    assert (status, read) == (413, 0)
    assert "too much at once" in words.decode()
    assert "太大" in words.decode()


def test_a_body_that_grows_too_long_is_read_no_further(db):
    status, _words, read = answered("/accounts/login/", [], *(bytes(16 * 1024 * 1024) for _each in range(8)))
    assert (status, read) == (413, 5)


def test_the_api_refuses_it_in_its_own_words(client):
    answer = client.post("/api/v1/transfers", CONTENT_LENGTH=LONG)
    assert answer.status_code == 413
    assert json.loads(answer.content)["code"] == "too-large"


def test_what_may_be_sent_is_read_and_under_gunicorn_too_nothing_longer(client):
    assert client.post("/accounts/login/", {"login": "a" * 2_000_000}).status_code in (200, 400, 422)
    assert client.post("/accounts/login/", CONTENT_LENGTH=LONG).status_code == 413
