"""The PDF report: made by the page and the round, read back as a reader of it would."""

import io
import json

import pytest
from pypdf import PdfReader

from members.models import Segment
from surveys import answering, delivering, inviting, publishing, rejecting
from surveys import report as reports
from surveys.models import Export, Submission
from tests.conftest import member_of


@pytest.fixture
def answered(questionnaire, crowd):
    """Six promoters of small firms, six detractors of larger ones who say why."""
    for number, member in enumerate(crowd):
        data = {"nps": 10, "size": "1-9", "used": ["forum", "mag"]} if number < 6 else {"nps": 2, "size": "10-99", "why": "库存盘点太慢"}
        answering.complete(questionnaire, member=member, data=data)
    return questionnaire


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(delivering, "store", lambda: tmp_path)
    return tmp_path


def asked(client, questionnaire, **wanted):
    """What the page's button sends."""
    return client.post(f"/admin/surveys/{questionnaire.pk}/exports/", {"format": "pdf", **wanted})


def read(client, questionnaire):
    """The report's pages as text, lines joined: in Chinese a line may end anywhere."""
    delivering.make_waiting()
    export = Export.objects.first()
    assert (export.state, export.problem) == ("done", "")
    content = b"".join(client.get(f"/admin/surveys/{questionnaire.pk}/exports/{export.pk}/").streaming_content)
    document = PdfReader(io.BytesIO(content))
    return document, " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_a_report_says_how_it_was_asked_what_was_answered_and_how_to_read_it(client, researcher, answered, crowd, alice):
    inviting.invite(answered, [*crowd[:3], alice])
    rejecting.reject(Submission.objects.order_by("pk").last(), by=researcher, reason="in haste")
    client.force_login(researcher)
    page = client.get("/surveys/doing/results/").content.decode()
    assert f'action="/admin/surveys/{answered.pk}/exports/"' in page
    assert 'value="pdf"' in page
    assert asked(client, answered)["Location"] == f"/admin/surveys/{answered.pk}/analysis/#files"
    document, text = read(client, answered)
    for words in (
        "How are we doing?",
        "Open · Every member · by name",
        "Answers (n) 11",
        "Response rate 3 of 4 invited: 75.0 %",
        "1 rejected and left out",
        "1. Would you recommend us? 11 of 11 answered",
        "Mean: 6.36 (95 % interval 3.56 to 9.17)",
        "Net promoter score: share of 9–10 less share of 0–6: 9.1 (95 % interval -49.8 to 67.9)",
        "54.5 % 28.0–78.7 %",
        "2. What went wrong? 5 of 11 answered",
        "Words that came up, and in how many answers:",
        "盘点 5",
        "3. What do you use?",
        "(Wilson)",
        "answers themselves are not quoted here",
        "Page 2",
    ):
        assert words in text, words
    assert "库存盘点太慢" not in text
    assert document.metadata.title == "How are we doing?"
    assert next(entry.title for entry in document.outline) == "1. Would you recommend us?"


def test_a_report_of_a_chinese_reader_is_chinese_and_can_be_searched(client, researcher, answered):
    researcher.locale = "zh-hans"
    researcher.save()
    client.force_login(researcher)
    asked(client, answered, row="nps", column="size")
    document, text = read(client, answered)
    for words in ("我们做得怎么样？", "调查时间", "回收率", "份作答", "净推荐值", "95 % 区间", "如何阅读", "人数（n）", "卡方 12.00"):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert document.metadata.title == "我们做得怎么样？"
    about = document.trailer["/Root"]
    assert (about["/Lang"], about["/PageMode"], about["/ViewerPreferences"]["/DisplayDocTitle"]) == ("zh-Hans", "/UseOutlines", True)
    assert document.metadata.subject == "问卷报告"


def test_a_report_is_of_what_was_chosen_and_crosses_the_two_questions(client, researcher, answered):
    client.force_login(researcher)
    only = json.dumps(["size", json.dumps("1-9")])
    page = client.get(f"/admin/surveys/{answered.pk}/analysis/", {"row": "used", "column": "size", "only": only}).content.decode()
    assert '<input type="hidden" name="row" value="used">' in page
    back = asked(client, answered, row="used", column="size", only=only)["Location"]
    assert "row=used&column=size" in back or "only=" in back
    assert client.get(back.partition("#")[0]).context["kept"] == {"row": "used", "column": "size", "only": only}
    _document, text = read(client, answered)
    assert "Of these answers Only who answered: How many are you?: 1-9" in text
    assert "Answers chosen (n) 6" in text
    assert "What do you use? × How many are you?" in text
    assert "100.0 % (6) [61–100]" in text
    assert "People (n) 6 0 0" in text
    assert "盘点" not in text  # what the others said
    assert "of a selection" in client.get(f"/admin/surveys/{answered.pk}/analysis/").content.decode()


def test_waves_are_in_the_report(client, researcher, answered, definition, crowd):
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=answered)
    publishing.publish(second)
    second.refresh_from_db()
    for number, member in enumerate(crowd):
        answering.complete(second, member=member, data={"nps": 9 if number % 2 else 10})
    client.force_login(researcher)
    asked(client, second)
    _document, text = read(client, second)
    assert "From wave to wave" in text
    assert "12 9.50 9.17–9.83 +3.50 *" in text


def test_small_cells_of_chosen_members_are_hidden_as_on_the_page(client, researcher, answered, crowd, harbour):
    for member in crowd[3:]:
        member.locale = "zh-hans"
        member.save()
    others = [member_of(harbour, f"o{number}@crowd.example", f"Other {number}") for number in range(6)]
    for member in others:
        answering.complete(answered, member=member, data={"nps": 2, "size": "10-99"})
    client.force_login(researcher)
    asked(client, answered, locale="zh-hans", row="nps", column="size")
    _document, text = read(client, answered)
    assert "Answers chosen (n) 9" in text
    assert "fewer than 5, or hidden to protect them" in text
    assert "Groups of fewer than 5 people are hidden" in text
    crossed = text[text.index("Would you recommend us? × How many are you?") :]
    assert "(n = 3)" not in crossed
    assert "(3)" not in crossed
    assert "People (n) < 5 6 0" in crossed

    for member in others:
        member.locale = "zh-hans"
        member.save()
    asked(client, answered, locale="zh-hans")
    _document, text = read(client, answered)
    assert "All but fewer than 5 people: not shown, as the others would follow from it." in text
    assert "1. Would you recommend us?" not in text

    asked(client, answered, locale="en")
    _document, text = read(client, answered)
    assert "Fewer than 5 people: not shown." in text
    assert "Answers chosen (n) < 5" in text
    assert "1. Would you recommend us?" not in text
    assert "盘点" not in text


def test_anonymous_answers_are_not_chosen_by_facts_of_members(client, researcher, anonymous, crowd):
    for member in crowd[:6]:
        answering.complete(anonymous, member=member, data={"nps": 9})
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{anonymous.pk}/analysis/").content.decode()
    assert 'name="customer_class"' not in page
    asked(client, anonymous, locale="en")
    _document, text = read(client, anonymous)
    assert "Answers (n) 6" in text
    assert "anonymous" in text
    assert "Of these answers" not in text


def test_the_response_rate_of_an_anonymous_survey_is_told_only_where_it_follows_from_the_counts(client, researcher, anonymous, crowd):
    inviting.invite(anonymous, crowd[:8])
    for member in crowd[:6]:
        answering.complete(anonymous, member=member, data={"nps": 9})
    client.force_login(researcher)
    asked(client, anonymous)
    assert "Response rate not known: answers are anonymous and others may answer too" in read(client, anonymous)[1]
    type(anonymous).objects.filter(pk=anonymous.pk).update(audience="invited")
    asked(client, anonymous)
    assert "Response rate 6 of 8 invited: 75.0 %" in read(client, anonymous)[1]


def test_weights_are_named_and_those_that_no_answer_can_carry_refuse_the_report_in_words(client, researcher, answered):
    client.force_login(researcher)
    client.post(f"/admin/surveys/{answered.pk}/margins/", {"question": "size", "shares": "1-9 = 80\n10-99 = 20"})
    asked(client, answered, weighted="on")
    _document, text = read(client, answered)
    assert "they weigh as much as 9 unweighted ones" in text
    assert "Mean: 8.40" in text
    type(answered).objects.filter(pk=answered.pk).update(margins={"size": {'"1-9"': 0.5, '"100+"': 0.5}})
    asked(client, answered, weighted="on")
    delivering.make_waiting()
    export = Export.objects.first()
    assert (export.state, export.problem) == ("failed", "These answers cannot be weighted: size")


def test_who_may_not_export_gets_no_report(client, moderator, alice, researcher, answered):
    client.force_login(researcher)
    asked(client, answered)
    delivering.make_waiting()
    export = Export.objects.get()
    for member, refusal in ((moderator, 404), (alice, 403)):
        client.force_login(member)
        assert asked(client, answered).status_code == refusal
        assert client.get(f"/admin/surveys/{answered.pk}/exports/{export.pk}/").status_code == refusal
    assert Export.objects.count() == 1
    type(answered).objects.filter(pk=answered.pk).update(results="answered")
    answering.complete(answered, member=alice, data={"nps": 9})
    page = client.get("/surveys/doing/results/").content.decode()
    assert 'value="pdf"' not in page
    assert "data-print" in page


def test_what_cannot_be_chosen_is_refused_and_a_segment_that_is_gone_widens_no_report(client, researcher, answered):
    client.force_login(researcher)
    asked(client, answered, locale="klingon")
    assert not Export.objects.exists()
    segment = Segment.objects.create(slug="all", name="All")
    asked(client, answered, segment=segment.pk)
    segment.delete()
    delivering.make_waiting()
    export = Export.objects.get()
    assert (export.state, export.problem) == ("failed", "What was chosen for this report can no longer be chosen.")
    assert not list(delivering.store().iterdir())


def test_the_report_tells_how_far_it_is_and_reads_no_answer_twice_into_memory(answered, monkeypatch, tmp_path):
    monkeypatch.setattr(reports.analysing, "STEP", 3)
    told = []
    reports.write(answered, tmp_path / "a.pdf", told.append, wanted={"row": "nps", "column": "size"})
    assert told == sorted(told)
    assert told[0] == 1
    assert told[-1] == 12
    assert len(told) > 6
    monkeypatch.setattr(reports.analysing, "read_on", lambda *_args: pytest.fail("the answers were read"))
    reports.write(answered, tmp_path / "b.pdf", told.append, wanted={})  # of all: from the running counts


def test_odd_and_long_words_are_printed_as_they_are(client, researcher, crowd):
    many = [{"value": f"v{number}", "text": f"<b>Choice</b> & {number} {'long ' * 30}"} for number in range(32)]
    columns = [{"value": f"c{number}", "text": f"Column {number} 😀 很长的列标题很长的列标题"} for number in range(26)]
    definition = {
        "title": "<i>Odd</i> & \x0b 奇怪 😀 Łódź Ελλάδα",
        "elements": [
            {"type": "dropdown", "name": "many", "title": "x" * 900, "choices": many},
            {"type": "radiogroup", "name": "wide", "title": "很长的问题" * 60, "choices": columns},
        ],
    }
    survey = publishing.create(title="Odd", definition=definition, slug="odd")
    publishing.publish(survey)
    survey.refresh_from_db()
    for number, member in enumerate(crowd):
        answering.complete(survey, member=member, data={"many": f"v{number}", "wide": f"c{number}"})
    client.force_login(researcher)
    asked(client, survey, row="many", column="wide")
    document, text = read(client, survey)
    assert "<b>Choice</b> & 31" in text
    assert "<i>Odd</i> &" in text
    assert "Łódź" in text.replace(" ", "")
    assert len(document.pages) < 60


def test_a_survey_without_answers_makes_a_report_that_says_so(client, researcher, questionnaire):
    client.force_login(researcher)
    asked(client, questionnaire)
    _document, text = read(client, questionnaire)
    assert "Answers (n) 0" in text
    assert "Nobody answered this yet." in text
