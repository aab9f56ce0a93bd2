"""One stack's process of the forum's benchmark: answers a line of JSON with a line of JSON. Runs in the stack's own environment."""

import importlib
import json
import os
import sys
import time
import traceback

REPEAT = 6


def main() -> None:
    # Whatever a package prints must not come between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    stack = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    import django

    django.setup()
    for line in sys.stdin:
        words = json.loads(line)
        try:
            answer = DEEDS[words.pop("do")](stack, **words)
        except Exception as error:
            traceback.print_exc()
            answer = {"error": type(error).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def prepare(stack, **sizes) -> dict:
    """Migrate and fill, once: what an earlier run has filled is used again."""
    from django.core.management import call_command

    before = time.monotonic()
    call_command("migrate", verbosity=0)
    stack.fill(**sizes)
    global client
    client = stack.client()
    return {"seconds": time.monotonic() - before}


def page(stack, *, name: str) -> dict:
    """CPU milliseconds a request, queries, and rows on the page.

    The first request of all is not counted, and the one whose queries are counted is not measured: whoever listens to each statement
    takes time, and a stack may speak to its driver in fewer steps while nobody does.
    """
    from django.db import connection

    made = stack.page(name)
    if isinstance(made, str):
        return {"error": made}
    method, address, data, rows = made
    queries = []

    def count(execute, sql, params, many, context):
        queries.append(sql)
        return execute(sql, params, many, context)

    def ask(number: int):
        words = {key: value.replace("{n}", f"{time.time_ns()}{number}") for key, value in data.items()} if data else None
        response = client.post(address, words) if method == "POST" else client.get(address)
        wanted = (302,) if method == "POST" else (200,)
        if response.status_code not in wanted:
            raise RuntimeError(f"{address} answered {response.status_code}: {response.content[:1500]!r}")
        if "login" in response.get("Location", "") or response.wsgi_request.user.is_anonymous:
            raise RuntimeError(f"{address} was asked by nobody")
        return response

    ask(0)
    with connection.execute_wrapper(count):
        ask(1)
    before = cpu_ms()
    for number in range(2, REPEAT + 2):
        ask(number)
    return {"cpu_ms": (cpu_ms() - before) / REPEAT, "queries": len(queries), "rows": rows}


def cpu_ms() -> float:
    """This process's CPU so far and its PostgreSQL backend's."""
    from django.db import connection

    spent = time.process_time() * 1_000
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with open(f"/proc/{connection.connection.info.backend_pid}/schedstat") as file:
            spent += int(file.read().split()[0]) / 1e6
    return spent


def own(name: str):
    return lambda stack, **words: getattr(stack, name)(client=client, cpu_ms=cpu_ms, **words)


client = None
DEEDS = {"prepare": prepare, "page": page} | {name: own(name) for name in ("kept", "recall", "marks", "crowd")}

if __name__ == "__main__":
    main()
