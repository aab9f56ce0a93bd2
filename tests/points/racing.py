"""Many writers at the same time: processes on PostgreSQL, threads on SQLite, each with a connection of its own."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

WRITERS = 16


def at_once(works, writers=WRITERS):
    """Do all the works, as many at once as there are writers, which start together. Returns each one's result, or its exception's name."""
    shares = [works[n::writers] for n in range(min(writers, len(works)))]
    results = (in_processes if connection.vendor == "postgresql" else in_threads)(shares)
    return [result for share in results for result in share]


def in_threads_at_once(works):
    """As `at_once`, in a thread for each work, on PostgreSQL too."""
    return [result for share in in_threads([[work] for work in works]) for result in share]


def one_by_one(share, start):
    start.wait(timeout=60)
    results = []
    for work in share:
        try:
            results.append(work())
        except Exception as error:
            results.append(type(error).__name__)
    return results


def in_threads(shares):
    start = threading.Barrier(len(shares))

    def run(share):
        try:
            return one_by_one(share, start)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(shares)) as pool:
        return list(pool.map(run, shares))


def in_processes(shares):
    """Forked, so that they share nothing but the database."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    start, results = fork.Barrier(len(shares)), fork.SimpleQueue()

    def run(share):
        try:
            results.put(one_by_one(share, start))
        finally:
            results.put(None)

    children = [fork.Process(target=lambda share=share: (run(share), os._exit(0))) for share in shares]
    for child in children:
        child.start()
    found, ended = [], 0
    while ended < len(children):
        result = results.get()
        found, ended = (found, ended + 1) if result is None else ([*found, result], ended)
    for child in children:
        child.join()
    return found
