"""A bad network: stands before a server, and resets, freezes and refuses connections as a test asks."""

import asyncio
import contextlib
import random
import socket
import struct
import time

# Closed with nothing lingering, a socket is reset (RST) instead of ended (FIN).
AT_ONCE = struct.pack("ii", 1, 0)


class Way:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.writers = (near, far)
        self.is_open = asyncio.Event()
        self.is_open.set()
        # When the server ended it, whether or not the client has been told.
        self.far_ended_at: float | None = None

    def reset(self) -> None:
        for writer in self.writers:
            sock = writer.transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            writer.transport.abort()
        self.is_open.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_down: bool) -> None:
        """Takes everything up at once, and hands it on while it is open: what is frozen is neither refused nor ended."""
        chunks: asyncio.Queue[bytes] = asyncio.Queue()

        async def take_up() -> None:
            chunk = b"-"
            while chunk:
                try:
                    chunk = await reader.read(64 * 1024)
                except OSError:
                    chunk = b""
                chunks.put_nowait(chunk)
            if is_down:
                self.far_ended_at = time.monotonic()

        taking = asyncio.create_task(take_up())
        try:
            with contextlib.suppress(OSError):
                while chunk := await chunks.get():
                    await self.is_open.wait()
                    writer.write(chunk)
                    await writer.drain()
                await self.is_open.wait()
                writer.write_eof()
        finally:
            taking.cancel()


class Proxy:
    """`url` leads to a club through a network that a test holds in its hands."""

    def __init__(self, club) -> None:
        self.club = club
        self.ways: list[Way] = []
        self.is_refusing = False
        # Counted for the test's own report: what was done, and how often.
        self.faults = 0

    async def start(self) -> "Proxy":
        self.server = await asyncio.start_server(self._meet, "127.0.0.1", 0, backlog=2048)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/"
        return self

    async def _meet(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", int(self.club.url.rsplit(":", 1)[1].strip("/")))
        except OSError:
            near.transport.abort()
            return
        way = Way(near, far)
        self.ways.append(way)
        try:
            if self.is_refusing:
                way.reset()
            await asyncio.gather(way.carry(reader, far, is_down=False), way.carry(far_reader, near, is_down=True))
        finally:
            self.ways.remove(way)
            near.transport.abort()
            far.transport.abort()

    def reset_one(self, lot: random.Random) -> None:
        if self.ways:
            self.faults += 1
            lot.choice(self.ways).reset()

    def reset_all(self) -> None:
        self.faults += len(self.ways)
        for way in list(self.ways):
            way.reset()

    def freeze(self, ways: list[Way], seconds: float) -> None:
        """Nothing passes on these, in neither direction, and nobody is told."""
        self.faults += len(ways)
        loop = asyncio.get_running_loop()
        for way in ways:
            way.is_open.clear()
            loop.call_later(seconds, way.is_open.set)

    async def stop(self) -> None:
        self.server.close()
        self.reset_all()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                while self.ways:
                    await asyncio.sleep(0.01)
