"""A free handle from a name: Latin letters kept, everything else left out, a number where it is taken."""

import re
import secrets
import unicodedata

from members.models import Member

RESERVED = {"settings", "me", "new", "admin", "api", "feed", "search"}


def free_handle(wish: str) -> str:
    """The handle nearest to a wish that nobody has; `member-xxxx` for a name without Latin letters."""
    plain = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].strip("-")
    if not stem or stem in RESERVED:
        stem = f"member-{secrets.token_hex(3)}"
    taken = set(Member.objects.filter(handle__startswith=stem).values_list("handle", flat=True))
    if stem not in taken:
        return stem
    return next(f"{stem}-{number}" for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)
