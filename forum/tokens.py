"""The words of a text for search, the same on every database: runs of letters as they are, Chinese, Japanese and Korean by pairs.

A CJK run `积分商城` becomes 积分, 分商, 商城 and, for its end, 城: so every part of a word is a phrase of neighbouring tokens,
also across a change of script (`用友ERP系统`). Pure.
"""

import re
import unicodedata

CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
IS_CJK = re.compile(rf"[{CJK}]")
# As many as the longest post has characters: a Chinese one has a token for each.
MAX_TOKENS = 16_384
MAX_LATIN = 60


def fold(text: str) -> str:
    """Full-width and half-width, capitals and small letters are one."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens(text: str) -> list[str]:
    """The tokens of a text to be indexed, in order, at most MAX_TOKENS."""
    found: list[str] = []
    for run in RUN.findall(fold(text)):
        found += [*_pairs(run), run[-1]] if IS_CJK.match(run) else [run[:MAX_LATIN]]
        if len(found) >= MAX_TOKENS:
            break
    return found[:MAX_TOKENS]


def phrases(query: str) -> list[list[str]]:
    """What a query asks for: each word, or each "quoted phrase", as a phrase of tokens. Its last token is a beginning (`续*`)."""
    asked = re.findall(r'"([^"]+)"|(\S+)', fold(query).replace("“", '"').replace("”", '"'))
    return [phrase for quoted, word in asked[:10] if (phrase := _phrase(quoted or word))]


def _phrase(words: str) -> list[str]:
    runs = RUN.findall(words)
    found: list[str] = []
    for place, run in enumerate(runs):
        if not IS_CJK.match(run):
            found.append(run[:MAX_LATIN])
        elif place < len(runs) - 1:
            found += [*_pairs(run), run[-1]]
        else:
            found += _pairs(run) or [run]
    return found[:40]


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
