"""Words that a search engine without a Chinese dictionary can find: every two neighbouring characters."""

import re

from forum.tokens import CJK

CHINESE = re.compile(rf"[{CJK}]+")


def bigrams(text: str) -> str:
    """The Chinese in a text as overlapping pairs: 客户俱乐部 gives 客户 户俱 俱乐 乐部. A lone character stands for itself."""
    pairs = []
    for run in CHINESE.findall(text):
        pairs += [run[start : start + 2] for start in range(len(run) - 1)] or [run]
    return " ".join(pairs)


def query_terms(query: str) -> str:
    """What to ask the index for: pairs for the Chinese in a query, its other words as they are, no signs."""
    words = re.sub(r"[^\w\s]|_", " ", query)
    return " ".join(CHINESE.sub(lambda run: f" {bigrams(run.group())} ", words).split())
