import pytest

from surveys import answering, scoring, tallying
from surveys.summaries import hidden_cells, summarise
from tests.conftest import member_of


@pytest.fixture
def crowd(harbour):
    return [member_of(harbour, f"c{number}@harbour.example", f"Crowd {number}") for number in range(14)]


@pytest.fixture
def answered(questionnaire, crowd, alice):
    questionnaire.results = questionnaire.Results.ANSWERED
    questionnaire.save()
    for number, member in enumerate(crowd):
        size = "1-9" if number < 7 else "10-99" if number < 12 else "100+"
        data = {"nps": 9 if number % 2 else 4, "size": size}
        if number == 0:
            data["why"] = "A confession"
        answering.complete(questionnaire, member=member, data=data)
    answering.complete(questionnaire, member=alice, data={"nps": 0, "size": "100+", "why": "Mine"})
    return questionnaire


def test_results_are_shown_after_answering_where_the_survey_says_so(client, alice, charlie, answered):
    client.force_login(charlie)
    assert client.get("/surveys/doing/results/").status_code == 404
    client.force_login(alice)
    assert client.get("/surveys/doing/results/").status_code == 200
    answered.results = answered.Results.CLUB
    answered.save()
    assert client.get("/surveys/doing/results/").status_code == 404


def test_a_member_sees_the_others_in_groups_and_nobodys_words(client, alice, answered):
    client.force_login(alice)
    page = client.get("/surveys/doing/results/").content.decode()
    assert "14 answers" in page
    assert "A confession" not in page
    assert "fewer than 5, or hidden to protect them" in page


def test_a_researcher_sees_everything(client, researcher, answered):
    client.force_login(researcher)
    page = client.get("/surveys/doing/results/").content.decode()
    assert "15 answers" in page
    assert "A confession" in page
    assert "Net promoter score" in page
    assert "European cut" in page


def test_a_chart_is_a_file_of_what_its_reader_sees(client, alice, charlie, researcher, answered):
    address = "/surveys/doing/results/size.svg"
    client.force_login(alice)
    assert (
        f'<a class="button button-small button-quiet" href="{address}" download>' in client.get("/surveys/doing/results/").content.decode()
    )
    response = client.get(address)
    mine = response.content.decode()
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == 'attachment; filename="doing-size.svg"'
    assert mine.count('class="survey-chart-bar"') == 1  # 7 of 1-9; 5 and 2 are hidden
    client.force_login(researcher)
    assert client.get(address).content.decode().count('class="survey-chart-bar"') == 3
    assert client.get("/surveys/doing/results/why.svg").status_code == 404
    client.force_login(charlie)
    assert client.get(address).status_code == 404


def test_a_report_says_what_was_asked_when_and_how_to_read_it_in_both_languages(client, researcher, answered):
    client.force_login(researcher)
    page = client.get("/surveys/doing/results/").content.decode()
    facts = page[page.index('<dl class="survey-report-facts">') : page.index("</dl>")]
    assert all(words in facts for words in ("Fieldwork", "Open", "by name", "As of", "(Wilson)", "<li>What went wrong?</li>"))
    assert "Print or save as PDF" in page
    chinese = client.get("/zh-hans/surveys/doing/results/").content.decode()
    assert all(words in chinese for words in ("调查时间", "截至", "实名", "打印或存为 PDF", "图表（PNG）"))


def test_too_few_answers_show_nothing_to_members(client, alice, bob, questionnaire, good_answers):
    questionnaire.results = questionnaire.Results.ANSWERED
    questionnaire.save()
    for member in (alice, bob):
        answering.complete(questionnaire, member=member, data=good_answers)
    client.force_login(alice)
    assert b"Too few answers yet" in client.get("/surveys/doing/results/").content


def test_hot_pages_ask_few_questions_of_the_database(client, alice, charlie, answered, django_assert_max_num_queries):
    client.force_login(alice)
    client.get("/surveys/")
    tallying.current(answered)
    for address in ("/surveys/", "/surveys/doing/results/", "/surveys/doing/thanks/"):
        with django_assert_max_num_queries(17):
            client.get(address)
    client.force_login(charlie)
    client.get("/surveys/")
    with django_assert_max_num_queries(15):
        client.get("/surveys/doing/")


def test_a_small_group_is_hidden_and_so_is_what_would_give_it_away():
    assert hidden_cells([7, 5, 2], 5) == {1, 2}
    assert hidden_cells([7, 3, 2], 5) == {1, 2}
    assert hidden_cells([7, 5, 0], 5) == set()
    assert hidden_cells([7, 5, 2], 1) == set()


def test_what_a_choice_leaves_of_everybody_is_hidden_as_well_as_what_is_in_it():
    assert hidden_cells([20, 30, 40], 5, [9, 9, 9]) == set()
    assert hidden_cells([20, 30, 40], 5, [9, 3, 9]) == {0, 1}
    assert hidden_cells([20, 30, 40], 5, [2, 3, 9]) == {0, 1}
    assert hidden_cells([20, 30, 40], 5, [1, 1, 9]) == {0, 1, 2}
    assert hidden_cells([2, 30, 40], 5, [9, 9, 0]) == {0, 1}


def test_several_choices_of_one_member_count_once_each():
    outline = {
        "questions": [
            {
                "name": "q",
                "value_name": "q",
                "title": "Q",
                "type": "checkbox",
                "choices": [{"value": "a", "text": "A"}, {"value": "b", "text": "B"}],
            }
        ]
    }
    [summary] = summarise(outline, [{"q": ["a", "b"]}, {"q": ["a"]}, {}])
    assert summary.answered == 2
    assert [(bar.text, bar.count, bar.share) for bar in summary.bars] == [("A", 2, 100.0), ("B", 1, 50.0)]


def test_net_promoter_score_by_both_cuts():
    ratings = [10, 9, 8, 7, 6, 5, 0]
    assert scoring.net_promoter_score(ratings) == pytest.approx(100 * (2 - 3) / 7)
    assert scoring.net_promoter_score(ratings, promoters_from=8, detractors_to=5) == pytest.approx(100 * (3 - 2) / 7)


def test_net_promoter_interval_by_the_formula():
    ratings = [10] * 50 + [8] * 30 + [2] * 20
    low, high = scoring.net_promoter_interval(ratings)
    half = 100 * 1.959963984540054 * ((0.7 - 0.09) / 100) ** 0.5
    assert (low, high) == pytest.approx((30 - half, 30 + half))


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(0, 10, 0, 0.2775327998628892), (5, 10, 0.236593090512564, 0.763406909487436), (10, 10, 0.7224672001371107, 1)],
)
def test_wilsons_interval(successes, total, low, high):
    assert scoring.wilson_interval(successes, total) == pytest.approx((low, high), abs=1e-9)


def test_satisfaction_is_the_share_of_the_two_best():
    assert scoring.customer_satisfaction([5, 4, 3, 1]) == 50.0


@pytest.mark.parametrize("ratings", [[], [11], [-1]])
def test_impossible_ratings_are_refused(ratings):
    with pytest.raises(ValueError, match="ratings"):
        scoring.net_promoter_score(ratings)


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="total"):
        scoring.wilson_interval(3, 2)
