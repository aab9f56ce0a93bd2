"""What ends each hostile survey, after how long, and how much memory its engine process ever held: `python -m bench.engine_limits`."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Any

from surveys.engine.process import EngineDown, EngineProcess

CORE = Path(__file__).resolve().parent.parent / "node_modules" / "survey-core"
SECONDS = 30.0
TEXT = {"type": "text", "name": "a"}


def text(**fields: Any) -> list[dict[str, Any]]:
    return [{**TEXT, **fields}]


SUMS = [{"type": "expression", "name": f"x{number}", "expression": "+".join(["{a}"] * 20)} for number in range(15)]
# name -> (elements, answers, seconds allowed)
CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], float]] = {
    "regular expression": (text(validators=[{"type": "regex", "regex": "^(a+)+$"}]), {"a": "a" * 40 + "!"}, 0.7),
    "10,000,000 panels": ([{"type": "paneldynamic", "name": "p", "panelCount": 10_000_000, "templateElements": [TEXT]}], {}, 0.7),
    "10,000,000 choices": ([{"type": "dropdown", "name": "d", "choicesMin": 1, "choicesMax": 10_000_000}], {}, 0.7),
    "20,000 ors": (text(visibleIf=" or ".join(["{a} = 1"] * 20_000)), {}, 0.7),
    "300 MB of sums": ([TEXT, *SUMS], {"a": "b" * 1_000_000}, SECONDS),
}


def peak_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def run(elements: list[dict[str, Any]], answers: dict[str, Any], seconds: float) -> tuple[str, float, int]:
    """What ended it, seconds, and the most megabytes its process held."""
    process = EngineProcess(CORE)
    peaks = [peak_mb(process.pid)]

    def watch() -> None:
        while process.child.poll() is None:
            with contextlib.suppress(OSError):  # it may end between the two
                peaks.append(peak_mb(process.pid))
            time.sleep(0.02)

    threading.Thread(target=watch, daemon=True).start()
    begun = time.monotonic()
    try:
        answer = process.ask("judge", [json.dumps({"elements": elements}), json.dumps(answers), ""], seconds)
    except EngineDown:
        answer = {"error": "the watchdog"}
    taken = time.monotonic() - begun
    process.end()
    return str(answer.get("error", "a verdict")), taken, max(peaks)


if __name__ == "__main__":
    print("| case | ended by | s | limit s | peak MB |\n|---|---|---|---|---|")
    for name, (elements, answers, seconds) in CASES.items():
        ended, taken, peak = run(elements, answers, seconds)
        print(f"| {name} | {ended} | {taken:.2f} | {seconds:g} | {peak} |", flush=True)
