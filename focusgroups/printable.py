"""Text as XML can carry it, for Word documents and project files."""

import re

# Controls, halves of a pair, and the two that are no characters: what somebody typed must not keep anybody from their file.
UNKNOWN = re.compile("[\x00-\x08\x0b\x0c\x0d-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Each character that XML does not know becomes a space, so that positions stay."""
    return UNKNOWN.sub(" ", text)
