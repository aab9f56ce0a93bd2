import pytest
from wagtail.models import Locale

from cms.bigrams import bigrams, query_terms
from cms.models import HomePage, StandardPage
from cms.reading_time import reading_minutes
from forum import blogging, posting
from forum.models import Board


@pytest.fixture
def page(db):
    home = HomePage.objects.get(locale=Locale.objects.get(language_code="zh-hans"))
    words = [("text", "<p>每月一次的培训会，客户俱乐部的积分可以兑换。</p>")]
    return home.add_child(instance=StandardPage(title="老客户营销手册", slug="handbook", body=words))


@pytest.mark.parametrize("word", ["客户", "营销", "老客户", "俱乐部", "积分", "培训会", "手册", "客户俱乐部"])
def test_a_chinese_word_is_found_inside_titles_and_texts(client, page, word):
    assert "handbook" in client.get("/zh-hans/search/", {"q": word}).content.decode()


@pytest.mark.parametrize("word", ["部俱", "户客", "火车"])
def test_what_is_not_written_is_not_found(client, page, word):
    assert "handbook" not in client.get("/zh-hans/search/", {"q": word}).content.decode()


@pytest.mark.parametrize("query", ["", "   ", "\"'%_*:()", "AND OR NOT", "a" * 5000, "\x00"])
def test_any_query_gets_an_answer(client, page, alice, query):
    assert client.get("/search/", {"q": query}).status_code == 200
    client.force_login(alice)
    assert client.get("/search/", {"q": query}).status_code == 200


def test_pairs():
    assert bigrams("客户俱乐部 ERP 会") == "客户 户俱 俱乐 乐部 会"
    assert query_terms("ERP培训会") == "ERP 培训 训会"


@pytest.mark.parametrize(
    ("text", "minutes"), [("", 1), ("word " * 230, 1), ("word " * 231, 2), ("字" * 840, 2), ("<p>" + "字" * 420 + "</p>", 1)]
)
def test_minutes_to_read(text, minutes):
    assert reading_minutes(text) == minutes


@pytest.fixture
def spoken(article, bob):
    board = Board.objects.create(slug="square", name="The square")
    return posting.start_thread(board, author=bob, title="A quiet harbour", body="Where do you count?")


def test_pages_members_and_posts_are_found_together(client, spoken, alice, charlie):
    client.force_login(charlie)
    page = client.get("/search/", {"q": "quiet"}).content.decode()
    assert "The <mark>quiet</mark> press" in page
    assert "/forum/threads/" in page
    found = client.get("/search/", {"q": "harbour chen"})
    assert [member.pk for member in found.context["people"]] == [alice.pk]
    assert alice.get_absolute_url() in found.content.decode()


def test_visitors_find_no_members_and_nobody_finds_who_has_left(client, spoken, alice, charlie):
    assert client.get("/search/", {"q": "alice"}).context["people"] == []
    client.force_login(charlie)
    assert len(client.get("/search/", {"q": "@alice"}).context["people"]) == 1
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    page = client.get("/search/", {"q": "@alice"})
    assert page.context["people"] == []
    assert "Nobody here has spoken of" in page.content.decode()


def test_a_search_keeps_to_the_kind_that_is_asked_for_and_leads_on(client, spoken, alice, charlie):
    blogging.post_entry(charlie, title="A quiet letter", body="Alice wrote.")
    client.force_login(charlie)

    def found(kind, query="quiet"):
        page = client.get("/search/", {"q": query, "kind": kind})
        posts = page.context["posts"]
        titles = [hit.post.thread.title for hit in posts.hits] if posts else []
        return titles, len(page.context["pages"]), len(page.context["people"]), page.content.decode()

    titles, n_pages = found("nonsense")[:2]
    assert titles == ["A quiet letter", "A quiet harbour"]
    assert n_pages
    titles, pages, people, page = found("posts")
    assert (titles, pages, people) == (["A quiet harbour"], 0, 0)
    assert "/forum/search/?q=quiet&amp;where=boards" in page
    titles, pages, people, page = found("blogs")
    assert (titles, pages, people) == (["A quiet letter"], 0, 0)
    assert "/forum/search/?q=quiet&amp;where=blogs" in page
    assert found("articles")[:3] == ([], n_pages, 0)
    assert found("members", "alice")[:3] == ([], 0, 1)
    assert 'aria-current="true">Members</a>' in found("members", "alice")[3]


def test_what_is_found_is_marked_in_pages_and_members_and_shown_where_it_stands(client, page, spoken, charlie):
    client.force_login(charlie)
    found = client.get("/zh-hans/search/", {"q": "积分"}).content.decode()
    assert "客户俱乐部的<mark>积分</mark>可以兑换" in found
    assert "老客户<mark>营销</mark>手册" in client.get("/zh-hans/search/", {"q": "营销"}).content.decode()
    people = client.get("/search/", {"q": "harbour"}).content.decode()
    assert "<mark>Harbour</mark> Trading" in people
    assert "The <mark>quiet</mark> press" in client.get("/search/", {"q": "quiet"}).content.decode()


def test_hostile_words_in_a_page_stay_words_where_they_are_marked(client, db):
    home = HomePage.objects.get(locale=Locale.objects.get(language_code="en"))
    text = "<p>Beware of &lt;img src=x onerror=alert(1)&gt; and lorries.</p>"
    home.add_child(instance=StandardPage(title="<script>alert(1)</script> lorries", slug="hostile", body=[("text", text)]))
    found = client.get("/search/", {"q": "lorries"}).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>lorries</mark>" in found
    assert "and <mark>lorries</mark>" in found
    assert "<img src=x" not in found
