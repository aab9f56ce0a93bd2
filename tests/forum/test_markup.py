# ruff: noqa: E501
"""Markdown: what it shows, what it never runs, and what it may cost."""

import io
import random
import subprocess
import sys
import time
from collections import Counter
from functools import cache

import pytest
from django.core.management import call_command
from markdown_it.renderer import RendererHTML

from forum import code, dispatch, markup, steps
from tests.forum.commonmark import CASES, SECTIONS
from tests.forum.danger import dangers
from tests.forum.payloads import ALL, HANDLERS, TAGS
from tests.seeds import seeds


def shown_by_the_command(text: str, monkeypatch) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    out = io.StringIO()
    call_command("render_markup", stdout=out)
    return out.getvalue()


def test_core_constructs_are_exactly_commonmarks(capsys, db, monkeypatch):
    """Every case goes through `manage.py render_markup`, the door that others check us by."""
    cases = dict.fromkeys([*CASES, *((text, html) for _section, text, html in SECTIONS)])
    wrong = [(text, html, found) for text, html in cases if (found := shown_by_the_command(text, monkeypatch)) != html]
    with capsys.disabled():
        print(f"\nCommonMark cases by render_markup: {len(cases) - len(wrong)} of {len(cases)}")
    assert not wrong
    assert len(cases) >= 800


def test_every_section_of_commonmark_outside_raw_html_has_its_cases():
    many = Counter(section for section, _text, _html in SECTIONS)
    assert len(many) == 23
    assert min(many.values()) >= 8, many


@pytest.mark.parametrize("payload", ALL)
def test_nothing_in_a_post_runs(payload):
    assert dangers(markup.render(payload, handles={"alice"})) == []


@pytest.mark.parametrize("payload", [*TAGS, *HANDLERS])
def test_raw_html_is_shown_as_the_text_it_is(payload):
    html = markup.render(f"before {payload.replace(chr(10), ' ')} after")
    assert markup.plain(html).startswith("before")
    assert "<img" not in html
    assert "<script" not in html.lower()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("|a|b|\n|:-|-:|\n|1|2|", '<th class="align-left">a</th>'),
        ("- [x] done\n- [ ] open", '<li class="task-list-item"><label><input type="checkbox" disabled="disabled" checked="checked" /> done</label>'),
        ("see https://x.example/a?b=1&c.", '<a href="https://x.example/a?b=1&amp;c" rel="nofollow ugc">https://x.example/a?b=1&amp;c</a>.'),
        ("<https://x.example/>", '<p><a href="https://x.example/">https://x.example/</a></p>\n'),
        ("< https://foo.bar >", "<p>&lt; https://foo.bar &gt;</p>\n"),
        ("1 < 2 https://x.example", '<a href="https://x.example" rel="nofollow ugc">'),
        ("https://x.example > 1", '<p><a href="https://x.example" rel="nofollow ugc">'),
        ("mail foo@bar.example", "<p>mail foo@bar.example</p>\n"),
        ("||secret *thing*||", '<p><span class="spoiler">secret <em>thing</em></span></p>\n'),
        ("a || b", "<p>a || b</p>\n"),
        ("```python\nprint(1)\n```", '<pre><code class="language-python"><span class="k-nb">print</span>'),
        ("```nonsense\nx<y\n```", '<pre><code class="language-nonsense">x&lt;y\n</code></pre>\n'),
        ("note[^1]\n\n[^1]: that", '<section class="footnotes">'),
        (":tada: and `:tada:` and :no-such:", "<p>🎉 and <code>:tada:</code> and :no-such:</p>\n"),
        ("hi @alice!", '<p>hi <a href="/members/alice/" class="mention">@alice</a>!</p>\n'),
        ("hi @bob, mail a@alice, [@alice](/x) and `@alice`", '<p>hi @bob, mail a@alice, <a href="/x">@alice</a> and <code>@alice</code></p>\n'),
        ("\0nul", "<p>\ufffdnul</p>\n"),
    ],
)  # fmt: skip
def test_what_the_club_adds_to_commonmark(text, html):
    assert html in markup.render(text, handles={"alice"})


def test_footnotes_of_two_posts_do_not_meet():
    first, second = (markup.render(f"{word}[^1]\n\n[^1]: x") for word in ("one", "two"))
    ids = [{part.split('"')[0] for part in html.split('id="')[1:]} for html in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_too_long_a_text_is_refused():
    assert markup.render("x" * markup.MAX_CHARACTERS)
    with pytest.raises(markup.TooLong):
        markup.render("x" * (markup.MAX_CHARACTERS + 1))


def _fill(piece: str) -> str:
    return (piece * (markup.MAX_CHARACTERS // len(piece) + 1))[: markup.MAX_CHARACTERS]


PATHOLOGICAL = [
    *map(
        _fill,
        ["[", "![", "[a](", '[]( "', "*a", "**a *b ", "*", "_a ", "a**b", ">", "> a\n", "- ", "- a\n", "1. a\n", "`a``b", "<a ", "&#x"],
    ),
    *map(
        _fill, ["|a|b|\n|-|-|\n", "|", "||a", "||a|| ", "[^a] ", "[^a]: ", "~~a", "@alice ", "@", ":smile:", "http://a.b/(((((", "[a]: b\n"]
    ),
    *map(_fill, ["# a\n", "a\n=\n", "---\n", "<div>", "<!--", "```\n", "- [ ] a\n", "\n", "\t", "积分，", "*[_`<&|~@:", "\\*", "> a\nb\n"]),
    "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|\n" * 7000,
    "a|b\n-|-\n" + "x\n" * 8000,
    "".join("e" + "`" * n for n in range(1, 178)),
    "\n".join("  " * n + "- a" for n in range(120)),
    "![" * 3000 + "a" + "](b)" * 2500,
    "*a **b " * 1100 + "c** d*" * 1100,
    "```python\n" + "def f(x): return [i for i in x]\n" * 500,
]


@pytest.mark.parametrize("seed", seeds("MARKUP_SEEDS"))
def test_asking_fewer_rules_and_the_short_ways_change_nothing(seed, monkeypatch):
    """The whole parser, as it comes, against ours: on the specification's cases, on hostile texts, and on pieces of all of them."""
    dice = random.Random(seed)
    pieces = [*(text for text, _html in CASES), *(text for _section, text, _html in SECTIONS), *(text[:300] for text in PATHOLOGICAL)]
    texts = [
        *pieces,
        *("".join(dice.choice(pieces)[:120] + dice.choice(["", " ", "\n", "\n\n"]) for _piece in range(4)) for _text in range(200)),
    ]
    ours = [markup.render(text, handles={"alice"}) for text in texts]
    monkeypatch.setattr(markup, "_parser", cache(markup._parser.__wrapped__))
    monkeypatch.setattr(dispatch, "hasten", lambda parser: None)
    monkeypatch.setattr(steps, "Writer", RendererHTML)
    different = [text for text, html in zip(texts, ours, strict=True) if markup.render(text, handles={"alice"}) != html]
    assert not different


ORDINARY = "Our shop orders **paper** every week, and [the list](https://a.example/x) says what `is` left.\n\n- one\n- two\n\n> quoted\n\n"


def test_no_text_takes_much_longer_than_an_ordinary_one_of_the_same_length():
    def seconds(text: str) -> float:
        start = time.process_time()
        markup.render(text[: markup.MAX_CHARACTERS])
        return time.process_time() - start

    ordinary = min(seconds(_fill(ORDINARY)) for _time in range(5))
    # Asked again where something else may have taken the time.
    doubtful = [text for text in PATHOLOGICAL if seconds(text) > 6 * ordinary]
    slow = {text[:20]: took / ordinary for text in doubtful if (took := min(seconds(text) for _time in range(5))) > 6 * ordinary}
    assert not slow


RUNS = ["\n" * 99 + "a", "a\n", "a ", "a.", "a(", "<", '"', "'", "(", "{", "[", "\\\n", "/", "`", "<?", '<"a\\\n([{']
# Those that took seconds: no longer coloured, or by another lexer.
FORMERLY_SLOW = [
    *[("systemd", "a"), ("cuda", "\n"), ("cpp", "\n"), ("autoit", "\n"), ("perl", "<"), ("python", " \n"), ("java", "a\n"), ("csharp", "a\n")],
    *[("markdown", "\n"), ("matlab", "a\n"), ("scala", "a\n"), ("typescript", "a."), ("groovy", "a\n"), ("make", "_")],
]  # fmt: skip


def _milliseconds(text: str, render=markup.render) -> float:
    start = time.process_time()
    render(text)
    return (time.process_time() - start) * 1_000


def _pace() -> float:
    """How many times slower this machine is now than the one on which a post has 250 ms; the loop took 33 ms there."""
    start = time.process_time()
    total = 0
    for number in range(300_000):
        total += number * number % 7
    return (time.process_time() - start) * 1_000 / 33


def _too_slow(texts: dict[str, str], render=markup.render) -> dict[str, float]:
    """Those that take more than 250 ms, asked again where something else may have taken the time."""
    slow, pace = {}, min(_pace(), _pace())
    for name, text in texts.items():
        took = [_milliseconds(text, render) / pace]
        while min(took) > 250 and len(took) < 12:
            took.append(_milliseconds(text, render) / _pace())
        if min(took) > 250:
            slow[name] = min(took)
    return slow


def _fences(language: str, run: str, characters: int) -> str:
    """A post of fences of so many characters of code, in lines that are not too long to be coloured."""
    line = run if "\n" in run else (run * 390)[:390] + "\n"
    return _fill(f"```{language}\n{(line * characters)[:characters].rstrip()}\n```\n")


def test_no_text_takes_more_than_its_time():
    assert not _too_slow({f"{n}: {text[:20]}": text for n, text in enumerate(PATHOLOGICAL)})


@pytest.mark.parametrize(("language", "run"), FORMERLY_SLOW)
def test_no_language_takes_more_than_its_time_for_one_long_run(language, run):
    run_on = f"```{language}\n{(run * 7_900)[:7_900]}\n```\n"
    assert not _too_slow(
        {"one": run_on, "two": run_on * 2, "in lines": _fences(language, run, 2_900), "short": _fences(language, run, 700)}
    )


@pytest.mark.parametrize("language", code.LANGUAGES)
def test_every_coloured_language_keeps_to_its_time(language):
    assert code.highlight("a = 1\n", language, "")
    assert not _too_slow({run: _fences(language, run, code.MAX_CHARACTERS - 10) for run in RUNS})


def test_code_beyond_a_posts_share_of_colour_is_plain_and_whole():
    fence = "```python\nprint(1)\n```\n"
    html = markup.render(fence + "```python\n" + "# a line\n" * 330 + "```\n" + fence * 20)
    assert html.count('<code class="language-python"><span class="k-nb">print</span>') == 3
    assert html.count('<code class="language-python">print(1)\n</code>') == 18


@pytest.mark.parametrize(
    "text", ["```python\n" + "x=" * 300 + "\n```", "```sql\nSELECT" + "\n" * 200 + "1\n```", "```systemd\n[Unit]\n```"]
)
def test_what_is_hardly_code_or_in_no_language_of_ours_is_plain(text):
    assert "<span" not in markup.render(text)


def test_the_command_prints_what_a_post_would_show(db, alice, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"**hi** @{alice.handle} <b>".encode())))
    out = io.StringIO()
    call_command("render_markup", stdout=out)
    assert (
        out.getvalue() == f'<p><strong>hi</strong> <a href="/members/{alice.handle}/" class="mention">@{alice.handle}</a> &lt;b&gt;</p>\n'
    )


def test_the_command_works_before_there_is_a_database(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "render_markup"], input="*hi* @nobody", capture_output=True, text=True, check=False,
        env={"DATABASE_URL": f"sqlite:///{tmp_path}/none.sqlite3", "DEBUG": "1", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "<p><em>hi</em> @nobody</p>\n"), done.stderr
