"""Who the people of a room are, as words that must not be found in what leaves the club."""

import re
from collections.abc import Iterable

from focusgroups.models import Group, Seat

# Runs of seven digits and more (telephone, identity card, bank account), and e-mail addresses.
NUMBERS = re.compile(r"[+(]?\d(?:[\d\-() ]{5,}\d)[\dXx]?")
ADDRESSES = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What stands behind a company's name on paper, and in no talk.
LEGAL_FORM = re.compile(
    r"(?:[\s,，]*(?:\b(?:co|company|ltd|limited|inc|corp|corporation|llc|plc|gmbh|ag|sa|bv|pte)\b\.?|（[^（）]*）|\([^()]*\)|"
    r"股份有限公司|有限责任公司|有限公司|集团公司|公司|集团))+$",
    re.IGNORECASE,
)


def called(company: str) -> list[str]:
    """A company's name, and what people make of it: without its legal form, and in Chinese without the place before it as well."""
    core = LEGAL_FORM.sub("", company).strip()
    short = core[2:] if re.fullmatch(r"[\u4e00-\u9fff]{6,}", core) else ""
    return [company, *(name for name in (core, short) if len(name) >= (3 if name.isascii() else 2))]


def words_of(seat: Seat) -> list[str]:
    """A participant's name, its parts, address, telephone and company, longest first. Expects member and company at hand."""
    member = seat.member
    name, companies = member.name.strip(), called(member.company.name.strip()) if member.company else []
    parts = [part for part in re.split(r"\s+", name) if len(part) >= 3 and part.isascii()]
    if re.fullmatch(r"[\u4e00-\u9fff]{3,4}", name):
        parts.append(name[1:])
    local = member.email.split("@")[0]
    words = [name, *companies, member.email, member.phone, *parts, *([local] if len(local) >= 4 else [])]
    return sorted({word for word in words if len(word) >= 2}, key=len, reverse=True)


def known(group: Group) -> dict[str, str]:
    """word → the name in the room of whom it gives away."""
    seats = group.seats.filter(role=Seat.Role.PARTICIPANT).select_related("member__company")
    return {word: seat.pseudonym for seat in seats for word in words_of(seat) if word != seat.pseudonym}


def pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of the words; Latin ones as whole words only."""
    longest_first = sorted(words, key=len, reverse=True)
    parts = [rf"(?<!\w){re.escape(word)}(?!\w)" if word.isascii() else re.escape(word) for word in longest_first]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def masked(text: str, names: dict[str, str]) -> str:
    """The text with everybody's words replaced by their name in the room, and long numbers and addresses taken out."""
    folded = {word.casefold(): name for word, name in names.items()}
    if finds := pattern(names):
        text = finds.sub(lambda found: f"[{folded[found[0].casefold()]}]", text)
    return NUMBERS.sub("[…]", ADDRESSES.sub("[…]", text))


def found(text: str, names: dict[str, str]) -> list[str]:
    """Words in a text that give somebody away, each once."""
    finds = pattern(names)
    hits = [hit[0] for hit in finds.finditer(text)] if finds else []
    hits += [hit[0] for hit in ADDRESSES.finditer(text)] + [hit[0] for hit in NUMBERS.finditer(text)]
    return list(dict.fromkeys(hits))
