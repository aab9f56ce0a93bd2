"""Weighted answers are hidden by how many people gave them, never by what these weigh: five people are five at any weight."""

import json

import pytest

from surveys import analysing, answering, publishing, trends
from surveys.analysing import Selection
from tests.conftest import member_of
from tests.surveys.choosing import analysis

ASKED = {
    "elements": [
        {"type": "radiogroup", "name": "size", "choices": ["small", "large"]},
        {"type": "rating", "name": "again", "rateMin": 1, "rateMax": 5},
        {"type": "matrix", "name": "liked", "rows": ["forum"], "columns": ["yes", "no"]},
    ]
}
HEAVY, LIGHT = ({"size": {'"small"': share, '"large"': 1 - share}} for share in (0.9, 0.1))


@pytest.fixture
def asked(db, researcher):
    """An open survey and the wave after it, which members of the test answer alike."""
    first = publishing.create(title="First", definition=ASKED, created_by=researcher, slug="first")
    publishing.publish(first)
    second = publishing.create(title="Second", definition=ASKED, created_by=researcher, slug="second", previous_wave=first)
    publishing.publish(second)
    for wave in (first, second):
        wave.refresh_from_db()
    return first, second


@pytest.fixture
def answer(asked, harbour):
    """Lets people answer both waves; returns the later one."""
    known = []

    def send(locale, how_many, **data):
        for _number in range(how_many):
            known.append(member_of(harbour, f"p{len(known)}@crowd.example", f"Person {len(known)}", locale=locale))
            for wave in asked:
                answering.complete(wave, member=known[-1], data=data)

    return send


def weighted(survey, margins, **of):
    survey.margins = margins
    survey.save()
    return analysing.analyse(survey, Selection(locale="zh-hans", is_weighted=True), **of)


def bars(findings, name):
    return {bar.text: bar.count and round(bar.count, 1) for bar in next(each for each in findings.summaries if each.name == name).bars}


@pytest.mark.parametrize(("people", "is_hidden"), [(4, True), (5, False)])
@pytest.mark.parametrize("margins", [HEAVY, LIGHT])
def test_a_choice_is_hidden_where_fewer_than_five_made_it_however_much_they_weigh(
    client, researcher, asked, answer, people, is_hidden, margins
):
    answer("zh-hans", people, size="small", liked={"forum": "yes"})
    answer("zh-hans", 14 - people, size="large", liked={"forum": "no"})
    for size, said in (("small", "yes"), ("large", "no")):
        answer("en", 10, size=size, liked={"forum": said})
    _first, second = asked
    found = weighted(second, margins, row="liked.forum", column="size")
    share = margins["size"]['"small"']
    expected = {"small": None, "large": None} if is_hidden else {"small": round(14 * share, 1), "large": round(14 * (1 - share), 1)}
    assert bars(found, "size") == expected
    (row,) = next(each for each in found.summaries if each.name == "liked").rows
    assert [bar.count is None for bar in row.bars] == [is_hidden, is_hidden]
    assert [cell.is_hidden for _title, cells in found.table.rows for cell in cells if cell.count] == [is_hidden, is_hidden]
    # The same as without weights, where nobody would dispute it.
    plain = analysing.analyse(second, Selection(locale="zh-hans"))
    assert [count is None for count in bars(plain, "size").values()] == [is_hidden, is_hidden]
    client.force_login(researcher)
    page = analysis(client, second, locale="zh-hans", weighted="on").content.decode()
    assert ("fewer than 5, or hidden to protect them" in page) is is_hidden
    assert "14 of 14 answered" in page, "people, not what they weigh"


@pytest.mark.parametrize(("people", "is_hidden"), [(4, True), (5, False)])
def test_a_rating_and_its_trend_are_of_five_people_at_least(asked, answer, people, is_hidden):
    answer("zh-hans", people, size="small", again=5)
    answer("zh-hans", 10, size="large")
    answer("en", 10, size="small", again=3)
    answer("en", 10, size="large")
    for margins in (HEAVY, LIGHT):
        found = weighted(asked[1], margins)
        rating = next(each for each in found.summaries if each.name == "again")
        assert (rating.is_hidden, rating.people, bool(rating.scores)) == (is_hidden, 0 if is_hidden else people, not is_hidden)
        told = trends.trends(asked[1], Selection(locale="zh-hans", is_weighted=True))
        assert [len(trend.waves) for trend in told] == ([] if is_hidden else [2])


@pytest.mark.parametrize(("others", "is_hidden"), [(4, True), (5, False)])
def test_all_but_fewer_than_five_of_those_who_can_be_weighted_are_not_shown(asked, answer, others, is_hidden):
    """Weighted tables tell how many people stand in each column: less those of everybody, they are the others'."""
    answer("zh-hans", 10, size="small")
    answer("zh-hans", 10, size="large")
    answer("en", others, size="large")
    answer("en", 20, again=1)  # cannot be weighted: they are in neither
    found = weighted(asked[1], HEAVY)
    assert (found.is_too_small, found.leaves_few) == (is_hidden, is_hidden)


@pytest.mark.parametrize(("otherwise", "is_hidden"), [(4, True), (5, False)])
def test_so_are_the_members_who_answered_otherwise(client, researcher, asked, answer, otherwise, is_hidden):
    for locale in ("zh-hans", "en"):
        answer(locale, 6, size="small", again=5)
        answer(locale, 6, size="large", again=5)
    answer("zh-hans", otherwise, size="large", again=1)
    answer("en", 6, size="large", again=1)
    answer("zh-hans", 20, again=1)  # nor are these among them
    asked[1].margins = HEAVY
    asked[1].save()
    client.force_login(researcher)
    page = analysis(client, asked[1], locale="zh-hans", weighted="on", only=json.dumps(["again", "5"])).content.decode()
    assert ("All but fewer than 5 people: not shown" in page) is is_hidden


def test_weights_that_everybody_together_cannot_carry_are_no_way_to_the_others(asked, answer):
    answer("zh-hans", 10, size="small")
    answer("en", 10, size="large")
    found = weighted(asked[1], {"size": {'"small"': 1.0}})
    assert bars(found, "size") == {"small": 10, "large": 0}
    assert not found.is_too_small
