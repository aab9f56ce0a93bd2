"""Rooms of many sizes for bench/live.py: what a delivery costs beside a bare broadcast, spell after spell by turns.

All that is compared runs side by side, each server idle while another has its spell, so that a busy minute of the machine meets them
alike. A line gives medians and the least and most of all rounds; its ratios are medians of each round's own.
"""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.live_stage import ROOT, Person, Server, environment, gather_in, note_heads, offer, percentiles

CALM, BUSY = 1_000, 6_000
SECONDS, SILENT_SECONDS = 2.0, 4.0
KINDS = ("tutorial", "daphne", "daphne+redis", "uvicorn", "uvicorn+redis")


@dataclass
class Contender:
    """A server, and what was found of it: a round's spells by rate, KB a socket, CPU ms a second of silence."""

    name: str
    start: Callable[[], Server]
    is_club: bool = True
    rates: tuple[int, ...] = (CALM, BUSY)
    spells: dict[int, list[dict]] = field(default_factory=dict)
    kb: list[float] = field(default_factory=list)
    silent: list[float] = field(default_factory=list)


async def measure(one: Contender, server: Server, stage: list) -> None:
    # The first visitor has the server load what it loads only once.
    first = await Person().come(server.port, str(stage[0][0]), stage[0][1][0], one.is_club)
    await first.go()
    await asyncio.sleep(0.5)
    idle = server.rss_kb()
    rooms: list[list[Person]] = []
    for pk, keys in stage:
        makers = [lambda key=key, pk=pk: Person().come(server.port, str(pk), key, one.is_club) for key in keys]
        rooms.append(await gather_in(50, makers))
    people = [person for room in rooms for person in room]
    await asyncio.sleep(0.5)
    one.kb.append((server.rss_kb() - idle) / len(people))
    cpu = server.cpu_seconds()
    await asyncio.sleep(SILENT_SECONDS)
    one.silent.append(1000 * (server.cpu_seconds() - cpu) / SILENT_SECONDS)
    for rate in one.rates:
        one.spells.setdefault(rate, []).append(await spell(server, rooms, rate))
    await asyncio.gather(*(person.go() for person in people))


async def spell(server: Server, rooms: list[list[Person]], rate: int) -> dict:
    people = [person for room in rooms for person in room]
    for person in people:
        person.delays = []
    cpu, began = server.cpu_seconds(), time.monotonic()
    wanted = await offer(rooms, rate, SECONDS) * len(rooms[0])
    until = time.monotonic() + 4
    while (got := sum(len(person.delays) for person in people)) < wanted and time.monotonic() < until:
        await asyncio.sleep(0.05)
    spent, lasted = server.cpu_seconds() - cpu, time.monotonic() - began
    delays = [delay for person in people for delay in person.delays]
    return {"cpu_us": 1e6 * spent / max(1, got), "done": got / lasted, "lost": wanted - got, "ms": percentiles(delays)}


def contenders(folder: Path, redis: str, kinds: list[str], beside: Path | None) -> list[Contender]:
    bare = Contender("bare broadcast", lambda: Server("bare", dict(os.environ)), is_club=False)
    found = [bare]
    for kind in kinds:
        server, _plus, layer = kind.partition("+")
        if kind == "tutorial":
            found.append(Contender("tutorial in memory", lambda: Server("tutorial", dict(os.environ)), is_club=False, rates=(CALM,)))
            continue
        if layer and not redis:
            continue
        env = environment(folder, redis if layer else "", SOCKETS_PER_MEMBER="50")
        for root, word in ((ROOT, "club"), (beside, "before")):
            if root is not None:
                found.append(Contender(f"{word} {kind}", lambda server=server, env=env, root=root: Server(server, env, root)))
    return found


def one_round(these: list[tuple[Contender, Server]], stage: list, database: Path) -> None:
    for one, server in these:
        if one.is_club:
            # Another server has said things in the same rooms since.
            note_heads(database)
        asyncio.run(measure(one, server, stage))


def show(one: Contender, shape: str, limit: Contender) -> None:
    for rate, spells in one.spells.items():
        costs = [spell["cpu_us"] for spell in spells]
        lost = sum(spell["lost"] for spell in spells)
        late = "".join(f"{median(spell['ms'][place] for spell in spells):7.0f}" for place in range(3))
        scatter = f"({min(costs):.0f}–{max(costs):.0f})"
        ratios = [cost / bare["cpu_us"] for cost, bare in zip(costs, limit.spells[rate], strict=True)]
        times = "" if one is limit else f"{median(ratios):6.2f} × ({min(ratios):.2f}–{max(ratios):.2f})"
        print(
            f"{one.name + ', ' + shape:30} {rate:6} {median(costs):7.1f} {scatter:>10} {median(spell['done'] for spell in spells):8.0f}"
            f"{late} {one.kb[0]:7.1f} {median(one.silent):7.1f} {times}{f'  {lost} NOT DELIVERED' if lost else ''}",
            flush=True,
        )


def measure_rooms(
    folder: Path, stages: dict, shapes: list[str], *, redis: str, rounds: int, kinds: list[str], beside: Path | None = None
) -> None:
    print(
        f"{'':30} {'offer':>6} {'CPU µs':>7} {'':>10} {'deliv./s':>8}{'p50':>7}{'p95':>7}{'p99':>7} {'KB/sock':>7} {'silent':>7}"
        f"  times the limit; medians of {rounds}, ms, CPU ms a second while nobody speaks"
    )
    for shape in shapes:
        all_of_them = contenders(folder, redis, kinds, beside)
        serving = [(one, one.start()) for one in all_of_them]
        for turn in range(rounds):
            begin = turn % len(serving)
            one_round(serving[begin:] + serving[:begin], stages[shape], folder / "club.sqlite3")
        for _one, server in serving:
            server.stop()
        for one in all_of_them:
            show(one, shape, all_of_them[0])
