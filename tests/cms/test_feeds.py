import xml.etree.ElementTree as ET

from .conftest import article_in

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_has_what_a_validator_asks_of_every_entry(client, article):
    article.save_revision().publish()
    feed = ET.fromstring(client.get("/magazine/feed/").content)
    assert feed.find(f"{ATOM}updated").text
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    (entry,) = feed.findall(f"{ATOM}entry")
    for part in ("id", "title", "updated", "published", "author/{0}name", "summary"):
        assert entry.find(ATOM + part.format(ATOM)).text
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Alice Chen"
    assert entry.find(f"{ATOM}link").get("href").endswith("/magazine/issue-3/quiet-press/")


def test_each_language_has_a_feed_of_its_own(client, article):
    article.save_revision().publish()
    feed = ET.fromstring(client.get("/magazine/feed/?lang=zh-hans").content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") or feed.find(f"{ATOM}title").text.endswith("会刊")
    assert not feed.findall(f"{ATOM}entry")
    assert client.get("/magazine/feed/?lang=nonsense").status_code == 200


def test_the_map_names_pages_of_both_languages_and_no_draft(client, article, issue):
    article_in(issue, "draft", "Draft", live=False)
    site_map = client.get("/sitemap.xml").content.decode()
    assert "/magazine/issue-3/quiet-press/" in site_map
    assert "/zh-hans/magazine/" in site_map
    assert "draft" not in site_map


def test_an_article_says_what_it_is(client, article):
    page = client.get(article.url).content.decode()
    assert '"@type": "Article"' in page
    assert 'property="og:type" content="article"' in page
