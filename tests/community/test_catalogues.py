"""What the packages say in English has Chinese, theirs or ours; and ours says no more and no less than the English."""

import gettext
import re
from pathlib import Path

import django
import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation, translation

from community import translations

PLACE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Where a word of the club's own stands in Wagtail's place as well, and reads as well there or better.
MEANT = {
    *("(optional)", "Action", "Add column", "All", "Download CSV", "Draft saved", "Fields", "Format", "From", "Latest", "Name", "Origin"),
    *("Privacy", "Rename", "Unlock", "description", "locked", "name", "revision", "revisions", "scheduled", "slug"),
}


def packages(named: str = "") -> list[Path]:
    """The folders of catalogues of whatever is installed and not ours, and is of this name."""
    ours = settings.BASE_DIR / ".venv"
    folders = [Path(django.__file__).parent / "conf"] + [Path(each.path) for each in apps.get_app_configs()]
    theirs = [each / "locale" for each in folders if settings.BASE_DIR not in each.parents or ours in each.parents]
    return [each for each in theirs if named in str(each) and (each / "en/LC_MESSAGES/django.po").exists()]


def english(domain: str, named: str = "") -> dict[tuple, Path]:
    """(context, words) of every English catalogue → its folder."""
    found = {}
    for folder in packages(named):
        path = folder / "en/LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            with path.open("rb") as file:
                found |= {key(message): folder for message in read_po(file) if message.id}
    return found


def key(message) -> tuple:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def chinese(message) -> str:
    return message.string if isinstance(message.string, str) else message.string[0]


def chinese_of_packages(domain: str, named: str = "") -> dict[tuple, str]:
    found: dict[tuple, str] = {}
    for folder in packages(named):
        there = gettext.translation(domain, folder, ["zh_Hans"], fallback=True)
        for said, chinese in getattr(there, "_catalog", {}).items():
            context, _, words = (said[0] if isinstance(said, tuple) else said).rpartition("\x04")
            found[context or None, words] = chinese
    return found


def ours(*names: str) -> list:
    files = [settings.BASE_DIR / "locale/zh_Hans" / f"{name}.po" for name in names]
    return [message for file in files for message in translations.messages(file)]


def spoken(domain: str) -> set[tuple]:
    """(context, words) of all that a Chinese page has Chinese for."""
    whole = translation("zh-hans") if domain == "django" else DjangoTranslation("zh-hans", domain, [str(each) for each in packages()])
    said = (each[0] if isinstance(each, tuple) else each for each, _ in whole._catalog.items())
    return {(context or None, words) for context, _, words in (each.rpartition("\x04") for each in said)}


@pytest.mark.parametrize("domain", translations.DOMAINS)
def test_whatever_a_package_says_in_english_has_chinese(domain):
    asked, said = english(domain), spoken(domain)
    assert len(asked) > 60
    assert {words: str(asked[context, words]) for context, words in asked.keys() - said} == {}


def test_words_that_no_catalogue_has_are_noticed():
    assert (None, "Words that nobody says") not in spoken("django")
    assert (None, "Page") in spoken("django")


@pytest.mark.parametrize(("domain", "names"), [("django", ("wagtail", "django")), ("djangojs", ("djangojs/wagtail", "djangojs/django"))])
def test_ours_fills_holes_only(domain, names):
    theirs, asked = chinese_of_packages(domain), english(domain)
    for message in ours(*names):
        assert key(message) in asked, "no package says this any more"
        assert key(message) not in theirs, "the package has Chinese of its own now"


def test_what_we_correct_is_still_said_otherwise():
    theirs, asked = chinese_of_packages("django"), english("django")
    for message in ours("wagtail_corrected"):
        assert key(message) in asked
        assert theirs[key(message)] != chinese(message)


def test_no_word_of_the_club_stands_in_wagtails_place_unmeant():
    theirs, asked = chinese_of_packages("django", "/wagtail/"), english("django", "/wagtail/")
    others = ours(*(path.stem for path in translations.parts() if path.stem != "wagtail_corrected"))
    there = [each for each in others if key(each) in theirs and key(each) in asked]
    assert len(there) > 50
    assert {key(each)[1] for each in there if theirs[key(each)] != chinese(each)} == MEANT


def files():
    return [pytest.param(path, id=f"{domain}-{path.stem}") for domain in translations.DOMAINS for path in translations.parts(domain)]


@pytest.mark.parametrize("path", files())
def test_every_placeholder_and_tag_is_in_the_chinese(path):
    for message in translations.messages(path):
        words = message.id if isinstance(message.id, tuple) else (message.id,)
        for what in (PLACE, TAG):
            assert sorted(what.findall(chinese(message))) in [sorted(what.findall(each)) for each in words], message.id


@pytest.mark.parametrize("name", ["wagtail", "wagtail_corrected", "django", "djangojs/wagtail", "djangojs/django"])
def test_ours_is_chinese_and_addresses_nobody_formally(name):
    for message in ours(name):
        assert "您" not in chinese(message)
        # A product's name and a pattern of placeholders stay as they are.
        bare = TAG.sub("", PLACE.sub("", chinese(message)))
        assert CHINESE.search(bare) or not re.search(r"[A-Za-z]", bare) or bare == "Wagtail API v3"
