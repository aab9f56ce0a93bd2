"""Is the club alive, and is it ready to serve? For load balancers and for whoever is woken at night."""

import threading

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

# Set while the process stops: no new work should come here.
draining = threading.Event()


def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: this process answers. Asks nothing of anybody else."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database answers and its migrations are current, and the cache keeps what it is given. 503 and the reason if not."""
    checks = {"database": _database, "migrations": _migrations, "cache": _cache}
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            results[name] = check()
        except Exception as error:
            results[name] = type(error).__name__
    if draining.is_set():
        results["process"] = "stopping"
    is_ready = all(result == "ok" for result in results.values())
    return JsonResponse({"status": "ok" if is_ready else "unavailable", "checks": results}, status=200 if is_ready else 503)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _cache() -> str:
    cache.set("readyz", "ok", 10)
    return cache.get("readyz") or "lost"
