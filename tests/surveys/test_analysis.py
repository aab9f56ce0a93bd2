import json

from surveys import analysing, answering, counting, crosstabs, publishing, rejecting, tallying
from surveys.analysing import Selection
from surveys.models import Submission, Tally
from surveys.summaries import summarise
from tests.surveys.choosing import analysis, some_speak_chinese


def test_the_running_counts_are_what_reading_every_answer_says(answered):
    tally = tallying.current(answered)
    outline = answered.version.outline["en"]
    answers = list(Submission.objects.filter(questionnaire=answered).values_list("data", flat=True))
    assert tally.total == 12
    assert tally.counts == counting.count(outline, answers)
    assert [summary.answered for summary in summarise(outline, answers)] == [12, 6, 12, 12, 12]


def test_a_rejected_answer_leaves_the_counts_and_an_accepted_one_comes_back(answered, researcher):
    tallying.current(answered)
    submission = Submission.objects.filter(questionnaire=answered).first()
    rejecting.reject(submission, by=researcher, reason="in haste")
    assert tallying.current(answered).total == 11
    assert tallying.current(answered).counts["nps"]["n"] == 11
    rejecting.accept(submission)
    assert tallying.current(answered).total == 12


def test_a_new_version_counts_the_old_answers_anew_under_the_names_declared_equal(answered, researcher):
    tallying.current(answered)
    definition = json.loads(json.dumps(answered.draft_definition).replace('"size"', '"headcount"'))
    publishing.revise(answered, definition=definition, equivalents={"size": "headcount"})
    publishing.publish(answered, by=researcher)
    answered.refresh_from_db()
    assert tallying.current(answered).counts["headcount"]["n"] == 12


def test_the_results_page_reads_the_counts_and_not_the_answers(client, researcher, answered, django_assert_max_num_queries):
    tallying.current(answered)
    client.force_login(researcher)
    client.get("/surveys/doing/results/")
    with django_assert_max_num_queries(18):
        page = client.get("/surveys/doing/results/").content.decode()
    assert "12 answers" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="survey-chart"' in page
    assert 'data-topic="survey:doing:results"' in page


def test_open_pages_are_told_when_the_counts_grow(answered):
    from live import streams

    name = f"survey:{answered.pk}:results"
    assert streams.heads([name])[name] == 0
    assert tallying.fold_all() == 1
    assert streams.after(name, 0)[0].body == {"total": 12}
    assert tallying.fold_all() == 0


def test_the_topic_of_live_results_is_for_whoever_may_see_them(answered, researcher, alice, charlie):
    from surveys.live_topics import results

    assert results(researcher, "doing:results") == f"survey:{answered.pk}:results"
    assert results(alice, "doing:results") is None
    assert results(researcher, "doing:drafts") is None
    assert results(researcher, "nothing:results") is None


def test_a_table_of_two_questions_says_what_is_significant(client, researcher, answered):
    client.force_login(researcher)
    page = analysis(client, answered, row="nps", column="size").content.decode()
    assert "Chi-square 12.00, 1 degrees of freedom" in page
    assert "<strong>A</strong>" in page


def test_the_letters_of_a_table_are_held_to_the_number_of_pairs():
    choices = [{"value": value, "text": value} for value in "abc"]
    question = {"choices": choices, "several": False}
    pairs = [("a", "a", 1.0)] * 30 + [("b", "a", 1.0)] * 10 + [("a", "b", 1.0)] * 10 + [("b", "b", 1.0)] * 30 + [("c", "c", 1.0)] * 2
    table = crosstabs.cross(question, question, pairs)
    assert table.rows[0][1][0].letters[0] == "B"
    assert table.rows[1][1][1].letters[0] == "A"
    assert table.test.is_thin


def test_a_difference_that_is_told_of_two_columns_is_none_among_six_pairs():
    """60 of 100 against 45: p = 0.034 alone; Holm's for the smallest of six is 0.2."""

    def letters(**chosen):
        columns = {"choices": [{"value": name, "text": name} for name in chosen], "several": False}
        rows = {"choices": [{"value": name, "text": name} for name in ("yes", "no")], "several": False}
        pairs = [("yes" if n < yes else "no", name, 1.0) for name, yes in chosen.items() for n in range(100)]
        return [cell.letters for cell in crosstabs.cross(rows, columns, pairs).rows[0][1]]

    assert letters(a=60, b=45) == ["B", ""]
    assert letters(a=60, b=45, c=52, d=53) == ["", "", "", ""]
    assert letters(a=80, b=45, c=52, d=53) == ["BCD", "", "", ""]


def test_a_selection_by_answers_and_by_facts(client, researcher, answered, crowd):
    client.force_login(researcher)
    only = json.dumps(["size", json.dumps("1-9")])
    assert "6 answers" in analysis(client, answered, only=only).content.decode()
    for member in crowd[:3]:
        member.locale = "zh-hans"
        member.save()
    page = analysis(client, answered, locale="zh-hans").content.decode()
    assert "Fewer than 5 people" in page


def test_a_choice_of_members_that_leaves_few_others_is_not_shown_for_they_would_follow_from_it(client, researcher, answered, crowd):
    client.force_login(researcher)
    some_speak_chinese(crowd, *range(9))
    page = analysis(client, answered, locale="zh-hans").content.decode()
    assert "All but fewer than 5 people: not shown, as the others would follow from it." in page
    assert "From wave to wave" not in page
    assert "survey-chart" not in page


def test_one_filter_after_another_tells_of_no_few(client, researcher, answered, crowd):
    """Of twelve six are small firms; six speak Chinese, five of them of small firms: the sixth is told by neither page."""
    client.force_login(researcher)
    some_speak_chinese(crowd, 0, 1, 2, 3, 4, 6)
    whole, some = (analysing.analyse(answered, Selection(locale=locale)) for locale in ("", "zh-hans"))
    bars = [{bar.text: bar.count for bar in next(each for each in found.summaries if each.name == "size").bars} for found in (whole, some)]
    assert bars[0] == {"1-9": 6, "10-99": 6, "100+": 0}
    assert bars[1] == {"1-9": None, "10-99": None, "100+": 0}
    only = json.dumps(["size", json.dumps("1-9")])
    for filters in ({"only": only}, {"only": only, "locale": "en"}, {"only": only, "locale": "zh-hans"}):
        page = analysis(client, answered, **filters).content.decode()
        assert ("people: not shown" in page) == ("locale" in filters), filters
    crossed = analysing.analyse(answered, Selection(locale="zh-hans"), row="nps", column="size").table
    assert all(cell.is_hidden for _title, cells in crossed.rows for cell in cells if cell.count)


def test_words_of_all_but_a_few_are_not_shown_for_the_others_would_follow(client, researcher, answered, crowd):
    client.force_login(researcher)
    address = f"/admin/surveys/{answered.pk}/words/why/"
    some_speak_chinese(crowd, *range(6, 12))
    page = client.get(address, {"locale": "zh-hans"}).content.decode()
    assert "too slow 11" in page
    crowd[11].locale = "en"
    crowd[11].save()
    for narrower in ({}, {"q": "too"}, {"word": "slow"}):
        page = client.get(address, {"locale": "zh-hans", **narrower}).content.decode()
        assert "All but fewer than 5 people: not shown, as the others would follow from it." in page, narrower
        assert "too slow" not in page
    assert "Fewer than 5 people: not shown." in client.get(address, {"locale": "zh-hans", "q": "slow 7"}).content.decode()


def test_answers_are_weighted_to_the_population(client, researcher, answered):
    client.force_login(researcher)
    address = f"/admin/surveys/{answered.pk}/margins/"
    refused = client.post(address, {"question": "size", "shares": "1-9 = 80\n10-99 = 15"})
    assert (refused.status_code, "1-9 = 80\n10-99 = 15</textarea>" in refused.content.decode()) == (422, True)
    answered.refresh_from_db()
    assert answered.margins == {}
    client.post(address, {"question": "size", "shares": "1-9 = 80\n10-99 = 20"})
    answered.refresh_from_db()
    assert answered.margins == {"size": {'"1-9"': 0.8, '"10-99"': 0.2}}
    page = analysis(client, answered, weighted="on").content.decode()
    assert "weighted; they weigh as much as 9 unweighted ones" in page
    assert "8.4" in page  # 0.8 × 10 + 0.2 × 2


def test_weights_that_no_answer_can_carry_are_refused_in_words(client, researcher, answered):
    answered.margins = {"size": {'"1-9"': 0.5, '"100+"': 0.5}}
    answered.save()
    client.force_login(researcher)
    response = analysis(client, answered, weighted="on")
    assert response.status_code == 422
    assert "cannot be weighted: size" in response.content.decode()


def test_open_answers_are_searched(client, researcher, answered):
    client.force_login(researcher)
    address = f"/admin/surveys/{answered.pk}/words/why/"
    assert client.get(address, {"q": "太慢 7"}).content.decode().count("too slow") == 1
    assert client.get(f"/admin/surveys/{answered.pk}/words/nps/").status_code == 404


def test_a_word_of_the_results_leads_to_the_answers_that_hold_it(client, researcher, alice, answered):
    answering.complete(answered, member=alice, data={"nps": 1, "why": "Too slowly; 库存不准"})
    client.force_login(researcher)
    results = client.get("/surveys/doing/results/").content.decode()
    address = f"/admin/surveys/{answered.pk}/words/why/"
    assert f'href="{address}?word=slow"' in results
    assert f'<form class="row survey-find" method="get" action="{address}"' in results
    page = client.get(address, {"word": "slow"}).content.decode()
    assert "Answers with “slow”" in page
    assert (page.count("too slow"), page.count("Too slowly")) == (6, 0)
    assert client.get(address, {"word": "库存"}).content.decode().count("Too slowly") == 1
    assert client.get(address, {"word": "库"}).content.decode().count("Too slowly") == 0
    assert "<td>6</td><td>6</td>" in page  # slow: six times, in six answers


def test_words_of_a_few_members_are_hidden_where_answers_are_chosen_by_who_gave_them(client, researcher, answered, crowd):
    for member in crowd[6:]:
        member.locale = "zh-hans"
        member.save()
    submission = Submission.objects.filter(data__has_key="why").first()
    submission.data["why"] += " secret secret"
    submission.save()
    client.force_login(researcher)
    address = f"/admin/surveys/{answered.pk}/words/why/"
    assert ">secret</a>" in client.get(address).content.decode()
    chosen = client.get(address, {"locale": "zh-hans"}).content.decode()
    assert ">slow</a>" in chosen
    assert ">secret</a>" not in chosen
    for narrowed in ({"word": "secret"}, {"q": "secret"}, {"q": "7"}):
        page = client.get(address, {"locale": "zh-hans", **narrowed}).content.decode()
        assert "Fewer than 5 people" in page
        assert "too slow" not in page
    assert client.get(address, {"locale": "klingon"}).status_code == 422


def test_what_researchers_may_a_marketer_may_not(client, moderator, answered):
    client.force_login(moderator)
    for page in ("analysis/", "words/why/", "codebook.csv", "charts/nps.svg"):
        assert client.get(f"/admin/surveys/{answered.pk}/{page}").status_code == 404
    assert client.post(f"/admin/surveys/{answered.pk}/exports/", {"format": "sav"}).status_code == 404


def test_a_chart_is_a_file_that_stands_alone(client, researcher, answered):
    client.force_login(researcher)
    response = client.get(f"/admin/surveys/{answered.pk}/charts/size.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert b'fill="#fff"' in response.content
    assert response.content.count(b'class="survey-chart-bar"') == 3
    few = client.get(f"/admin/surveys/{answered.pk}/charts/size.svg", {"only": json.dumps(["size", json.dumps("1-9")])})
    assert few.content.count(b">100 %</text>") == 1
    assert client.get(f"/admin/surveys/{answered.pk}/charts/size.svg", {"locale": "zh-hans"}).status_code == 404
    assert not Tally.objects.exclude(questionnaire=answered).exists()
