"""A guess at the language of a text, good enough for the `lang` attribute: fonts and voices follow it."""

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
LATIN = re.compile(r"[A-Za-z]")


def language_of(text: str) -> str:
    """A BCP 47 tag: zh-Hans, ja, ko or en; "" where the letters tell nothing."""
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    if len(KANA.findall(text)) > han // 4 + 1:
        return "ja"
    if len(HANGUL.findall(text)) > latin // 4 + 1:
        return "ko"
    # A Chinese character says about as much as four letters.
    if han and han * 4 >= latin:
        return "zh-Hans"
    return "en" if latin else ""
