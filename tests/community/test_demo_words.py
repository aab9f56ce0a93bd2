"""The demo's words, before anything is built of them."""

import datetime
import re

import pytest

from community.demo import bulk, dates, diary, library, publishing, stories
from forum import markup

TODAY = datetime.date(2026, 11, 22)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]")


def people() -> dict[str, datetime.datetime]:
    return {person["handle"]: dates.moment(TODAY, person["joined"], "08:30") for person in library.toml("people/members.toml")["member"]}


def conversations():
    return [(name, head, library.turns(text)) for folder in ("threads", "blogs") for name, head, text in library.documents(folder)]


def test_nobody_writes_before_joining_or_after_today():
    joined, end = people(), dates.moment(TODAY, 0, "00:00")
    for name, head, turns in conversations():
        at = dates.moment(TODAY, library.day_of(head, TODAY), head["time"])
        for turn in turns:
            at += turn.after
            assert joined[turn.author] < at < end, f"{name}: {turn.author}"
            assert set(turn.likes) <= set(joined) - {turn.author}, f"{name}: {turn.likes}"


def test_every_post_is_rendered_without_marks_left_over():
    for name, _head, turns in conversations():
        for turn in turns:
            assert "**" not in markup.plain(markup.render(turn.body, handles=set())), f"{name}: {turn.body[:60]}"


def test_chinese_is_set_with_chinese_punctuation():
    for name, head, turns in conversations():
        for words in (head["title"], *(turn.body for turn in turns)):
            assert not HALF_WIDTH.search(words), f"{name}: {HALF_WIDTH.search(words)}"
    for name, head, text in library.documents("magazine"):
        assert not HALF_WIDTH.search(text + head["title"] + head["standfirst"]), name


def test_every_article_has_both_languages_a_fair_length_and_more_than_text():
    by_stem: dict[str, set[str]] = {}
    for name, head, text in library.documents("magazine"):
        stem, language = name.rsplit(".", 1)
        by_stem.setdefault(stem, set()).add(language)
        found = stories.blocks(text, picture=lambda motif, weather: 1, thread=lambda name: 1)
        kinds = {block["type"] for block in found}
        assert {"text", "quote"} <= kinds, name
        assert kinds & {"figure", "callout"}, name
        length = len(re.findall(r"[\u4e00-\u9fff]", text)) if language == "zh" else len(text.split())
        assert 330 <= length <= 950, f"{name}: {length}"
        assert head["cover_alt"]
        assert head["standfirst"]
    assert len(by_stem) >= 10
    assert all(languages == {"en", "zh"} for languages in by_stem.values())


def test_an_unknown_sign_in_a_story_is_an_error():
    with pytest.raises(ValueError, match="no such block"):
        stories.blocks("!fanfare now", picture=lambda motif, weather: 1, thread=int)


@pytest.mark.parametrize("offset", range(0, 366, 7))
def test_events_fall_between_the_11th_and_the_26th_on_the_right_side_of_today(offset):
    today = TODAY + datetime.timedelta(days=offset)
    for near in (-42, 16, 34):
        day = dates.event_day(today, near)
        date = today + datetime.timedelta(days=day)
        assert 11 <= date.day <= 26
        assert date.weekday() == dates.THURSDAY
        assert (day > 0) == (near > 0)


def test_a_while_is_told_in_minutes_hours_or_days():
    assert dates.later("+3h") == datetime.timedelta(hours=3)
    with pytest.raises(ValueError, match="not a while"):
        dates.later("soon")


def test_december_is_printed_as_the_coming_winter():
    assert publishing.season(datetime.date(2026, 12, 1)) == {"en": "Winter 2027", "zh-hans": "2027 年冬"}
    assert publishing.season(datetime.date(2026, 9, 1))["en"] == "Autumn 2026"


def test_the_diary_is_carried_out_in_the_order_of_time_at_the_time():
    from django.utils import timezone

    seen, pages = [], diary.Diary()
    late, early = dates.moment(TODAY, -1), dates.moment(TODAY, -9)
    for moment in (late, early):
        pages.note(moment, lambda: seen.append(timezone.now()))
    list(pages.carry_out())
    assert seen == [early, late]
    assert timezone.now() not in seen


def test_bulk_cuts_a_number_into_batches():
    assert [len(batch) for batch in bulk._batches(2_500)] == [1_000, 1_000, 500]
    assert list(bulk._batches(0)) == []


def test_an_article_names_only_threads_that_were_there_before_it():
    begun = {name: library.day_of(head, TODAY) for name, head, _turns in conversations()}
    days = {issue["number"]: issue["day"] for issue in library.toml("magazine/issues.toml")["issue"]}
    for name, head, text in library.documents("magazine"):
        named = [*re.findall(r"!thread (\S+)", text), *filter(None, [head.get("discussion")])]
        assert all(begun[thread] < days[head["issue"]] for thread in named), name
