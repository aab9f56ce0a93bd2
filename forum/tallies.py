"""Counting votes. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Round:
    """One round of a ranked count: votes for each option still in, and who goes out after it (nobody after the last)."""

    votes: dict[int, int]
    out: tuple[int, ...]


def approvals(ballots: Iterable[Sequence[int]], options: Sequence[int]) -> dict[int, int]:
    """How many ballots name each option."""
    named = Counter(option for ballot in ballots for option in set(ballot))
    return {option: named[option] for option in options}


def runoff(ballots: Sequence[Sequence[int]], options: Sequence[int]) -> list[Round]:
    """Instant run-off: each round, every ballot counts for the best option still in; the last go out until one has more than half.

    ballots   each the options in order of preference, as many of them as the voter ranked
    Options that tie for the last place go out together, unless nobody would stay: then the tie stands.
    """
    staying = list(options)
    rounds: list[Round] = []
    while staying:
        firsts = Counter(next((option for option in ballot if option in staying), None) for ballot in ballots)
        votes = {option: firsts[option] for option in staying}
        cast = sum(votes.values())
        lowest = min(votes.values())
        last = tuple(option for option in staying if votes[option] == lowest)
        if not cast or max(votes.values()) * 2 > cast or len(last) == len(staying):
            return [*rounds, Round(votes, ())]
        rounds.append(Round(votes, last))
        staying = [option for option in staying if option not in last]
    return rounds
