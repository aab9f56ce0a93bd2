"""What changed between two versions of a text, at a cost that is bounded. Pure."""

import re
from collections.abc import Sequence

from forum.tokens import CJK

# How many pairs of lines and words one page compares: about a quarter of a second.
MAX_PAIRS = 1_000_000
# A shorter line is shown whole, before and after: easier to read than its words are.
SHORT = 40
WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+|\s+|.")

Pieces = list[tuple[str, str]]
Change = tuple[str, Pieces]


class Comparison:
    """The changes of the texts of one page, which share MAX_PAIRS."""

    def __init__(self) -> None:
        self.left = MAX_PAIRS

    def changes(self, before: str, after: str) -> list[Change] | None:
        """Lines: " " as before, "-" gone, "+" new, each one piece; "~" changed within, in pieces of the same signs.

        None where it is too long to compare.
        """
        lines = self._compared(before.splitlines(), after.splitlines())
        if lines is None:
            return None
        out: list[Change] = []
        for sign, line in lines:
            within = self._within(out[-1][1][0][1], line) if sign == "+" and out and out[-1][0] == "-" else None
            if within:
                out[-1] = ("~", within)
            else:
                out.append((sign, [(sign, line)]))
        return out

    def _within(self, before: str, after: str) -> Pieces | None:
        """The pieces of a long line that changed in part, or None."""
        if max(len(before), len(after)) <= SHORT:
            return None
        pieces = self._compared(WORD.findall(before), WORD.findall(after))
        if pieces is None or sum(len(word) for sign, word in pieces if sign == " ") * 3 < max(len(before), len(after)):
            return None
        joined: Pieces = []
        for sign, word in pieces:
            if joined and joined[-1][0] == sign:
                joined[-1] = (sign, joined[-1][1] + word)
            else:
                joined.append((sign, word))
        return joined

    def _compared(self, before: Sequence[str], after: Sequence[str]) -> Pieces | None:
        """By the longest common subsequence of what lies between the same beginning and the same end."""
        start, shorter = 0, min(len(before), len(after))
        while start < shorter and before[start] == after[start]:
            start += 1
        end = 0
        while end < shorter - start and before[-1 - end] == after[-1 - end]:
            end += 1
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        if len(old) * len(new) > self.left:
            return None
        self.left -= len(old) * len(new)
        same_end = before[len(before) - end :]
        return [*((" ", same) for same in before[:start]), *_aligned(old, new), *((" ", same) for same in same_end)]


def of_names(before: Sequence[str], after: Sequence[str]) -> Pieces | None:
    """Names without an order, such as tags: those that stayed (" "), went ("-") and came ("+"). None where they are the same."""
    if set(before) == set(after):
        return None
    return [(" " if name in after else "-", name) for name in before] + [("+", name) for name in after if name not in before]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Pieces:
    longest = [[0] * (len(new) + 1)]
    for word in reversed(old):
        below, row = longest[-1], [0] * (len(new) + 1)
        for place in range(len(new) - 1, -1, -1):
            row[place] = below[place + 1] + 1 if word == new[place] else max(below[place], row[place + 1])
        longest.append(row)
    longest.reverse()
    out: Pieces = []
    x = y = 0
    while x < len(old) and y < len(new):
        if old[x] == new[y]:
            out.append((" ", old[x]))
            x, y = x + 1, y + 1
        elif longest[x + 1][y] >= longest[x][y + 1]:
            out.append(("-", old[x]))
            x += 1
        else:
            out.append(("+", new[y]))
            y += 1
    return [*out, *(("-", word) for word in old[x:]), *(("+", word) for word in new[y:])]
