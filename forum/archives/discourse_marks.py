"""Discourse's own marks in a text as ours; everything else is Markdown already, and what stands in code stays as it is."""

import re
from dataclasses import dataclass, field

CODE = re.compile(
    r"(^[ ]{0,3}(`{3,}|~{3,}).*?(?:^[ ]{0,3}\2[`~]*[ ]*$|\Z)|(?<!`)(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\3(?!`))", re.DOTALL | re.MULTILINE
)
# A character that no text of a member has: where code was while the rest is read.
KEPT = "\ue000{}\ue000"
QUOTE = re.compile(r'\[quote(?:="?(?P<who>[^",\]]*)(?P<where>[^\]]*))?\]\s*(?P<words>(?:(?!\[quote).)*?)\s*\[/quote\]', re.DOTALL)
PLACE = re.compile(r"post:\s*(\d+).*?topic:\s*(\d+)")
IMAGE = re.compile(r"!\[([^\]|]*)[^\]]*\]\(<?([^)>\s]+)>?[^)]*\)")
HTML_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=[\"']([^\"']+)[\"'][^>]*>", re.IGNORECASE)
ALT = re.compile(r"\balt=[\"']([^\"'\]]*)[\"']", re.IGNORECASE)
ATTACHMENT = re.compile(r"\[([^\]|]*)\|attachment\]\([^)]*\)(?: \([\d.,]+ [KMG]?B\))?")
DETAILS = re.compile(r'\[details="?([^"\]]*)"?\]\s*(.*?)\s*\[/details\]', re.DOTALL)
SPOILER = re.compile(r"\[spoiler\]\s*([^|]*?)\s*\[/spoiler\]", re.DOTALL)
POLL = re.compile(r"\[poll\b[^\]]*\]\s*(.*?)\s*\[/poll\]", re.DOTALL)
DATE = re.compile(r"\[date(?:-range)?[= ](?:from=)?\"?([\d-]{8,10})(?:T[\d:]+)?\"?(?:[^\]]*?time=\"?([\d:]{4,5})[\d:]*\"?)?[^\]]*\]")
WRAP = re.compile(r"\[/?(?:center|wrap|grid|left|right)\b[^\]]*\]")
OF_UPLOAD = re.compile(r"(?:^|/)uploads/\S*?([0-9a-f]{40})(?:_\d+_\d+x\d+)?\.\w+$")
NEVER = re.compile(r"[<>\s]")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Text:
    """`pictures`: addresses in the body, each with the names of its file; `places`: addresses with number and topic of the quoted post."""

    body: str
    pictures: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


def read(raw: str, *, without_poll: bool = False) -> Text:
    """A text as Markdown. A poll in it becomes a list, or is left out where it comes as a poll."""
    code: list[str] = []

    def keep(found: re.Match[str]) -> str:
        code.append(found[0])
        return KEPT.format(len(code) - 1)

    text = Text("")
    body = CODE.sub(keep, raw.replace("\ue000", ""))
    while (plainer := QUOTE.sub(lambda found: _quotation(found, text), body)) != body:
        body = plainer
    body = HTML_IMAGE.sub(_as_markdown, body)
    body = ATTACHMENT.sub(lambda found: f"*{found[1].strip() or '…'}*", body)
    body = IMAGE.sub(lambda found: _picture(found, text), body)
    body = POLL.sub("" if without_poll else r"\1", body)
    body = SPOILER.sub(lambda found: f"||{found[1]}||", body)
    body = DETAILS.sub(lambda found: f"**{found[1].strip()}**\n\n{found[2]}", body)
    body = DATE.sub(lambda found: " ".join(part for part in found.groups() if part), body)
    body = WRAP.sub("", body)
    text.body = re.sub(r"\ue000(\d+)\ue000", lambda found: code[int(found[1])], body)
    return text


def name_of(address: str) -> str:
    """What a picture's file is known by, the SHA-1 of what was sent: as texts name it, and as it is named in a backup."""
    if address.startswith("upload://"):
        number = 0
        for letter in address.removeprefix("upload://").partition(".")[0]:
            if letter not in DIGITS or number >= 1 << 160:
                return ""
            number = number * 62 + DIGITS.index(letter)
        return f"{number:040x}" if 0 < number < 1 << 160 else ""
    found = OF_UPLOAD.search(address)
    return found[1] if found else ""


def name_of_file(path: str) -> str:
    """The same of a file in a backup: originals alone, not the smaller ones that were made of them."""
    return name_of(path) if "original/" in path else ""


def _quotation(found: re.Match[str], text: Text) -> str:
    who, place = (found["who"] or "").strip(), PLACE.search(found["where"] or "")
    head = who.replace("[", "").replace("]", "")
    if who and place:
        address = f"quoted:{place[2]}/{place[1]}"
        text.places[address] = (int(place[1]), int(place[2]))
        head = f"[{head}]({address})"
    words = "\n".join(f"> {line}".rstrip() for line in found["words"].splitlines())
    return "\n" + (f"> {head}:\n>\n" if who else "") + words + "\n\n"


def _as_markdown(found: re.Match[str]) -> str:
    alt = ALT.search(found[0])
    return f"![{alt[1] if alt else ''}](<{NEVER.sub('', found[1])}>)"


def _picture(found: re.Match[str], text: Text) -> str:
    alt, address = found[1].strip(), found[2]
    if name := name_of(address):
        text.pictures[address] = [name]
    elif not address.startswith(("http://", "https://")):
        return f"*{alt or '…'}*"
    return f"![{alt}]({address})"
