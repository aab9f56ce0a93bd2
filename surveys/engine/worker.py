"""The process in which V8 lives: reads questions for the judge on standard input, answers on standard output.

Run as a program of its own (never forked: V8 does not survive it), with the path of survey-core's
directory. A frame is four bytes of length and then JSON, both ways. It knows nothing of Django.
"""

import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MEMORY_BYTES = 256 * 1024 * 1024
OURS = ("model", "strict", "shapes", "reuse", "judge", "patterns", "conditions", "reaching", "wording", "lint", "closing")
CALLS = {"judge", "proofread", "describe", "is_plain", "patterns", "isSlow", "closing"}


def main(core: Path) -> None:
    from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException, MiniRacer

    context = MiniRacer()
    # Without a hard limit V8 ends the whole process by itself.
    context.set_hard_memory_limit(MEMORY_BYTES)
    scripts = [HERE / "stubs.js", core / "survey.core.min.js", core / "i18n" / "simplified-chinese.min.js"]
    scripts += [HERE / f"{name}.js" for name in OURS]
    for script in scripts:
        context.eval(script.read_text("utf-8") + "\n;undefined")
    send({"ready": True, "engine": context.eval("Survey.Version")})
    while (question := receive()) is not None:
        if question["call"] not in CALLS:
            send({"error": "broken", "message": "no such call"})
            continue
        try:
            answer = {"result": context.call(question["call"], *question["arguments"], timeout_sec=question["seconds"])}
        except JSTimeoutException:
            send({"error": "timeout", "message": "stopped at the time limit"})
            os._exit(3)  # an isolate that was stopped halfway is not asked again
        except JSOOMException:
            send({"error": "memory", "message": "stopped at the memory limit"})
            os._exit(4)
        except JSEvalException as exception:
            answer = {"error": "broken", "message": str(exception).strip().splitlines()[0][:300]}
        send(answer)


def receive() -> dict[str, Any] | None:
    """The next question, or None when whoever asked has gone."""
    head = read_exactly(4)
    if head is None:
        return None
    body = read_exactly(struct.unpack(">I", head)[0])
    return None if body is None else json.loads(body)


def read_exactly(size: int) -> bytes | None:
    """`size` bytes of standard input, or None at its end."""
    parts = bytearray()
    while len(parts) < size:
        part = os.read(0, size - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def send(answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    frame = memoryview(struct.pack(">I", len(body)) + body)
    while frame:
        frame = frame[os.write(1, frame) :]


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    finally:
        # Leaving with an open V8 by the front door hangs now and then.
        os._exit(0)
