"""The results page in a real browser: its charts as files, and its report on paper."""

import pytest

from surveys import analysing, answering, counting_on, tallying
from tests.browser.conftest import CHROMIUM
from tests.conftest import member_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]
RESULTS = "/surveys/doing/results/"


@pytest.fixture
def answered(questionnaire, harbour):
    for number in range(6):
        data = {"nps": 3, "size": "1-9", "why": "太慢，库存不准"} if number % 2 else {"nps": 9, "size": "10-99"}
        answering.complete(questionnaire, member=member_of(harbour, f"c{number}@harbour.example", f"Crowd {number}"), data=data)
    tallying.current(questionnaire)
    return questionnaire


@pytest.fixture
def results(device, researcher, answered):
    def open_results(path=RESULTS, *, shows="#survey-results", **context):
        page = device(researcher, path, shows=shows, **context)
        page.on("console", lambda said: page.mistakes.append(said.text) if "Content Security Policy" in said.text else None)
        return page

    return open_results


def test_a_chart_is_saved_as_a_drawing_and_as_a_picture_under_the_strict_policy(results, tmp_path):
    from PIL import Image

    page = results()
    with page.expect_download() as drawing:
        page.get_by_role("link", name="Chart as SVG (How many are you?)").click()
    assert drawing.value.suggested_filename == "doing-size.svg"
    assert drawing.value.path().read_text().startswith("<svg xmlns=")
    with page.expect_download() as picture:
        page.get_by_role("button", name="Chart as PNG (How many are you?)").click()
    assert picture.value.suggested_filename == "doing-size.png"
    with Image.open(picture.value.path()) as seen:
        assert seen.size == (2 * 610, 2 * 134)
        assert len(seen.convert("RGB").getcolors(100_000)) > 10  # not an empty sheet
    assert page.mistakes == []


def test_without_script_the_drawing_can_still_be_had_and_no_button_leads_nowhere(results):
    page = results(java_script_enabled=False)
    with page.expect_download() as drawing:
        page.get_by_role("link", name="Chart as SVG (How many are you?)").click()
    assert drawing.value.suggested_filename == "doing-size.svg"
    assert page.get_by_role("button", name="Chart as PNG").count() == 0
    assert page.get_by_role("button", name="Print or save as PDF").count() == 0


def test_a_choice_among_many_answers_counts_on_by_itself_until_its_figures_are_there(results, questionnaire, monkeypatch):
    monkeypatch.setattr(analysing, "STEP", 1)
    monkeypatch.setattr(counting_on, "AT_ONCE", 1)
    monkeypatch.setattr(counting_on, "SECONDS", 0)
    page = results(f"/admin/surveys/{questionnaire.pk}/analysis/?locale=en", shows="#survey-counting progress")
    assert page.get_by_role("progressbar", name="Answers read").get_attribute("max") == "6"
    page.wait_for_selector(".survey-answer")
    assert page.locator(".survey-answer").inner_text() == "6 answers"
    assert page.locator("#survey-counting").count() == 0
    assert page.mistakes == []


def test_a_cross_tab_is_saved_as_a_picture_from_the_back_office(results, questionnaire, tmp_path):
    from PIL import Image

    for width in (1280, 390):
        page = results(
            f"/admin/surveys/{questionnaire.pk}/analysis/?row=nps&column=size",
            shows=".survey-crosstab",
            viewport={"width": width, "height": 800},
        )
        with page.expect_download() as picture:
            page.get_by_role("button", name="Chart as PNG (Would you recommend us? × How many are you?)").click()
        assert picture.value.suggested_filename == "doing-crosstab.png"
        with Image.open(picture.value.path()) as seen:
            assert len(seen.convert("RGB").getcolors(100_000)) > 10
        assert page.get_by_role("img", name="Would you recommend us? × How many are you?").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert page.mistakes == []


def test_on_paper_the_results_are_a_report_without_the_pages_handles(results):
    for path, fieldwork in ((RESULTS, "Fieldwork"), (f"/zh-hans{RESULTS}", "调查时间")):
        page = results(path, color_scheme="dark")
        assert not page.locator(".survey-report-facts").is_visible()
        page.emulate_media(media="print")
        assert fieldwork in page.locator(".survey-report-facts").inner_text()
        assert page.locator(".survey-chart").first.is_visible()
        assert page.locator("table.survey-bars").first.is_visible()
        for handle in (".site-header", "[data-print]", "[data-png]", ".survey-find"):
            assert not page.locator(handle).first.is_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        assert page.pdf().startswith(b"%PDF-")
