"""Files of answers with words that try to be formulas, and with very long ones."""

import csv
import io

import pytest
from openpyxl import load_workbook

from surveys import answering, delivering, publishing
from surveys.models import Export


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(delivering, "store", lambda: tmp_path)
    return tmp_path


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
