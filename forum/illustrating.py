"""The pictures and quotations in a text that is brought in from elsewhere: shown from here, or not at all."""

import re
from dataclasses import dataclass, field

from forum import picturing
from forum.archives import OldPost
from forum.archives.files import Files
from forum.models import Picture
from members.models import Member

IMAGE = re.compile(r"!\[([^\]]*)\]\(<?([^)>\s]+)>?\)")
LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((quoted:[0-9/]+)\)")


@dataclass
class Drawn:
    """Pictures of a run, one for each name and owner. In a rehearsal they are looked at and not kept."""

    files: Files
    is_rehearsal: bool = False
    known: dict[tuple[str, int], Picture] = field(default_factory=dict)
    n: int = 0
    missing: list[str] = field(default_factory=list)

    def forget_files(self) -> None:
        """Take away the files of a run of which nothing stays."""
        for picture in self.known.values():
            picture.file.delete(save=False)


def illustrated(old: OldPost, body: str, *, owner: Member, drawn: Drawn, places: dict[str, str]) -> tuple[str, list[Picture]]:
    """A text with its pictures from here, and its quotations leading to where the quoted stands here.

    places      addresses of quotations, each with where it leads here
    """
    shown: list[Picture] = []

    def picture(found: re.Match[str]) -> str:
        alt, address = found[1], found[2]
        if address not in old.pictures:
            return found[0]
        ours = _picture(old, address, owner, drawn)
        if ours:
            shown.append(ours)
            return picturing.markdown_of(ours, alt)
        # One that is still on the other site remains a link to it; what only the archive could show is named.
        return found[0] if address.startswith(("http://", "https://")) else f"*{alt or '…'}*"

    body = IMAGE.sub(picture, body)
    return LINK.sub(lambda found: f"[{found[1]}]({places[found[2]]})" if found[2] in places else found[1], body), shown


def _picture(old: OldPost, address: str, owner: Member, drawn: Drawn) -> Picture | None:
    names = old.pictures[address]
    if known := next((drawn.known[name, owner.pk] for name in names if (name, owner.pk) in drawn.known), None):
        return known
    name, data = next(((name, data) for name in names if (data := drawn.files.get(name))), ("", b""))
    if not data:
        drawn.missing.append(f"post {old.key}: {address} is not in the archive")
        return None
    try:
        sheet = picturing.redrawn(data)
    except picturing.Refused as refused:
        drawn.missing.append(f"post {old.key}: {address}: {refused.message}")
        return None
    drawn.n += 1
    if drawn.is_rehearsal:
        return None
    drawn.known[name, owner.pk] = picturing.keep(sheet, owner=owner)
    return drawn.known[name, owner.pk]
