"""How far coders agree, code by code."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from codebooks import agreement
from codebooks.models import Code

Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Agreement:
    """Of one code: `kappas` by pair of coders, `alpha` over all of them; None where chance alone would have it so."""

    code: Code
    kappas: list[float | None]
    alpha: float | None


def agreements(
    codes: Iterable[Code], coders: Sequence[int], units: Sequence[Unit], judged: Callable[[int, int, Unit], int | None]
) -> tuple[list[str], list[Agreement], float | None]:
    """Pairs of coders (by number), a line for each code, and alpha over all codes together.

    judged   coder, code, unit → 1 where the coder gave the code, 0 where they judged and did not, None where they did not judge
    """
    pairs = list(combinations(coders, 2))
    rows, everything = [], []
    for code in codes:
        table = [[judged(coder, code.pk, unit) for coder in coders] for unit in units]
        everything += table
        kappas = [_kappa(table, coders.index(one), coders.index(other)) for one, other in pairs]
        rows.append(Agreement(code, kappas, agreement.krippendorffs_alpha(table)))
    numbers = {coder: place for place, coder in enumerate(coders, start=1)}
    labels = [f"{numbers[one]} – {numbers[other]}" for one, other in pairs]
    return labels, rows, agreement.krippendorffs_alpha(everything) if len(coders) > 1 else None


def _kappa(table: list[list[int | None]], one: int, other: int) -> float | None:
    both = [(row[one], row[other]) for row in table if row[one] is not None and row[other] is not None]
    return agreement.cohens_kappa([first for first, _second in both], [second for _first, second in both])
