"""The club's translations: one hand-kept .po file for each part, joined into the one catalogue that Django reads.

What the scripts of Wagtail's back office say is a catalogue of its own, because all of it is sent to the browser.

Needs no gettext programs: Babel reads the sources and writes the catalogue.
"""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "zh_Hans"
DOMAINS = {"django": ".", "djangojs": "djangojs"}  # of gettext → the folder of its parts
KEYWORDS: dict = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"))
KEYWORDS |= dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
KEYWORDS |= dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2))

Words = str | tuple[str, ...]


def parts(domain: str = "django") -> list[Path]:
    return sorted((settings.BASE_DIR / "locale" / LANGUAGE / DOMAINS[domain]).glob("*.po"))


def joined(domain: str = "django") -> tuple[Catalog, list[str]]:
    """All parts' messages in one catalogue, and a line for each message that two parts translate differently."""
    whole, quarrels = Catalog(locale=LANGUAGE, fuzzy=False), []
    for path in parts(domain):
        for message in messages(path):
            earlier = whole.get(message.id, message.context)
            if earlier is not None and earlier.string != message.string:
                quarrels.append(f"{path.name}: {message.id!r} is {message.string!r} here, {earlier.string!r} elsewhere")
            whole.add(message.id, message.string, flags=message.flags, context=message.context)
    return whole, quarrels


def messages(path: Path) -> list[Message]:
    """What a .po file holds, without its head."""
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=LANGUAGE, abort_invalid=True) if message.id]


def compile_catalogue() -> int:
    """Write each domain's .mo from its parts where it is missing or older. Returns the number of messages, 0 if nothing was to do."""
    return sum(_compile(domain) for domain in DOMAINS)


def _compile(domain: str) -> int:
    target = settings.BASE_DIR / "locale" / LANGUAGE / "LC_MESSAGES" / f"{domain}.mo"
    if target.exists() and all(path.stat().st_mtime < target.stat().st_mtime for path in parts(domain)):
        return 0
    catalogue, _quarrels = joined(domain)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(target)
    return len(catalogue)


def missing() -> list[str]:
    """A line for each string of the sources that has no Chinese, or whose Chinese is marked as uncertain."""
    catalogue, _quarrels = joined()
    lines: list[str] = []
    seen: set[tuple] = set()
    for place, message, context in _strings():
        if (message, context) in seen:
            continue
        seen.add((message, context))
        found = catalogue.get(message if isinstance(message, str) else message[0], context)
        text = found.string if found else ""
        if not text or (isinstance(text, tuple) and not all(text)) or (found and found.fuzzy):
            lines.append(f"{place}: {message!r}")
    return lines


def _strings() -> Iterator[tuple[str, Words, str | None]]:
    for path in _sources():
        source = path.read_text()
        if path.suffix in (".html", ".txt"):
            # Only the marked strings survive templatize(); without indentation they read as lines of Python.
            source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
        for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            yield f"{path.relative_to(settings.BASE_DIR)}:{line}", message, context


def _sources() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "*.html", "templates/*.txt"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    names = [
        name for name in listing.stdout.split("\n") if name and not name.startswith(("tests/", "bench/")) and "/migrations/" not in name
    ]
    return [settings.BASE_DIR / name for name in names if (settings.BASE_DIR / name).exists()]
