"""Answers beside behaviour: the figures are the facts' own, and nobody is found among too few."""

import datetime
import re

import pytest
from django.utils import timezone

from insights import answers
from members import activity
from members.models import Activity, Segment
from members.purchasing import record_purchase
from points.accruing import weigh_missed
from surveys import answering, publishing
from tests.conftest import member_of

ADDRESS = "/insights/answers/"


@pytest.fixture
def survey(db, researcher):
    size = {"type": "radiogroup", "name": "size", "title": "How many are you?", "choices": ["1-9", "10-99", "100+"]}
    made = publishing.create(title="Sizes", definition={"elements": [size]}, created_by=researcher, slug="sizes")
    publishing.publish(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def crowd(survey, harbour, pine):
    """Eighteen of one company, two of them large; six of another; the first ten wrote a reply."""
    sizes = ["1-9"] * 8 + ["10-99"] * 8 + ["100+"] * 2 + ["10-99"] * 6
    people = []
    for number, size in enumerate(sizes):
        member = member_of(pine if number >= 18 else harbour, f"c{number}@crowd.example", f"Crowd {number}")
        answering.complete(survey, member=member, data={"size": size})
        if number < 10:
            activity.record(member, Activity.Kind.REPLY_POSTED, cause=f"post:{number}", title="A reply", happened_at=timezone.now())
        people.append(member)
    Activity.objects.filter(kind=Activity.Kind.SURVEY_COMPLETED).update(happened_at=timezone.now() - datetime.timedelta(days=900))
    record_purchase(pine, order_id="A1", product="Stock", amount_fen=500_000, ordered_on=timezone.localdate())
    return people


def found(survey, measure="engagement", segment=None):
    [question] = answers.questions_of(survey)
    return answers.beside(survey, question, measure, 3, segment)


def test_people_stand_by_answer_and_band_and_few_are_hidden_with_company(survey, crowd):
    table = found(survey)
    rows = {row.text: row for row in table.rows}
    # Two large ones, who would be what the total leaves: eight small ones go with them.
    assert (rows["100+"].total, rows["1-9"].total, rows["10-99"].total) == (None, None, 14)
    assert rows["100+"].means == rows["1-9"].means == [None] * 4
    assert table.total.total == 24
    # Two of the fourteen wrote; of the others eight did and two did not, so nothing of the bands can be shown.
    assert rows["10-99"].people[:2] == [None, None]


def test_the_means_are_those_of_the_facts(survey, crowd):
    list(weigh_missed())
    table = found(survey, "bought")
    assert table.total.means[0] == pytest.approx(10 / 24)
    assert table.total.means[3] == pytest.approx(6 * 5_000 / 24)
    row = next(row for row in table.rows if row.text == "10-99")
    assert row.means[0] == pytest.approx(2 / 14)
    assert row.means[3] == pytest.approx(6 * 5_000 / 14)
    assert table.total.means[1] > 0  # points of those who wrote


def test_a_segment_that_leaves_too_few_of_everybody_shows_nothing(survey, crowd, harbour):
    everybody_but_four = {"field": "member.job_title", "operator": "!=", "value": "Clerk"}
    for member in crowd[:4]:
        member.job_title = "Clerk"
        member.save()
    segment = Segment.objects.create(slug="others", name="Others", condition=everybody_but_four)
    assert found(survey, segment=segment).is_hidden
    crowd[4].job_title = "Clerk"
    crowd[4].save()
    shown = found(survey, segment=segment)
    assert not shown.is_hidden
    # Three small ones are left: fewer than five, and hidden as they are of everybody.
    assert [row.total for row in shown.rows if row.text == "1-9"] == [None]


def test_the_page_is_for_those_who_may_read_answers(client, survey, crowd, researcher, marketer, alice):
    client.force_login(researcher)
    page = client.get(ADDRESS, {"survey": "sizes", "measure": "bought", "months": "3"}).content.decode()
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "How many are you?" in words
    assert "hidden: too few people" in words
    assert client.get(ADDRESS, {"survey": "no-such"}).status_code == 404
    for member in (marketer, alice):
        client.force_login(member)
        assert client.get(ADDRESS).status_code == 403


def test_anonymous_answers_and_an_empty_club_have_nothing_beside_them(client, researcher, survey):
    survey.is_anonymous = True
    survey.save()
    client.force_login(researcher)
    assert "Nothing to lay side by side" in client.get(ADDRESS).content.decode()
    assert client.get(ADDRESS, {"survey": "sizes"}).status_code == 404


def test_the_page_costs_no_more_for_more_people(client, survey, crowd, researcher, django_assert_max_num_queries):
    client.force_login(researcher)
    client.get(ADDRESS)
    with django_assert_max_num_queries(26):
        client.get(ADDRESS, {"survey": "sizes"})
