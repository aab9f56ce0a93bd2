"""django-survey's CSV and TeX reports under Chinese titles: they count what our results count, each survey in a file of its own."""

import csv
import io
import re

import pytest
from django.core.management import call_command
from survey.exporter.tex import Configuration
from survey.models import Survey

from surveys import adopting, answering, publishing, reading, record_exports, rejecting
from surveys.models import Submission
from surveys.record_exports import SafeTex, csv_text

ASKED = {
    "title": {"default": "客户满意度", "zh-cn": "客户满意度"},
    "elements": [
        {"type": "radiogroup", "name": "city", "title": "您在哪里？", "choices": ["上海", "北京", "其它 100%"]},
        {"type": "checkbox", "name": "used", "title": "用过什么？", "choices": ["论坛", "杂志", "it's new"], "showOtherItem": True},
        {"type": "rating", "name": "score", "title": "打几分？", "rateMax": 3},
        {"type": "matrix", "name": "grid", "title": "评价", "rows": ["速度", "质量"], "columns": ["好", "差"]},
        {"type": "text", "name": "number", "title": "几个人？", "inputType": "number"},
        {"type": "comment", "name": "words", "title": "还有_什么？"},
    ],
}
ANSWERS = [
    {"city": "上海", "used": ["论坛", "it's new"], "score": 3, "grid": {"速度": "好", "质量": "差"}, "number": 4, "words": "很好, 真的"},
    {"city": "北京", "used": ["论坛", "other"], "used-Comment": "微信", "score": 3, "grid": {"速度": "好"}, "number": 4},
    {"city": "上海", "score": 1, "words": r"\input{/etc/passwd} & 100% #1"},
    {"city": "其它 100%", "used": ["杂志"], "grid": {"质量": "好"}},
]


@pytest.fixture
def told(alice, bob, charlie, mei, db):
    """A survey under a Chinese title with the answers of four."""
    questionnaire = publishing.create(title="客户满意度", definition=ASKED, slug="satisfied")
    publishing.publish(questionnaire)
    questionnaire.refresh_from_db()
    for member, data in zip((alice, bob, charlie, mei), ANSWERS, strict=True):
        answering.complete(questionnaire, member=member, data=data)
    return questionnaire


def ours(questionnaire):
    """{title: {words: count}} of the results page, for what has choices; a matrix by its rows."""
    found = {}
    for summary in reading.all_results(questionnaire)[1]:
        rows = [(f"{summary.title}: {row.title}", row.bars) for row in summary.rows] or [(summary.title, summary.bars)]
        found |= {title: {bar.text: bar.count for bar in bars if bar.count} for title, bars in rows if bars}
    return found


def by_csv(survey, titles):
    """The same, counted from the CSV."""
    head, *lines = csv.reader(io.StringIO(csv_text(survey)))
    found = {}
    for title in titles:
        cells = [cell for line in lines for cell in line[head.index(title)].split("|") if cell]
        found[title] = {words: cells.count(words) for words in dict.fromkeys(cells)}
    return found


def by_tex(text, title, nth=0):
    """The counts of one chart of a question in the LaTeX report."""
    section = text.split(f"\\section{{{record_exports.tex(title)}}}")[1].split("\\clearpage{}")[0]
    pies = re.findall(r"\\pie(?:\[.*?\])?\{(.*?)\n\s*\}", section, re.DOTALL)
    return {words.strip(): int(count) for count, words in re.findall(r"(\d+)/([^,\n]+)", pies[nth])}


def straight(counts):
    return {words.replace("’", "'"): count for words, count in counts.items()}


def test_the_csv_counts_as_our_results_do(told):
    expected = ours(told)
    assert set(expected) == {"您在哪里？", "用过什么？", "打几分？", "评价: 速度", "评价: 质量"}
    found = by_csv(told.survey, expected)
    assert {title: straight(counts) for title, counts in found.items()} == expected
    head, *lines = csv.reader(io.StringIO(csv_text(told.survey)))
    assert [line[head.index("用过什么？ …")] for line in lines] == ["", "微信", "", ""]
    assert [line[0] for line in lines] == [submission.member.username for submission in Submission.objects.order_by("pk")]


def test_the_tex_report_counts_as_our_results_do(told):
    text = str(SafeTex(told.survey))
    for title, counts in ours(told).items():
        assert straight(by_tex(text, title)) == {record_exports.tex(words): count for words, count in counts.items()}
    assert by_tex(text, "几个人？") == {"4": 2}


def test_no_answer_is_a_command_in_the_report(told):
    text = str(SafeTex(told.survey))
    assert r"\input{" not in text
    assert r"\textbackslash{}input\{/etc/passwd\} \& 100\% \#1" in text
    assert r"\section{还有\_什么？}" in text


def test_the_report_brings_a_chinese_face_where_its_words_need_one(told, alice):
    head, _body = str(SafeTex(told.survey)).split(r"\begin{document}")
    assert r"\usepackage{xeCJK}" in head
    assert r"\setCJKmainfont" in head
    plain = publishing.create(title="Plain", definition={"elements": [{"type": "rating", "name": "r", "title": "Rate"}]})
    publishing.publish(plain)
    plain.refresh_from_db()
    answering.complete(plain, member=alice, data={"r": 4})
    assert "CJK" not in str(SafeTex(plain.survey))


def test_words_are_quoted_in_the_report_and_choices_drawn_no_wider_than_the_page(told, tmp_path):
    text = str(SafeTex(told.survey))
    words = text.split(r"\section{还有\_什么？}")[1]
    assert "\\begin{quote}\n很好, 真的\n\\end{quote}" in words
    assert r"\pie" not in words
    assert text.count(r"\resizebox{\ifdim\width>\textwidth") == text.count(r"\begin{tikzpicture}") == text.count(r"\end{tikzpicture}}") == 6
    chosen = str(SafeTex(told.survey, configured(tmp_path, "      chart: {type: cloud}\n", question="还有_什么？")))
    assert r"\pie" in chosen.split(r"\section{还有\_什么？}")[1]


def configured(tmp_path, charts, question="您在哪里？"):
    path = tmp_path / "charts.yaml"
    path.write_text(f"客户满意度:\n  questions:\n    {question}:\n{charts}", "utf-8")
    return Configuration(str(path))


OPTIONS = [
    ("min_cardinality: 2", {"上海": 2, "Other": 2}),
    ("filter: [北京, '其它 100%']", {"上海": 2}),
    ("group_together: {中国: [上海, 北京]}", {"中国": 3, r"其它 100\%": 1}),
    ("group_together: {'50%': ['其它 100%']}", {"上海": 2, "北京": 1, r"50\%": 1}),
    ("sort_answer: cardinal", {"上海": 2, "北京": 1, r"其它 100\%": 1}),
    ("group_by_letter_case: true", {"上海": 2, "北京": 1, r"其它 100\%": 1}),
]


@pytest.mark.parametrize(("option", "expected"), OPTIONS)
def test_the_options_of_its_charts_work(told, tmp_path, option, expected):
    text = str(SafeTex(told.survey, configured(tmp_path, f"      chart: {{{option}}}\n")))
    assert by_tex(text, "您在哪里？") == expected


def test_several_charts_of_a_question_work_each_with_its_own_options(told, tmp_path):
    charts = "      multiple_charts:\n        全部: {type: polar}\n        大城市: {filter: ['其它 100%']}\n"
    text = str(SafeTex(told.survey, configured(tmp_path, charts)))
    assert by_tex(text, "您在哪里？") == {"上海": 2, "北京": 1, r"其它 100\%": 1}
    assert by_tex(text, "您在哪里？", 1) == {"上海": 2, "北京": 1}
    assert "\\subsubsection{大城市}" in text


def test_one_question_by_another_counts_as_our_data_do(told):
    rows = {question.text: question for question in told.survey.questions.all()}
    found = rows["您在哪里？"].answers_cardinality(other_question=rows["打几分？"])
    expected = {}
    for data in Submission.objects.values_list("data", flat=True):
        cell = expected.setdefault(data["city"], {})
        score = str(data.get("score", "Left blank"))
        cell[score] = cell.get(score, 0) + 1
    assert found == expected


def test_rejected_answers_leave_its_reports_too_and_come_back(told, researcher):
    submission = Submission.objects.get(data__city="北京")
    rejecting.reject(submission, by=researcher, reason="Not meant")
    for _time in range(2):
        expected = ours(told)
        assert {title: straight(counts) for title, counts in by_csv(told.survey, expected).items()} == expected
        assert by_tex(str(SafeTex(told.survey)), "您在哪里？") == {
            record_exports.tex(words): n for words, n in expected["您在哪里？"].items()
        }
        rejecting.accept(submission)
    assert "北京" in ours(told)["您在哪里？"]


def test_the_reports_ask_few_questions_of_the_database(told, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        csv_text(told.survey)
    with django_assert_max_num_queries(30):
        str(SafeTex(told.survey))


def test_an_adopted_survey_under_a_chinese_title_counts_alike(alice, bob, db):
    from tests.surveys.test_adopting import answers_to, given_there, made

    survey = made(name="客户满意度")
    given_there(survey, alice)
    questionnaire, *_counts = adopting.adopt(survey)
    answering.complete(questionnaire, member=bob, data=answers_to(survey))
    expected = {title: counts for title, counts in ours(questionnaire).items() if "select_image" not in title}
    assert len(expected) == 3
    assert by_csv(survey, expected) == expected
    text = str(SafeTex(survey))
    for title, counts in expected.items():
        assert by_tex(text, title) == {record_exports.tex(words): count for words, count in counts.items()}


def test_the_command_writes_each_survey_to_a_file_of_its_own(told, settings, tmp_path, capsys):
    settings.CSV_DIRECTORY, settings.TEX_DIRECTORY = tmp_path / "csv", tmp_path / "tex"
    other = Survey.objects.create(name="另一个", need_logged_user=True)
    call_command("exportresult", "--survey-all", "--csv", "--tex", "--force")
    assert {path.name for path in tmp_path.glob("csv/*")} == {f"survey-{told.survey_id}.csv", f"survey-{other.pk}.csv"}
    assert {path.name for path in tmp_path.glob("tex/*")} == {f"survey-{told.survey_id}.tex", f"survey-{other.pk}.tex"}
    assert "上海" in (tmp_path / f"csv/survey-{told.survey_id}.csv").read_text("utf-8")
    call_command("exportresult", "--survey-id", str(told.survey_id), "--csv")
    assert "up to date" in capsys.readouterr().err
