"""Django's pages where a club is served by Daphne: each request in one thread, from its first line to its last.

Django's own handler takes a request to the event loop and back around every piece of middleware, in a thread that is made for it and
ends with it, and with the thread goes its open SQLite file. For a short answer that was most of the work.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from community import bodies

HANDFUL = 2**16  # bytes
KEPT = 8  # idle threads that wait for the next request; each may hold a file open, and what SQLite remembers of it


class Pages(ASGIHandler):
    def __init__(self) -> None:
        self._idle: list[ThreadPoolExecutor] = []
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        """All of it as under WSGI: no view here waits for the event loop."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"no page is asked for by {scope['type']}")
        # The one that came back last, so that under little work few threads hold files open.
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1, thread_name_prefix="page")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, bodies.bounded(scope, receive), send)
        finally:
            if len(self._idle) < KEPT:
                self._idle.append(thread)
            else:
                thread.shutdown(wait=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response = await sync_to_async(self.get_response)(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            # Django would gather all of it before the first byte is sent: a large file would lie in memory whole.
            response.streaming_content = _in_turn(cast("Iterable[bytes]", response.streaming_content))
        return response


async def _in_turn(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    """The parts of an answer as they are made, each handful in the request's own thread."""
    iterator = iter(parts)
    while handful := await sync_to_async(_handful)(iterator):
        yield handful


def _handful(parts: Iterator[bytes]) -> bytes:
    """The next parts together, so many that the change of threads is not what they cost; nothing at the end."""
    gathered = bytearray()
    for part in parts:
        gathered += part
        if len(gathered) >= HANDFUL:
            break
    return bytes(gathered)
