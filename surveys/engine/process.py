"""One engine process seen from the outside: asked over pipes, watched, and ended when it does not answer."""

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

WORKER = Path(__file__).resolve().parent / "worker.py"
START_SECONDS = 20.0
GRACE_SECONDS = 2.0
CALLS_BEFORE_RENEWAL = 5_000


class EngineDown(Exception):  # noqa: N818
    """No engine answered: nothing was judged, so nothing may be stored."""


class EngineProcess:
    """A child with one V8. Not safe to share between threads; the pool lends it to one caller at a time."""

    def __init__(self, core: Path) -> None:
        self.calls = 0
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")}
        command = [sys.executable, "-I", str(WORKER), str(core)]
        try:
            self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment)
        except OSError as problem:
            raise EngineDown(str(problem)) from problem
        self.engine = str(self._read(time.monotonic() + START_SECONDS).get("engine", ""))

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def is_worn(self) -> bool:
        return self.calls >= CALLS_BEFORE_RENEWAL or self.child.poll() is not None

    def ask(self, call: str, arguments: list[Any], seconds: float) -> dict[str, Any]:
        """The answer of one call. Raises EngineDown if the child died or did not answer `seconds` and a little more."""
        self.calls += 1
        self._write(json.dumps({"call": call, "arguments": arguments, "seconds": seconds}).encode())
        return self._read(time.monotonic() + seconds + GRACE_SECONDS)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.child.kill()
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(timeout=5)

    def _write(self, body: bytes) -> None:
        assert self.child.stdin is not None
        frame = memoryview(struct.pack(">I", len(body)) + body)
        try:
            while frame:
                frame = frame[os.write(self.child.stdin.fileno(), frame) :]
        except OSError as problem:
            raise EngineDown("the engine has gone") from problem

    def _read(self, deadline: float) -> dict[str, Any]:
        size = struct.unpack(">I", self._exactly(4, deadline))[0]
        answer: dict[str, Any] = json.loads(self._exactly(size, deadline))
        return answer

    def _exactly(self, size: int, deadline: float) -> bytes:
        assert self.child.stdout is not None
        descriptor = self.child.stdout.fileno()
        waiting = select.poll()  # unlike select(), it takes descriptors above 1023
        waiting.register(descriptor, select.POLLIN)
        parts = bytearray()
        while len(parts) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1000):
                self.end()
                raise EngineDown("the engine did not answer in time")
            part = os.read(descriptor, min(size - len(parts), 1 << 20))
            if not part:
                self.end()
                raise EngineDown("the engine has gone")
            parts += part
        return bytes(parts)
