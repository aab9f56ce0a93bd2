"""Files of answers: read back as they were, of words that try to be formulas too, and of very long ones."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from surveys import answering, delivering, publishing
from surveys.models import Export, Submission


def made(client, questionnaire, format_):
    client.post(f"/admin/surveys/{questionnaire.pk}/exports/", {"format": format_})
    delivering.make_waiting()
    export = Export.objects.first()
    assert (export.state, export.problem) == ("done", "")
    return export, b"".join(client.get(f"/admin/surveys/{questionnaire.pk}/exports/{export.pk}/").streaming_content)


def test_the_headings_of_a_csv_and_a_workbook_run_nothing_either(client, researcher, store):
    asked = {
        "elements": [
            {"type": "text", "name": "=cmd|x", "title": "=1+1"},
            {"type": "matrix", "name": "@m", "columns": [1], "rows": ["-r"]},
        ]
    }
    survey = publishing.create(title="=Formulas", definition=asked)
    publishing.publish(survey)
    survey.refresh_from_db()
    client.force_login(researcher)
    for address in ("answers.csv", "codebook.csv"):
        answer = client.get(f"/admin/surveys/{survey.pk}/{address}")
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        cells = [cell for line in csv.reader(io.StringIO(text.decode("utf-8-sig"))) for cell in line]
        assert any("cmd" in cell for cell in cells)
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@")) and cell != "-9.0"] == []  # a number is none
    export, _content = made(client, survey, "xlsx")
    book = load_workbook(delivering.path_of(export))
    assert [cell.coordinate for sheet in book for line in sheet for cell in line if cell.data_type == "f"] == []


def test_very_long_names_labels_and_texts_come_back_from_spss_whole_or_cut_at_a_letter(client, researcher, alice, store):
    pyreadstat = pytest.importorskip("pyreadstat")
    pytest.importorskip("pandas")
    name, title = "满意度" * 40, "您对我们的服务有多满意？" * 40  # 360 and 1,440 bytes
    choices = [{"value": "好" * 100, "text": "非常满意" * 50}, {"value": "不" * 100, "text": "不满意" * 50}]
    asked = [
        {"type": "radiogroup", "name": name, "title": title, "choices": choices},
        {"type": "comment", "name": f"{name}二", "title": title},
        {"type": "comment", "name": "卷" * 30, "title": "x" * 300},
    ]
    survey = publishing.create(title="问卷" * 60, definition={"elements": asked})
    publishing.publish(survey)
    survey.refresh_from_db()
    long, longer = "长文" * 4_000, "很长的文字" * 4_000  # 24,000 and 60,000 bytes
    answering.complete(survey, member=alice, data={name: "好" * 100, f"{name}二": long, "卷" * 30: longer})
    client.force_login(researcher)
    export, _content = made(client, survey, "sav")
    frame, meta = pyreadstat.read_sav(delivering.path_of(export))
    rating, words, volume = meta.column_names
    assert all(each.encode() and len(each.encode()) <= 64 for each in meta.column_names)
    assert (frame[rating][0], frame[words][0]) == (1.0, long)
    cut = frame[volume][0]
    assert longer.startswith(cut.removesuffix("…"))
    assert cut.endswith("…")
    assert 32_760 < len(cut.encode()) <= 32_767
    label = meta.variable_value_labels[rating][1.0]
    assert choices[0]["text"].startswith(label.removesuffix("…"))
    assert title.startswith(meta.column_names_to_labels[rating].removesuffix("…"))
    export, _content = made(client, survey, "xlsx")
    book = load_workbook(delivering.path_of(export))
    assert list(book["answers"].values)[1][1:] == (long, longer)
    assert rating in next(iter(book["answers"].values))
    assert any(line[1] == title for line in book["codebook"].values)


def test_an_spss_file_read_back_is_the_data(client, researcher, answered, store):
    pyreadstat = pytest.importorskip("pyreadstat")
    pytest.importorskip("pandas")
    long = "长" * 150 + "!"
    submission = Submission.objects.filter(data__has_key="why").order_by("pk").first()
    submission.data["why"] = long
    submission.save()
    client.force_login(researcher)
    export, _content = made(client, answered, "sav")
    frame, meta = pyreadstat.read_sav(delivering.path_of(export), user_missing=True)
    rows = list(Submission.objects.filter(questionnaire=answered).order_by("pk").values_list("data", flat=True))
    assert list(frame["nps"]) == [row["nps"] for row in rows]
    assert list(frame["why"]) == [row.get("why", "") for row in rows]
    assert long in list(frame["why"])
    assert list(frame["used_mag"]) == [float("mag" in row["used"]) for row in rows]
    assert [meta.variable_value_labels["size"][value] for value in frame["size"]] == [row["size"] for row in rows]
    assert meta.column_names_to_labels["nps"] == "Would you recommend us?"
    assert meta.missing_ranges["nps"] == [{"lo": -9.0, "hi": -9.0}]
    assert meta.file_encoding == "UTF-8"


def test_a_workbook_holds_the_answers_and_the_codebook_and_runs_nothing(client, researcher, answered, store):
    from openpyxl import load_workbook

    client.force_login(researcher)
    export, _content = made(client, answered, "xlsx")
    book = load_workbook(delivering.path_of(export))
    lines = list(book["answers"].values)
    assert lines[0] == ("nps", "why", "used_forum", "used_mag", "used_events", "used_none", "size", "double")
    assert lines[-1][:4] == (2, "'=too slow 11, 太慢", 1, 0)
    assert lines[1][1] is None
    assert ("size", None, 1, "1-9") in list(book["codebook"].values)


@pytest.mark.parametrize("format_", ["csv", "json", "docx"])
def test_every_other_file_can_be_had(client, researcher, answered, store, format_):
    client.force_login(researcher)
    _export, content = made(client, answered, format_)
    if format_ == "json":
        assert len(json.loads(content)["answers"]) == 12
    elif format_ == "csv":
        assert len(content.decode("utf-8-sig").splitlines()) == 13
    else:
        assert content[:2] == b"PK"


def test_a_file_that_cannot_be_made_says_so_and_stops_no_other(client, researcher, answered, store, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setitem(delivering.MAKERS, "json", broken)
    delivering.ask_for(answered, format="json", by=researcher)
    delivering.ask_for(answered, format="csv", by=researcher)
    assert delivering.make_waiting() == 2
    assert set(Export.objects.values_list("format", "state")) == {("json", "failed"), ("csv", "done")}


def test_question_names_become_variable_names_that_spss_takes():
    from surveys.tabulating import fit_name

    taken = set()
    assert [fit_name(name, taken) for name in ("a b", "A_B", "1st", "and", "满意度", "x" * 90)] == [
        "a_b",
        "A_B_2",
        "v_1st",
        "v_and",
        "满意度",
        "x" * 56,
    ]


def test_a_workbook_of_odd_texts_and_numbers_is_read_back_as_it_was(tmp_path):
    from openpyxl import load_workbook

    rows = [["<a & b>", " spaces ", "新\n行", "control \x0b gone", None], [1, 2.5, -9.0, 1e20, True]]
    delivering.write_workbook(tmp_path / "odd.xlsx", {"first & last": iter(rows), "二": [["=1+1"]]})
    book = load_workbook(tmp_path / "odd.xlsx")
    assert book.sheetnames == ["first & last", "二"]
    assert list(book["first & last"].values) == [("<a & b>", " spaces ", "新\n行", "control  gone", None), (1, 2.5, -9, 1e20, 1)]
    assert list(book["二"].values) == [("'=1+1",)]
