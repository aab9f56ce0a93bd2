# ruff: noqa: E501
"""Formulas, where a board has them: what they show, what they never run, and what they may cost."""

import io
import re
import sys

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import formulas, markup, moderating, posting, rewriting
from forum.models import Board, Post
from tests.forum.danger import dangers
from tests.forum.payloads import ALL, FORMULAS
from tests.forum.test_markup import _fill, _too_slow


def shown(text: str) -> str:
    return markup.render(text, maths=True)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("so $x^2$.", "<p>so <math><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>.</p>\n"),
        (r"$\frac{1}{n}$", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"),
        ("$$\nx\n$$", '<p><math display="block"><mrow><mi>x</mi></mrow></math></p>\n'),
        ("$$\n\\sum_a^b\n$$", '<math display="block"><mrow><munderover><mo>∑</mo><mi>a</mi><mi>b</mi></munderover></mrow></math>'),
        ("here $$x$$ too", '<p>here <math display="block"><mrow><mi>x</mi></mrow></math> too</p>\n'),
        ("> $$\n> a\n> $$", '<blockquote>\n<p><math display="block"><mrow><mi>a</mi></mrow></math></p>\n</blockquote>\n'),
        ("$利润 < 100\\%$", "<mo>&lt;</mo>"),
        (r"$\text{净利润}$", "<mtext>净利润</mtext>"),
        (r"$\begin{matrix}a&b\\c&d\end{matrix}$", "<mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr>"),
        ("it costs $5 or $6", "<p>it costs $5 or $6</p>\n"),
        ("a $ x $ b, 5$x$ and $x$5", "<p>a $ x $ b, 5$x$ and $x$5</p>\n"),
        (r"\$x\$ and `$x$`", "<p>$x$ and <code>$x$</code></p>\n"),
        ("$$x\n\ny$$", "<p>$$x</p>\n<p>y$$</p>\n"),
        (r"$\nosuch{x}$", "<p><code>$\\nosuch{x}$</code></p>\n"),
        (r"$\frac{1$", "<p><code>$\\frac{1$</code></p>\n"),
        ("$$\n\\left( x\n$$", "<pre><code>$$\n\\left( x\n$$\n</code></pre>\n"),
        (r"$\def\a{\a}\a$", r"<code>$\def\a{\a}\a$</code>"),
        (r"$\newcommand\a{bb}\a$", "<code>"),
        (r"$\hspace{99em}x$", "<mspace></mspace>"),
        (r"$\hspace{-9em}x$", "<mspace></mspace>"),
        (r"$\color{white}{x}$", "<mstyle>"),
        ("@alice $x$", "@alice <math>"),
    ],
)  # fmt: skip
def test_a_formula_is_drawn_and_what_is_none_is_shown_as_it_was_written(text, html):
    assert html in shown(text)


def test_formulas_are_off_unless_asked_for():
    assert markup.render("$x^2$\n\n$$\ny\n$$") == "<p>$x^2$</p>\n<p>$$\ny\n$$</p>\n"


def test_only_a_posts_share_of_formulas_is_drawn():
    html = shown("$a+b+c+d$ " * 450)
    assert (html.count("<math>"), html.count("<code>")) == (428, 22)
    formula = "$" + "a+" * 499 + "a$"
    html = shown(f"{formula}\n\n" * 4)
    assert (html.count("<math>"), html.count("<code>")) == (3, 1)
    assert "<math" not in shown("$" + "a" * 1_001 + "$")
    assert "<math" not in shown("$" + "{" * 30 + "a" + "}" * 30 + "$")


@pytest.mark.parametrize("inside", ["%s", "$%s$", "$$\n%s\n$$", r"$\text{%s}$", r"$\href{%s}{x}$"])
def test_nothing_in_a_formula_runs(inside):
    for payload in ALL:
        assert dangers(shown(inside % payload), maths=True) == [], payload


def test_none_of_the_payloads_for_formulas_runs():
    html = {payload: shown(payload) for payload in FORMULAS}
    assert {payload for payload in html if dangers(html[payload], maths=True)} == set()
    # They reach the converter: otherwise nothing was tried.
    assert sum("<math" in each for each in html.values()) > 150


TAG = re.compile(r"<(/?)([a-z0-9]+)((?: [a-z]+=\"[^\"<>]*\")*)>")


PIECES = [
    *"ab1+-=<>&{}^_'\"$\\ ()[]|.,积",
    "\\frac",
    "\\text{",
    "\\left(",
    "\\right)",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\href{",
    "\\sqrt[",
    "\\hat",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_a_formula_is_either_none_or_made_of_the_allowed_tags_in_order(latex):
    try:
        html = formulas.mathml(latex)
    except formulas.NotUnderstood:
        return
    within: list[str] = []
    for closing, tag, attributes in TAG.findall(html):
        assert tag in formulas.TAGS
        assert set(re.findall(r" ([a-z]+)=", attributes)) <= set(formulas.ATTRIBUTES[tag])
        if closing:
            assert within.pop() == tag
        else:
            within.append(tag)
    assert within == []
    assert "<" not in TAG.sub("", html)


MATHS = [
    "a", "{", "}", "{}", "^a", "_", "a^", "a_", "\\", "\\\\", "\\frac", "\\frac{a}", "\\left(", "\\right)", "\\begin{matrix}", "&", "\\sqrt[", "'", "\\text{", "1", "\\hat ", "{a^",
    "\\overbrace{", "(", "x^{", "\\displaystyle ", "\\mathbb{R}", "\\sum_{i}^n", "\\alpha", "\\not=", "\\big(", "~", "\\ ", "a_b^c", "\\over ", "\\choose ", "<", "积", "\\middle|",
]  # fmt: skip
DOLLARS = [
    "$",
    "$$",
    "$a",
    "$a$ ",
    "$$a$$ ",
    "$$a\n",
    "# a\n$$x\n",
    "- $$x\n",
    "> $$\n",
    "\\$",
    "$\\$",
    "$ a",
    "a$",
    "$a$$",
    "$$$",
    "$$\n\n",
    "$a$b",
    "|$a|\n|-|\n",
    "\\\\\\$",
]


def _formulas(piece: str, length: int) -> str:
    return _fill(f"${(piece * length)[:length].strip()}$ x\n")


def test_no_post_of_formulas_takes_more_than_its_time():
    texts = {f"{piece!r} {length}": _formulas(piece, length) for piece in MATHS for length in (40, 200, 990)}
    texts |= {f"dollars {piece!r}": _fill(piece) for piece in DOLLARS}
    # Where there are too many dollars they are text, which costs what any other does.
    drawn = {name: text for name, text in texts.items() if formulas.fits(text)}
    assert len(drawn) > 100
    assert not _too_slow(drawn, shown)
    # As many as fit, each sought to the end.
    most = {f"{piece!r}": (piece * 70 + "x\n" * 8_192)[: markup.MAX_CHARACTERS] for piece in DOLLARS if "\n" in piece}
    fitting = {name: text[: 40 * text.count("$$")] + "y" for name, text in most.items()}
    assert not _too_slow({name: text for name, text in fitting.items() if formulas.fits(text)}, shown)


@pytest.fixture
def reckoning(db):
    """A board that has formulas."""
    return Board.objects.create(slug="reckoning", name="Reckoning", has_maths=True)


def test_a_board_has_formulas_where_a_marketer_switched_them_on(client, square, reckoning, alice, bob, moderator):
    words = "Interest is $p \\cdot r$."
    plain = posting.start_thread(square, author=alice, title="Plain", body=words)
    drawn = posting.start_thread(reckoning, author=alice, title="Drawn", body=words)
    answers = [posting.reply(each, author=bob, body=words) for each in (plain, drawn)]
    client.force_login(bob)
    assert "<math" not in client.get(plain.get_absolute_url()).content.decode()
    assert client.get(drawn.get_absolute_url()).content.decode().count("<math>") == 2
    for answer in answers:
        rewriting.edit(answer, editor=bob, body=words + " Or so.")
        moderating.edit_post(answer, by=moderator, body=words + " Or less.", reason="Less")
    assert [post.html.count("<math>") for post in Post.objects.filter(pk__in=[each.pk for each in answers]).order_by("pk")] == [0, 1]


def test_the_preview_is_exactly_what_will_be_shown_on_either_board(client, square, reckoning, alice):
    client.force_login(alice)
    words = "Interest is $p \\cdot r$."
    for board in (square, reckoning):
        page = client.get(f"/forum/boards/{board.slug}/new/").content.decode()
        address = re.search(r'data-preview="([^"]+)"', page)[1].replace("&amp;", "&")
        preview = client.post(address, {"body": words}).content.decode()
        without_script = client.post(f"/forum/boards/{board.slug}/new/", {"title": "T", "body": words, "preview": "1"}).content.decode()
        thread = posting.start_thread(board, author=alice, title=f"On {board.slug}", body=words)
        html = thread.posts.get().html.strip()
        assert ("<math" in html) == board.has_maths
        assert html in preview
        assert html in without_script
        for place in (f"threads/{thread.pk}/", f"posts/{thread.posts.get().pk}/edit/"):
            found = re.search(r'data-preview="([^"]+)"', client.get(f"/forum/{place}").content.decode())[1]
            assert ("maths=1" in found) == board.has_maths, place


def test_the_command_draws_formulas_where_asked(db, monkeypatch):
    out = []
    for options in ({}, {"maths": True}):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"$x$")))
        written = io.StringIO()
        call_command("render_markup", stdout=written, **options)
        out.append(written.getvalue())
    assert out == ["<p>$x$</p>\n", "<p><math><mrow><mi>x</mi></mrow></math></p>\n"]
