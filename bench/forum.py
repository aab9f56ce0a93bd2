"""The forum measured beside two others made with Django, and beside a bare Django view, in one run on one machine.

    python -m bench.forum                     10 k threads, 100 k posts, on SQLite and, where DATABASE_URL names a server, PostgreSQL
    python -m bench.forum --full              besides, ours with 1 M posts and 3 M read marks (--large: only that)
    python -m bench.forum --threads 1000 --posts 10000 --rounds 3

Each stack runs in a process of its own, in a virtual environment of its own under var/bench (made from bench/spirit.txt and
bench/machina.txt, whose packages are named with their hashes). Rounds are interleaved: every stack's page once, then the next page.
CPU is that of the stack's process and of its PostgreSQL backend together; a figure is the median of the rounds.
A fixed loop is timed in every round: its spread says how much of a difference is the machine's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests import database_template

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "bench"
PAGES = (
    "board first",
    "board deep",
    "thread of 10",
    "long thread first",
    "long thread last",
    "unread list",
    "search",
    "reply",
    "reply and its points",
)
# What neither peer has.
OWN = ("forum index", "unread on all boards", "all tags", "board by two tags", "search by two tags")
PEERS = ("spirit", "machina")


class Stack:
    """A worker process that answers one line of JSON with another."""

    def __init__(self, name: str, engine: str, sizes: dict[str, int], label: str = "") -> None:
        self.name, self.label = name, label or name
        environment = os.environ | {"BENCH_DATABASE": database(f"{name}{sizes['posts']}", engine), "BENCH_STACK": name}
        environment |= {"DJANGO_SETTINGS_MODULE": f"bench.forum_{name}", "PYTHONPATH": str(ROOT)}
        command = [str(python_of(name)), "-m", "bench.forum_worker"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self.ask("prepare", **sizes)

    def ask(self, deed: str, **words: object) -> dict:
        self.process.stdin.write(json.dumps({"do": deed, **words}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.label} ended while asked to {deed}")
        return json.loads(line)

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)


def python_of(name: str) -> Path:
    """The interpreter of a stack: ours, or that of a peer's own environment, made where it is missing."""
    if name not in PEERS:
        return Path(sys.executable)
    home = WORK / f"venv-{name}"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        print(f"making the environment of {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        packages = str(ROOT / "bench" / f"{name}.txt")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", packages], check=True)
        (home / "complete").touch()
    return python


def database(name: str, engine: str) -> str:
    """The address of a stack's database; on PostgreSQL it is made if it is not there."""
    if engine == "sqlite":
        file = WORK / f"{name}.sqlite3"
        if name.startswith("ours") and not file.exists():
            database_template.lay_sqlite(file)
        return f"sqlite:///{file}"
    import psycopg

    parts = urlsplit(os.environ["DATABASE_URL"])
    server = f"{parts.scheme}://{parts.netloc}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"bench_{name}"]).fetchone():
            if name.startswith("ours"):
                database_template.lay_postgres(server, f"bench_{name}")
            else:
                connection.execute(f'CREATE DATABASE "bench_{name}"')
    return f"{server}/bench_{name}"


def calibrated() -> float:
    """Milliseconds of CPU that a fixed loop takes now."""
    before = time.process_time()
    total = 0
    for number in range(300_000):
        total += number * number % 7
    return (time.process_time() - before) * 1_000


def compared(engine: str, sizes: dict[str, int], rounds: int, out: list[str]) -> None:
    stacks = [Stack(name, engine, sizes) for name in ("ours", *PEERS, "bare")]
    stacks[0].ask("marks", n=sizes["marks"])
    said(out, f"\n### {engine}: {sizes['threads']:,} threads, {sizes['posts']:,} posts, the long thread {sizes['long']:,}\n")
    said(out, "prepared in " + ", ".join(f"{stack.name} {stack.ready['seconds']:.0f} s" for stack in stacks) + "\n")
    figures: dict[tuple[str, str], list[dict]] = {}
    loops = []
    for _round in range(rounds):
        loops.append(calibrated())
        for page in (*PAGES, "bare view"):
            for stack in stacks:
                if (stack.name == "bare") == (page == "bare view"):
                    figures.setdefault((stack.name, page), []).append(stack.ask("page", name=page))
        for page in OWN:
            figures.setdefault(("ours", page), []).append(stacks[0].ask("page", name=page))
    said(out, f"calibration loop: {statistics.median(loops):.1f} ms, {min(loops):.1f} to {max(loops):.1f} over {rounds} rounds\n")
    said(out, "| page | ours | Spirit 0.14.3 | machina 1.3.1 | ours / Spirit |")
    said(out, "|---|---|---|---|---|")
    for page in PAGES:
        cells = {name: cell(figures[name, page]) for name in ("ours", *PEERS)}
        said(out, f"| {page} | {cells['ours']} | {cells['spirit']} | {cells['machina']} | {ratio(figures, page)} |")
    for page in OWN:
        said(out, f"| {page} | {cell(figures['ours', page])} | | | |")
    said(out, f"\nBare Django view with session and user: {cell(figures['bare', 'bare view'])}.")
    first, deep = (median(figures["ours", page], "cpu_ms") for page in ("board first", "board deep"))
    short, first_of_long, last_of_long = (
        median(figures["ours", page], "cpu_ms") for page in ("thread of 10", "long thread first", "long thread last")
    )
    said(out, f"Ours: deep page / first page {deep / first:.2f}; long thread's last / first page {last_of_long / first_of_long:.2f}.")
    said(out, f"Ours: a thread of 10 takes {short:.1f} ms.")
    alone(stacks[0], out)
    for stack in stacks:
        stack.end()


def alone(ours: Stack, out: list[str]) -> None:
    """What is asked of ours only: visitors' kept pages, Chinese search, fifty replies at once."""
    kept = ours.ask("kept")
    said(
        out,
        f"Visitors: {kept['made_ms']:.1f} ms CPU a page made, {kept['kept_ms']:.2f} ms kept: {kept['made_ms'] / kept['kept_ms']:.0f} x.",
    )
    search = ours.ask("recall")
    words = ", ".join(f"{each['word']} {each['recall']:.3f} of {each['true']:,}" for each in search["words"])
    said(out, f"Search, recall against substring truth: {words}.")
    times = ", ".join(f"{each['word']} {each['sql_ms']:.1f} ms" for each in search["words"])
    said(out, f"Search, SQL of the newest 20: {times}.")
    crowd = ours.ask("crowd", n=50)
    said(
        out,
        f"50 replies at once to one thread: {crowd['errors']} errors, numbers gap-free: {crowd['is_gap_free']}, {crowd['seconds']:.1f} s.",
    )


def cell(rounds: list[dict]) -> str:
    if "error" in rounds[0]:
        return f"({rounds[0]['error']})"
    rows = median(rounds, "rows")
    each = f", {median(rounds, 'cpu_ms') / rows:.2f} a row" if rows else ""
    spread = f"{min(each['cpu_ms'] for each in rounds):.1f}–{max(each['cpu_ms'] for each in rounds):.1f}"
    return f"**{median(rounds, 'cpu_ms'):.1f} ms** ({spread}){each}, q{median(rounds, 'queries'):.0f}"


def ratio(figures: dict, page: str) -> str:
    ours, spirit = figures["ours", page], figures["spirit", page]
    if "error" in ours[0] or "error" in spirit[0]:
        return ""
    share = [median(each, "cpu_ms") / (median(each, "rows") or 1) for each in (ours, spirit)]
    return f"{share[0] / share[1]:.2f}" + (" a row" if median(ours, "rows") else "")


def median(rounds: list[dict], name: str) -> float:
    return statistics.median(each.get(name, 0) for each in rounds)


def said(out: list[str], line: str) -> None:
    print(line, flush=True)
    out.append(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--threads", type=int, default=10_000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=10_000, help="posts in the long thread")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="besides, ours with 1 M posts and 3 M read marks")
    parser.add_argument("--large", action="store_true", help="only that: ours with 100,000 posts and with a million")
    chosen = parser.parse_args()
    has_server = os.environ.get("DATABASE_URL", "").startswith("postgres")
    if chosen.engine == "postgres" and not has_server:
        parser.error("--engine postgres wants DATABASE_URL=postgres://USER@HOST:PORT/postgres, a server on which databases may be made")
    WORK.mkdir(parents=True, exist_ok=True)
    engines = ["sqlite"] if chosen.engine != "postgres" else []
    if chosen.engine != "sqlite" and has_server:
        engines.append("postgres")
    sizes = {"threads": chosen.threads, "posts": chosen.posts, "long": chosen.long, "marks": 300_000}
    out: list[str] = []
    for engine in engines:
        if not chosen.large:
            compared(engine, sizes, chosen.rounds, out)
        if chosen.full or chosen.large:
            large(engine, chosen.rounds, out)
    (WORK / "forum.md").write_text("\n".join(out) + "\n")


def large(engine: str, rounds: int, out: list[str]) -> None:
    """Ours alone: every page among 100,000 posts and 3,000 read marks, and among a million and 3,000,000, asked by turns."""
    small = Stack("ours", engine, {"threads": 10_000, "posts": 100_000, "long": 10_000, "marks": 0})
    ours = Stack("ours", engine, {"threads": 100_000, "posts": 1_000_000, "long": 10_000, "marks": 0})
    few, many = (stack.ask("marks", n=n)["after"] for stack, n in ((small, 3_000), (ours, 3_000_000)))
    said(out, f"\n### {engine}, ours with 100,000 posts and with 1,000,000 (prepared in {ours.ready['seconds']:.0f} s)\n")
    said(out, f"Read marks: {few:,} and {many:,}.\n")
    said(out, "| page | 100,000 | 1,000,000 | ratio |")
    said(out, "|---|---|---|---|")
    loops, figures = [], {}
    for _round in range(rounds):
        loops.append(calibrated())
        for page in (*PAGES, *OWN):
            for stack, size in ((small, "small"), (ours, "large")):
                figures.setdefault((size, page), []).append(stack.ask("page", name=page))
    for page in (*PAGES, *OWN):
        few, many = figures["small", page], figures["large", page]
        said(out, f"| {page} | {cell(few)} | {cell(many)} | {median(many, 'cpu_ms') / median(few, 'cpu_ms'):.2f} |")
    said(out, f"\ncalibration loop: {statistics.median(loops):.1f} ms, {min(loops):.1f} to {max(loops):.1f} over {rounds} rounds")
    small.end()
    alone(ours, out)
    ours.end()


if __name__ == "__main__":
    main()
