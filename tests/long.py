"""How often a test that walks at random begins anew: once, or for as long as it is given."""

import time
from collections.abc import Iterator


def again_for(seconds: float) -> Iterator[int]:
    """0, 1, 2, … until the time is over; always 0."""
    until, number = time.monotonic() + seconds, 0
    while True:
        yield number
        number += 1
        if time.monotonic() >= until:
            return
