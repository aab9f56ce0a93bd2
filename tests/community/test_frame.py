"""What stands around every page: the choices of language and light, the policy it is served under, what it may not contain."""

import datetime
import re
from pathlib import Path

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from community.addresses import in_language
from community.frame import section_of

FRAME_PAGES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/"]
OWN_PAGES = ["/members/settings/", "/members/alice-chen/", "/accounts/email/", "/accounts/2fa/", "/accounts/sessions/"]


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_a_chosen_theme_is_kept_and_shown_without_a_flash(client, db, theme):
    answer = client.post("/i18n/theme/", {"theme": theme, "next": "/accounts/login/"})
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/"
    assert f'<html lang="en" data-theme="{theme}">' in client.get("/accounts/login/").content.decode()


def test_an_unknown_theme_is_the_devices_own(client, db):
    client.post("/i18n/theme/", {"theme": '"><script>'})
    assert client.cookies["theme"].value == "auto"
    client.cookies["theme"] = "<script>"
    assert 'data-theme="auto"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("address", ["/i18n/theme/", "/i18n/language/"])
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_no_choice_leads_to_a_foreign_site(client, db, address, elsewhere):
    answer = client.post(address, {"theme": "dark", "language": "zh-hans", "next": elsewhere})
    assert "evil" not in answer.url
    assert answer.url in ("/", "/zh-hans/")


@pytest.mark.parametrize("address", ["/i18n/theme/", "/i18n/language/"])
def test_a_choice_is_not_made_by_a_link(client, db, address):
    assert client.get(address).status_code == 405


def test_the_language_switch_leads_to_the_same_page_and_back(client, db):
    there = client.post("/i18n/language/", {"language": "zh-hans", "next": "/accounts/login/?next=/points/"})
    assert there.url == "/zh-hans/accounts/login/?next=/points/"
    back = client.post("/i18n/language/", {"language": "en", "next": there.url})
    assert back.url == "/accounts/login/?next=/points/"


def test_a_language_we_do_not_have_changes_nothing(client, db):
    assert client.post("/i18n/language/", {"language": "xx", "next": "/accounts/login/"}).url == "/accounts/login/"


def test_a_members_mails_follow_the_language_they_chose(client, alice):
    client.force_login(alice)
    client.post("/i18n/language/", {"language": "zh-hans", "next": "/"})
    alice.refresh_from_db()
    assert alice.locale == "zh-hans"


@pytest.mark.parametrize(
    ("address", "chinese"),
    [
        ("/", "/zh-hans/"),
        ("/forum/threads/7/?page=2", "/zh-hans/forum/threads/7/?page=2"),
        ("https://club.example/events/", "https://club.example/zh-hans/events/"),
        ("/zh-hans/events/", "/zh-hans/events/"),
        ("/zh-hans", "/zh-hans/"),
        ("/admin/pages/", "/admin/pages/"),
        ("/api/v1/docs", "/api/v1/docs"),
    ],
)
def test_only_pages_have_an_address_in_chinese(address, chinese):
    assert in_language(address, "zh-hans") == chinese


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/forum/boards/x/", "forum"),
        ("/zh-hans/blogs/", "forum"),
        ("/groups/3/", "research"),
        ("/", ""),
        ("/zh-hans/", ""),
        ("/nowhere/", ""),
    ],
)
def test_a_page_lies_under_one_of_the_five_ways_in(path, section):
    assert section_of(path) == section


def test_a_page_names_itself_in_every_language(client, db):
    page = client.get("/zh-hans/accounts/login/").content.decode()
    assert re.search(r'<link rel="canonical" href="[^"]+/zh-hans/accounts/login/">', page)
    assert re.search(r'<link rel="alternate" hreflang="en" href="[^"]+[^s]/accounts/login/">', page)
    assert re.search(r'<link rel="alternate" hreflang="zh-Hans" href="[^"]+/zh-hans/accounts/login/">', page)


def test_public_pages_allow_nothing_inline(client, db):
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy


@pytest.mark.parametrize("address", ["/admin/", "/django-admin/"])
def test_the_back_offices_have_a_policy_of_their_own(client, admin, address):
    client.force_login(admin)
    policy = client.get(address)["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "object-src 'none'" in policy


def inline_parts(page: str) -> list[str]:
    """Whatever the strict policy would refuse: style attributes and elements, handlers, scripts without a source."""
    page = re.sub(r'<script[^>]*type="application/json"[^>]*>.*?</script>', "", page, flags=re.DOTALL)
    wrong = re.findall(r"<style\b[^>]*>", page) + re.findall(r"<[^>]+\sstyle=[^>]*>", page)
    wrong += re.findall(r"<[^>]+\son[a-z]+=[^>]*>", page)
    return wrong + [tag for tag in re.findall(r"<script\b[^>]*>", page) if "src=" not in tag]


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize("address", FRAME_PAGES)
def test_a_visitors_page_carries_nothing_inline(client, db, prefix, address):
    answer = client.get(prefix + address)
    assert answer.status_code == 200
    assert inline_parts(answer.content.decode()) == []


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize("address", OWN_PAGES)
def test_a_members_page_carries_nothing_inline(client, alice, prefix, address):
    client.force_login(alice)
    answer = client.get(prefix + address)
    assert answer.status_code == 200
    assert inline_parts(answer.content.decode()) == []


def test_only_the_clubs_own_people_see_the_way_to_the_back_office(client, alice, marketer):
    client.force_login(alice)
    assert 'href="/admin/"' not in client.get("/members/settings/").content.decode()
    client.force_login(marketer)
    assert 'href="/admin/"' in client.get("/members/settings/").content.decode()


def test_a_visitor_is_invited_to_join_and_a_member_is_not(client, alice):
    assert 'href="/accounts/signup/"' in client.get("/accounts/login/").content.decode()
    client.force_login(alice)
    page = client.get("/members/settings/").content.decode()
    assert 'href="/accounts/signup/"' not in page
    assert "Sign out" in page


def test_the_frame_costs_few_queries(client, alice, django_assert_max_num_queries):
    client.force_login(alice)
    client.get("/members/settings/")  # allauth notes a new session once
    with django_assert_max_num_queries(9):
        client.get("/members/settings/")


def test_a_page_view_writes_nothing(client, alice):
    client.force_login(alice)
    client.get("/members/settings/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/members/settings/")
    assert not [query["sql"] for query in queries if not query["sql"].lstrip().startswith("SELECT")]


@pytest.mark.parametrize(("language", "written"), [("en", "22 November 2026"), ("zh-hans", "2026年11月22日")])
def test_dates_are_written_as_people_write_them(language, written):
    with translation.override(language):
        assert date_format(datetime.date(2026, 11, 22)) == written


def test_a_title_names_the_club_once_and_is_shared_without_it():
    from community.templatetags.community import page_description, page_title

    shared = '<meta property="og:title" content="Say &quot;hello&quot;">'
    assert shared in page_title('Say "hello" · Clubroom')
    assert '<title>Say "hello" · Clubroom</title>' in page_title('Say "hello"')
    assert "<title>Clubroom</title>" in page_title(" Clubroom ")
    assert 'content="One line"' in page_description("One\n  line")


@pytest.mark.parametrize(("host", "is_offered"), [("localhost", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)])
def test_a_passkey_is_offered_only_where_browsers_keep_one(client, db, host, is_offered):
    page = client.get("/accounts/login/", headers={"host": host}).content.decode()
    assert ('id="passkey_login"' in page) == is_offered


@pytest.mark.parametrize(
    ("hours", "english", "chinese"),
    [
        (0, "just now", "刚刚"),
        (3, "3 hours ago", "3 小时前"),
        (50, "2 days ago", "2 天前"),
        (24 * 100, r"\d+ \w{3}( \d{4})?", r"(\d{4}年)?\d+月\d+日"),
    ],
)
def test_a_moment_is_said_in_a_few_words(hours, english, chinese):
    moment = timezone.now() - datetime.timedelta(hours=hours)
    shown = Template("{% load humanize %}{{ moment|naturaltime }}")
    assert re.fullmatch(english, shown.render(Context({"moment": moment})))
    with translation.override("zh-hans"):
        assert re.fullmatch(chinese, shown.render(Context({"moment": moment})))


def test_no_template_shows_a_remark_of_its_writers():
    for path in (Path(__file__).resolve().parents[2] / "templates").rglob("*.html"):
        assert not re.search(r"\{#(?!.*#\})", path.read_text()), f"{path}: a remark in {{# #}} ends on its own line"


def test_the_months_of_the_year_are_months_in_chinese():
    with translation.override("zh-hans"):
        assert [date_format(datetime.date(2026, month, 1), "M") for month in (5, 12)] == ["五月", "十二月"]


def drawn(text, **known):
    return Template("{% load i18n stencils %}" + text).render(Context(known))


def test_a_stencil_is_drawn_once_in_each_language_and_filled_in_for_everybody():
    asked = []
    words = "<b>{% trans 'Search' %}{% if wide %}!{% endif %}{{ once }}</b>"
    fill = "{% fill %}{{ name }}{% endfill %}"
    stencil = Template("{% load i18n stencils %}{% stencil wide %}" + words + fill + "{% endstencil %}")

    def page(name, *, wide=False):
        return stencil.render(Context({"name": name, "wide": wide, "once": lambda: asked.append(name) or ""}))

    assert page("<Ada>") == "<b>Search</b>&lt;Ada&gt;"
    assert page("Bo") == "<b>Search</b>Bo"
    assert page("Bo", wide=True) == "<b>Search!</b>Bo"
    with translation.override("zh-hans"):
        assert page("陈") == "<b>搜索</b>陈"
        assert page("Bo") == "<b>搜索</b>Bo"
    assert asked == ["<Ada>", "Bo", "陈"]


def test_what_fills_a_stencil_may_be_a_stencil_and_is_drawn_as_it_stands_outside_of_one():
    inner = "{% stencil %}[{% fill %}{{ n }}{% endfill %}]{% endstencil %}"
    assert drawn("{% fill %}{{ n }}{% endfill %}", n=3) == "3"
    for nested in ("{% stencil %}({% fill %}" + inner + "{% endfill %}){% endstencil %}", "{% stencil %}(" + inner + "){% endstencil %}"):
        both = Template("{% load stencils %}" + nested)
        assert [both.render(Context({"n": n})) for n in (1, 2)] == ["([1])", "([2])"]


def test_what_one_visitor_was_shown_in_the_frame_is_not_shown_to_the_next(client, alice, bob):
    for member, other in ((alice, bob), (bob, alice), (alice, bob)):
        client.force_login(member)
        page = client.get("/forum/?seen=" + member.handle).content.decode()
        assert member.email in page
        assert f"?seen={member.handle}" in page
        assert other.email not in page
        assert f'href="/members/{other.handle}/"' not in page
    client.logout()
    page = client.get("/forum/").content.decode()
    assert alice.email not in page
    assert "/accounts/login/" in page
