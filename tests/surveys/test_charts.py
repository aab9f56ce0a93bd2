"""Charts of cross-tabs and waves: what they show, what they hide, and that they can be kept."""

from xml.etree import ElementTree

import pytest
from django.utils import translation

from surveys import analysing, answering, charts, crosstabs, publishing, tallying
from surveys.analysing import Selection
from surveys.crosstabs import cross
from surveys.drawings import PLAIN, Box, as_svg, short, width_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def answered(questionnaire, crowd):
    """Six promoters of small firms, six detractors of larger ones."""
    for number, member in enumerate(crowd):
        data = {"nps": 10, "size": "1-9", "used": ["forum"]} if number < 6 else {"nps": 2, "size": "10-99", "used": ["forum", "mag"]}
        answering.complete(questionnaire, member=member, data=data)
    return questionnaire


@pytest.fixture
def second_wave(answered, definition, crowd):
    second = publishing.create(title="Second wave", definition=definition, slug="second", previous_wave=answered)
    publishing.publish(second)
    second.refresh_from_db()
    for number, member in enumerate(crowd):
        answering.complete(second, member=member, data={"nps": 9 if number % 2 else 10})
    return second


def question(*values, several=False):
    return {"choices": [{"value": value, "text": value.upper()} for value in values], "several": several}


def words(svg):
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_cross_tab_has_a_chart_with_a_name_beside_its_table_and_as_a_file(client, researcher, answered):
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{answered.pk}/analysis/", {"row": "nps", "column": "size"}).content.decode()
    address = f"/admin/surveys/{answered.pk}/crosstab.svg?row=nps&amp;column=size"
    assert f'href="{address}" download' in page
    assert f'data-png="{address}" data-name="doing-crosstab.png"' in page
    assert "How are you" not in page
    drawn = page[page.index('<svg xmlns="http://www.w3.org/2000/svg" class="survey-chart"') :]
    drawing = ElementTree.fromstring(drawn[: drawn.index("</svg>") + 6])
    title, about = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert title.text == "Would you recommend us? × How many are you?"
    assert "told apart by letter and pattern" in about.text
    assert (drawing.get("aria-labelledby"), drawing.get("aria-describedby")) == (title.get("id"), about.get("id"))
    assert "<td>6</td><td>6</td><td>0</td>" in page  # how many people stand behind each column

    response = client.get(address.replace("&amp;", "&"))
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == 'attachment; filename="doing-crosstab.svg"'
    said = words(response.content.decode())
    assert "1-9 (n = 6)" in said
    assert said.count("100 %") == 2
    assert "B" in said[said.index("100 %") :]  # the letter of what differs


def test_no_chart_is_made_of_questions_that_cannot_be_crossed(client, researcher, answered):
    client.force_login(researcher)
    for asked in ({}, {"row": "nps"}, {"row": "why", "column": "size"}, {"row": "nps", "column": "size", "locale": "zh-hans"}):
        assert client.get(f"/admin/surveys/{answered.pk}/crosstab.svg", asked).status_code == 404
    assert client.get(f"/admin/surveys/{answered.pk}/trends/nps.svg").status_code == 404


def test_waves_are_a_line_in_a_band_beside_their_table_and_as_a_file(client, researcher, second_wave):
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{second_wave.pk}/analysis/").content.decode()
    address = f"/admin/surveys/{second_wave.pk}/trends/nps.svg"
    assert f'href="{address}" download' in page
    assert "+3.50" in page
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="second-nps-waves.svg"'
    drawing = response.content.decode()
    said = words(drawing)
    assert [word for word in said if word in ("0", "10", "1 · How are we doing?", "2 · How are we doing?", "n = 12", "6.00", "9.50 *")] == [
        "0", "10", "6.00", "1 · How are we doing?", "n = 12", "9.50 *", "2 · How are we doing?", "n = 12",
    ]  # fmt: skip
    assert drawing.count('class="survey-chart-band"') == 1
    assert client.get(f"/admin/surveys/{second_wave.pk}/trends/size.svg").status_code == 404


def test_each_row_of_a_matrix_has_its_chart(client, researcher, alice):
    rows = {"type": "matrix", "name": "how", "title": "How good?", "columns": ["bad", "good"], "rows": ["speed", "words"]}
    survey = publishing.create(title="Matrix", definition={"elements": [rows]}, slug="matrix")
    publishing.publish(survey)
    survey.refresh_from_db()
    answering.complete(survey, member=alice, data={"how": {"speed": "good"}})
    client.force_login(researcher)
    page = client.get("/surveys/matrix/results/").content.decode()
    assert 'href="/surveys/matrix/results/how.speed.svg" download' in page
    assert "How good? speed" in words(client.get("/surveys/matrix/results/how.speed.svg").content.decode())
    assert client.get(f"/admin/surveys/{survey.pk}/charts/how.speed.svg").status_code == 200
    assert client.get("/surveys/matrix/results/how.words.svg").status_code == 404  # nobody answered it


def test_who_may_not_see_answers_sees_no_chart_of_them(client, moderator, alice, second_wave):
    for member, refusal in ((moderator, 404), (alice, 403)):
        client.force_login(member)
        for page in ("crosstab.svg?row=nps&column=size", "trends/nps.svg", "words/why/codes.svg?by=size"):
            assert client.get(f"/admin/surveys/{second_wave.pk}/{page}").status_code == refusal


def test_hidden_cells_have_no_bar_and_none_is_hidden_alone():
    pairs = [(row, "x", 1.0) for row, count in (("a", 8), ("b", 3), ("c", 9)) for _each in range(count)]
    pairs += [(row, "y", 1.0) for row in "abc" for _each in range(10)]
    table = cross(question(*"abc"), question("x", "y"), pairs, least=5, is_private=True)
    hidden = [[cell.is_hidden for cell in cells] for _title, cells in table.rows]
    assert hidden[1][0]  # three people
    assert sum(row[0] for row in hidden) > 1  # else the column's total less the others would tell them
    assert all(sum(row) != 1 for row in hidden)
    drawing = charts.groups("T", table, least=5)
    shown = [box for box in drawing.marks if isinstance(box, Box)]
    assert len(shown) == 2 + sum(not cell for row in hidden for cell in row)  # two of the legend
    assert "fewer than 5, or hidden to protect them" in words(as_svg(drawing))
    open_table = cross(question(*"abc"), question("x", "y"), pairs)
    assert not open_table.has_hidden


def test_a_column_of_few_people_is_neither_drawn_nor_counted_out():
    pairs = [("a", "x", 1.0)] * 3 + [("a", "y", 1.0)] * 20 + [("b", "y", 1.0)] * 20 + [("b", "z", 1.0)] * 12
    table = cross(question("a", "b"), question("x", "y", "z"), pairs, least=5, is_private=True)
    assert table.heads[0] == ("X", "A", None)
    assert all(cells[0].is_hidden for _title, cells in table.rows)
    assert "X" in words(as_svg(charts.groups("T", table, least=5)))
    assert "X (n = 3)" not in words(as_svg(charts.groups("T", table, least=5)))
    assert all("A" not in cell.letters for _title, cells in table.rows for cell in cells)


def test_weights_do_not_hide_the_number_of_people():
    pairs = [("a", "x", 0.5)] * 8 + [("b", "x", 2.0)] * 8
    table = cross(question("a", "b"), question("x"), pairs, least=5, is_private=True)
    assert not table.has_hidden
    assert table.rows[0][1][0].share == pytest.approx(20)
    assert table.bases == [16]


def test_columns_are_told_apart_by_pattern_and_letter_without_colour():
    columns = question(*"abcdef")
    table = cross(question("q"), columns, [("q", each, 1.0) for each in "abcdef"])
    drawing = charts.groups("T", table)
    legend = [box for box in drawing.marks if isinstance(box, Box)][:6]
    assert len({(box.pattern, box.tone) for box in legend}) == 6
    assert len({box.pattern for box in legend[:5]}) == 5
    svg = as_svg(drawing)
    assert all(f"#{part.split(')')[0]}" in svg for part in svg.split("url(#")[1:])
    assert [f"{letter}" for letter in "ABCDEF"] == [word for word in words(svg)[:12] if len(word) == 1]


def test_columns_that_share_people_are_not_compared_and_the_page_says_so(client, researcher, answered):
    client.force_login(researcher)
    page = client.get(f"/admin/surveys/{answered.pk}/analysis/", {"row": "size", "column": "used"}).content.decode()
    assert "somebody may stand in several of them" in page
    assert "A letter says" not in page
    page = client.get(f"/admin/surveys/{answered.pk}/analysis/", {"row": "used", "column": "size"}).content.decode()
    assert "A letter says" in page


def test_results_without_answers_say_what_comes_next(client, researcher, questionnaire):
    client.force_login(researcher)
    page = client.get("/surveys/doing/results/").content.decode()
    assert "No answers yet" in page
    assert f'href="/admin/surveys/{questionnaire.pk}/"' in page
    assert "survey-summary" not in page


def test_a_table_of_too_many_bars_has_no_chart():
    many = [f"v{number}" for number in range(20)]
    assert charts.groups("T", cross(question(*many), question(*many), [])) is None


def test_charts_are_drawn_in_the_readers_language(answered, researcher):
    with translation.override("zh-hans"):
        findings = analysing.analyse(answered, Selection(), row="used", column="size")
        svg = as_svg(charts.groups(findings.table_title, findings.table), standalone=True)
    assert "各列以字母和花纹区分" in svg
    assert "Noto Sans CJK SC" in svg
    ElementTree.fromstring(svg)


def test_what_is_written_in_a_chart_is_text_and_fits_its_place():
    table = cross(question("q"), {"choices": [{"value": "x", "text": "<script>&" + "很长的选项" * 20}]}, [("q", "x", 1.0)])
    svg = as_svg(charts.groups("<b>", table), standalone=True)
    assert "<script>" not in svg
    assert ElementTree.fromstring(svg).find(f"{SVG}title").text == "<b>"
    assert all(width_of(word) <= charts.BAR + 60 for word in words(svg))
    assert short("很长的选项", 40) == "很长…"
    assert set(PLAIN) >= {"ink", "soft", "bar", "other"}


def test_all_answers_are_told_from_the_running_counts_without_reading_them(answered, monkeypatch):
    whole = analysing.analyse(answered, Selection(), row="nps", column="size")
    monkeypatch.setattr(analysing, "read_on", lambda *_args: pytest.fail("the answers were read"))
    counted = analysing.analyse(answered, Selection())
    assert (counted.total, counted.summaries, counted.effective) == (whole.total, whole.summaries, whole.effective)
    assert tallying.current(answered).total == 12


def test_a_large_private_table_is_judged_in_bounded_time():
    import random
    import time

    drawn = random.Random(7)
    rows, columns = [f"r{n}" for n in range(60)], [f"c{n}" for n in range(crosstabs.COLUMNS_MOST)]
    pairs = [(drawn.choice(rows), drawn.choice(columns), 1.0) for _each in range(4_000)]
    began = time.process_time()
    table = cross(question(*rows), question(*columns), pairs, least=5, is_private=True)
    assert table.has_hidden
    assert time.process_time() - began < 15
