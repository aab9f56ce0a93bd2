"""The cache that may go away: Redis is asked as long as it answers, and no page breaks or waits because it does not."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = logging.getLogger(__name__)
# After a failure Redis is not asked for so long: a page asks several times, and each would wait.
AWAY_SECONDS = 5.0
_away_until = 0.0


def _asked(name: str) -> Callable[..., Any]:
    def method(self: "PatientCache", *args: Any, **options: Any) -> Any:
        global _away_until
        if time.monotonic() >= _away_until:
            try:
                return getattr(RedisCache, name)(self, *args, **options)
            except (RedisError, OSError) as error:
                log.warning("the cache is away: %s", error)
                _away_until = time.monotonic() + AWAY_SECONDS
        return getattr(self.meanwhile, name)(*args, **options)

    return method


class PatientCache(RedisCache):
    """Redis; while it is away, what this process remembers by itself, so that limits still hold, each process for its own."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.meanwhile = LocMemCache("meanwhile", {key: value for key, value in params.items() if key != "OPTIONS"})

    get, get_many, has_key = _asked("get"), _asked("get_many"), _asked("has_key")
    set, set_many, add, touch, incr = _asked("set"), _asked("set_many"), _asked("add"), _asked("touch"), _asked("incr")
    delete, delete_many, clear = _asked("delete"), _asked("delete_many"), _asked("clear")
