"""The three issues of the demo's magazine, each in two languages, and who has read what."""

import datetime
import zlib
from functools import partial
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page

from cms import reading
from cms.models import ArticlePage, IssuePage, MagazineIndexPage
from community.demo import library, stories
from community.demo.club import Club
from community.demo.picturing import order, picture
from members import activity
from members.models import Activity, Member

FIRST, SECOND = "en", "zh-hans"
SEASONS = (("Winter", "冬"), ("Spring", "春"), ("Summer", "夏"), ("Autumn", "秋"))
READERS_IN_100 = 32
BREADTH_DAYS = 24


def note(club: Club) -> None:
    issues = {issue["number"]: issue for issue in library.toml("magazine/issues.toml")["issue"]}
    for issue in issues.values():
        order(issue["motif"], issue["weather"])
        club.diary.note(club.moment(issue["day"], "08:00"), partial(_publish_issue, club, issue))
    stories_of: dict[str, dict[str, Any]] = {}
    for name, head, text in library.documents("magazine"):
        stem, language = name.rsplit(".", 1)
        stories_of.setdefault(stem, {})["zh-hans" if language == "zh" else language] = (head, text)
    for place, versions in enumerate(stories_of.values()):
        head = versions[FIRST][0]
        order(head["motif"], head["weather"])
        issue = issues[head["issue"]]
        at = club.moment(issue["day"], f"08:{10 + place:02}")
        club.diary.note(at, partial(_publish_article, club, issue, versions))
        _note_readers(club, head["slug"], at)


def season(date: datetime.date) -> dict[str, str]:
    """What is printed on the cover; December belongs to the winter of the year that follows."""
    english, chinese = SEASONS[date.month % 12 // 3]
    year = date.year + (date.month == 12)
    return {FIRST: f"{english} {year}", SECOND: f"{year} 年{chinese}"}


@transaction.atomic
def _publish_issue(club: Club, issue: dict[str, Any]) -> None:
    shelf = MagazineIndexPage.objects.get(locale__language_code=FIRST)
    seasons = season(club.today + datetime.timedelta(days=issue["day"]))
    editor = club.members[issue["editor"]]
    common = {"number": issue["number"], "cover_id": picture(issue["motif"], issue["weather"])}
    signed = {FIRST: in_latin(editor), SECOND: editor.name}
    words = {language: issue[language] | {"season": seasons[language], "editor": signed[language]} for language in (FIRST, SECOND)}
    put_out(shelf, IssuePage(slug=issue["slug"], owner=editor, **common, **words[FIRST]), words[SECOND])


@transaction.atomic
def _publish_article(club: Club, issue: dict[str, Any], versions: dict[str, Any]) -> None:
    parent = IssuePage.objects.get(locale__language_code=FIRST, slug=issue["slug"])
    head = versions[FIRST][0]
    author = club.members[head["author"]]
    common: dict[str, Any] = {
        "slug": head["slug"],
        "topic": head["topic"],
        "author": author,
        "cover_id": picture(head["motif"], head["weather"]),
    }
    if "discussion" in head:
        common["discussion"] = club.threads[head["discussion"]].pk
    words = {language: _words(club, *versions[language]) for language in (FIRST, SECOND)}
    words[FIRST]["byline"], words[SECOND]["byline"] = in_latin(author), ""
    put_out(parent, ArticlePage(owner=author, **common, **words[FIRST]), words[SECOND])


def in_latin(author: Member) -> str:
    """How an English page prints a name: a Chinese one as its bearer spells it in the handle, family name first."""
    return author.name if author.name.isascii() else author.handle.replace("-", " ").title()


def _words(club: Club, head: dict[str, Any], text: str) -> dict[str, Any]:
    body = stories.blocks(text, picture=picture, thread=lambda name: int(club.threads[name].pk))
    return {key: head[key] for key in ("title", "standfirst", "cover_alt")} | {"body": body}


def put_out(parent: Page, page: Any, translation: dict[str, Any]) -> Any:
    """Publish a page in the first language and, with its own words, in the second. Returns the first."""
    parent.add_child(instance=page)
    page.save_revision().publish()
    other = page.copy_for_translation(Locale.objects.get(language_code=SECOND))
    for field, value in translation.items():
        setattr(other, field, value)
    other.save()
    other.save_revision().publish()
    return page


def _note_readers(club: Club, slug: str, at: datetime.datetime) -> None:
    """About a third of the members read an article, most of them soon: by lot, but by the same lot every time."""
    last = club.moment(-1, "22:00")
    for handle in club.joined:
        lot = zlib.crc32(f"{slug}:{handle}".encode())
        if lot % 100 >= READERS_IN_100:
            continue
        after = datetime.timedelta(days=(lot // 100 % BREADTH_DAYS) ** 2 // BREADTH_DAYS, hours=lot // 7 % 12, minutes=lot % 60)
        moment = club.not_before(handle, at + after)
        if moment < last:
            club.diary.note(moment, partial(_read, club, slug, handle))


@transaction.atomic
def _read(club: Club, slug: str, handle: str) -> None:
    member = club.members.get(handle)
    if member is None or member.is_staff:
        return
    article = ArticlePage.objects.get(slug=slug, locale__language_code=FIRST)
    details = {"minutes": article.minutes, "topic": article.topic}
    cause = reading.cause(article, member)
    activity.record(member, Activity.Kind.ARTICLE_READ, cause=cause, title=article.title, url=article.door, details=details)
