"""How long a text takes to read, in either language."""

import math
import re

from django.utils.html import strip_tags

from cms.bigrams import CHINESE

WORDS_A_MINUTE, CHARACTERS_A_MINUTE = 230, 420


def reading_minutes(html: str) -> int:
    """Minutes, at least 1, for a text of English words, Chinese characters or both; markup does not count."""
    text = strip_tags(html)
    characters = sum(len(run) for run in CHINESE.findall(text))
    words = len(re.findall(r"[^\W_]+", CHINESE.sub(" ", text)))
    return max(1, math.ceil(characters / CHARACTERS_A_MINUTE + words / WORDS_A_MINUTE))
