"""Doing the same work in many processes for some seconds, and what it cost: standard library only, the peers' environments use it too."""

import multiprocessing
import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path

# A statement is sent as prepared from its sixth time on, and within a function it is planned five times before one plan is kept: a connection
# that lives for hours does that once.
WARM = 12
TICK = os.sysconf("SC_CLK_TCK")


def run(prepare: Callable[[int], Callable[[int], int]], writers: int, seconds: float, *, server: int = 0) -> tuple[int, float, float]:
    """Fork so many writers, let each prepare, then work until the time is over. Returns (units done, seconds gone, CPU seconds).

    prepare   writer number -> work; runs in the child, so connections are its own
    work      call number -> units done by this call; the first calls, which make plans, are neither counted nor measured
    server    process id of the PostgreSQL server whose CPU is added to the writers'
    """
    fork = multiprocessing.get_context("fork")
    start, ready, results = fork.Barrier(writers + 1), fork.SimpleQueue(), fork.SimpleQueue()

    def child(number: int) -> None:
        try:
            work = prepare(number)
            for call in range(WARM):
                work(call)
            ready.put(number)
        except BaseException:
            traceback.print_exc()
            ready.put(None)
            os._exit(1)
        start.wait()
        done, call, began, cpu = 0, WARM, time.perf_counter(), time.process_time()
        while time.perf_counter() - began < seconds:
            done += work(call)
            call += 1
        results.put((done, time.perf_counter() - began, time.process_time() - cpu))
        os._exit(0)

    children = [fork.Process(target=child, args=(number,)) for number in range(writers)]
    for each in children:
        each.start()
    if None in [ready.get() for _each in children]:
        raise RuntimeError("a writer could not begin")
    before = server_cpu(server) if server else 0.0
    start.wait()
    found = [results.get() for _each in children]
    for each in children:
        each.join()
    cpu = sum(each[2] for each in found) + (settled_cpu(server) - before if server else 0.0)
    return sum(done for done, _gone, _cpu in found), max(gone for _done, gone, _cpu in found), cpu


def postmaster(backend: int) -> int:
    """The process id of the server that a backend belongs to; 0 where it cannot be seen (another machine, another user's rights)."""
    try:
        return int(Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def settled_cpu(server: int) -> float:
    """`server_cpu` once the server has taken leave of its last backends: between their end and that, their CPU is nowhere to be seen."""
    last, same = -1.0, 0
    for _try in range(40):
        now = server_cpu(server)
        same = same + 1 if now - last < 0.015 else 0
        if same == 3:
            return now
        last = now
        time.sleep(0.15)
    return last


def server_cpu(server: int) -> float:
    """CPU seconds of a PostgreSQL server so far: itself, its backends that ended, those that live, its writers of log and pages."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(path.parent.name) == server:
            total += sum(int(field) for field in fields[11:15])
        elif int(fields[1]) == server:
            total += int(fields[11]) + int(fields[12])
    return total / TICK
