"""Whoever reads Chinese finds none of the back office's English, but what people wrote."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from community import translations
from tests.community.test_catalogues import PLACE, ours

HEARD = {"aria-label", "title", "placeholder", "alt", "data-w-tooltip-content-value"}
PATHS = {
    "home": "/admin/",
    "explorer": "/admin/pages/",
    "search": "/admin/pages/?q=a",
    "editor": "/admin/pages/{page}/edit/",
    "history": "/admin/pages/{page}/history/",
    "usage": "/admin/pages/{page}/usage/",
    "deleting": "/admin/pages/{page}/delete/",
    "unpublishing": "/admin/pages/{page}/unpublish/",
    "snippets": "/admin/snippets/",
    "rules": "/admin/snippets/points/rule/",
    "images": "/admin/images/",
    "adding images": "/admin/images/multiple/add/",
    "documents": "/admin/documents/",
    "site history": "/admin/reports/site-history/",
    "aging pages": "/admin/reports/aging-pages/",
    "locked pages": "/admin/reports/locked/",
    "page types": "/admin/reports/page-types-usage/",
    "account": "/admin/account/",
}


class Words(HTMLParser):
    """All that is read or heard of a page, a line for each text and each spoken attribute."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")
        self.found |= {" ".join(value.split()) for name, value in attrs if name in HEARD and value}

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.found.add(" ".join(data.split()))


def patterns() -> list[re.Pattern]:
    """What Wagtail has no Chinese for, with anything in its placeholders, between the tags that part it on a page."""
    found = []
    for message in ours("wagtail"):
        for words in message.id if isinstance(message.id, tuple) else (message.id,):
            for piece in re.split(r"<[^>]+>", words):
                literal = PLACE.sub("", piece)
                if len(re.findall("[a-z]", literal)) > 3:
                    found.append(re.compile(".+".join(re.escape(each) for each in PLACE.split(" ".join(piece.split())))))
    return found


def english_on(page: str) -> set[str]:
    wanted = patterns()
    return {words for words in Words(page).found for each in wanted if each.fullmatch(words)}


@pytest.fixture
def reader(marketer):
    marketer.locale = "zh-hans"
    marketer.save(update_fields=["locale"])
    return marketer


def address(name: str) -> str:
    return PATHS[name].format(page=Page.objects.live().filter(depth__gt=2).order_by("pk").first().pk)


@pytest.mark.parametrize("name", PATHS)
def test_a_page_of_the_back_office_is_in_chinese(client, reader, name):
    client.force_login(reader)
    answer = client.get(address(name))
    assert answer.status_code == 200
    assert english_on(answer.content.decode()) == set()


@pytest.mark.parametrize("name", ["home", "explorer", "editor", "images", "account"])
def test_the_same_words_are_found_where_english_is_read(client, marketer, name):
    client.force_login(marketer)
    assert english_on(client.get(address(name)).content.decode())


def test_the_scripts_of_the_back_office_speak_chinese(client, reader):
    client.force_login(reader)
    script = client.get("/admin/jsi18n/").content.decode()
    said, _ = json.JSONDecoder().raw_decode(script, script.index("{", script.index("const newcatalog")))
    for message in ours("djangojs/wagtail"):
        words = message.id if isinstance(message.id, str) else message.id[0]
        assert said[words] == (message.string if isinstance(message.string, str) else list(message.string))
    # Of the club's own thousands of messages none is sent along.
    assert len(said) < 150
    assert len(translations.joined()[0]) > 3_000


def test_the_scripts_speak_english_to_whoever_reads_english(client, marketer):
    client.force_login(marketer)
    assert "区块" not in client.get("/admin/jsi18n/").content.decode()


def test_a_deed_of_nobodys_stands_in_the_histories(client, reader):
    page = Page.objects.live().filter(depth__gt=2).order_by("pk").first()
    PageLogEntry.objects.create(page=page, action="wagtail.publish", label="No one’s deed", timestamp=timezone.now(), user=None)
    Page.objects.filter(pk=page.pk).update(last_published_at=timezone.now())
    client.force_login(reader)
    for path in (f"/admin/pages/{page.pk}/history/", "/admin/reports/site-history/", "/admin/reports/aging-pages/"):
        assert client.get(path).status_code == 200, path


def test_a_short_password_is_refused_in_chinese(client, db):
    answer = client.post(
        "/zh-hans/accounts/signup/", {"email": "new@harbour.example", "password1": "k3-Zq", "password2": "k3-Zq", "name": "新人"}
    ).content.decode()
    assert "密码太短，至少需要 10 个字符。" in answer
    assert "too short" not in answer
