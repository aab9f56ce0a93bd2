"""A survey built in a real browser: by mouse, and by keyboard alone, with the survey itself beside it."""

import pytest
from playwright.sync_api import expect

from surveys import publishing
from surveys.models import Questionnaire
from tests.browser.conftest import AXE, CHROMIUM, WCAG

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]
BLOCK = "[data-streamfield-child]:not([data-streamfield-child] [data-streamfield-child])"


@pytest.fixture
def empty(researcher):
    return publishing.create(title="Built", definition={"pages": [{"name": "page1", "elements": []}]}, created_by=researcher, slug="built")


def opened(device, researcher, survey):
    page = device(
        researcher, f"/admin/surveys/{survey.pk}/build/", shows="#survey-verdict :is(p, li)", viewport={"width": 1400, "height": 1000}
    )
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def blocks(page):
    return page.locator(f"#survey-builder {BLOCK}")


def add(page, label):
    page.locator("#survey-builder button[data-streamblock-menu-outer-container], #survey-builder .c-sf-add-button").last.click()
    page.get_by_placeholder("Search options").fill(label)
    page.get_by_role("option", name=label, exact=True).click()


def stored(survey):
    return Questionnaire.objects.get(pk=survey.pk).draft_definition["pages"][0]["elements"]


def test_a_survey_is_built_by_mouse_and_seen_beside(device, researcher, empty):
    page = opened(device, researcher, empty)
    add(page, "One of several")
    first = blocks(page).nth(1)
    first.get_by_label("Question · English").fill("Do you use it?")
    first.get_by_label("Question · 中文").fill("你在用吗？")
    first.get_by_role("textbox", name="Choices").fill("yes,Yes,在用\nno,No,没有")
    preview = page.frame_locator("#survey-frame")
    preview.get_by_text("Do you use it?").wait_for()
    add(page, "Long text")
    second = blocks(page).nth(2)
    second.get_by_label("Question · English").fill("Why not, if {question1}?")
    second.get_by_title("Settings").first.click()
    second.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Shown only if").click()
    second.get_by_role("button", name="Add", exact=True).click()
    second.locator("select.survey-choose").first.select_option("question1")
    second.locator("select.survey-choose").nth(1).select_option("no")
    preview.get_by_text("Why not").wait_for(state="detached")
    preview.get_by_text("No", exact=True).click()
    preview.get_by_text("Why not, if No?").wait_for()
    page.select_option("#survey-view-language", "zh-cn")
    preview.get_by_text("你在用吗？").wait_for()
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.wait_for_selector("#survey-verdict :is(p, li)")
    assert stored(empty) == [
        {
            "type": "radiogroup",
            "choices": [
                {"value": "yes", "text": {"default": "Yes", "zh-cn": "在用"}},
                {"value": "no", "text": {"default": "No", "zh-cn": "没有"}},
            ],
            "title": {"default": "Do you use it?", "zh-cn": "你在用吗？"},
            "name": "question1",
        },
        {"type": "comment", "title": "Why not, if {question1}?", "visibleIf": "{question1} = 'no'", "name": "question2"},
    ]
    grip = blocks(page).nth(2).locator('[data-streamfield-action="DRAG"]').first
    target = blocks(page).nth(1).locator(".w-panel__header").first
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 20, steps=12)
    page.mouse.move(box["x"] + 40, box["y"] - 5, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_text("Saved.").wait_for()
    assert [element["name"] for element in stored(empty)] == ["question2", "question1"]
    assert page.mistakes == []
    page.evaluate(AXE.read_text())
    found = page.evaluate("(tags) => axe.run('#survey-builder', {runOnly: {type: 'tag', values: tags}})", WCAG)
    assert [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]] == []


def test_a_survey_is_built_by_keyboard_alone(device, researcher, empty):
    page = opened(device, researcher, empty)

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    def tab_to(match, most=60):
        for _step in range(most):
            if page.evaluate("(match) => document.activeElement.matches(match)", match):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {match}")

    def insert(label):
        page.locator("#survey-builder .c-sf-add-button").last.focus()
        press("Enter")
        expect(page.get_by_placeholder("Search options")).to_be_focused()
        page.keyboard.type(label)
        expect(page.locator('[role="option"]')).to_have_count(1)
        press("ArrowDown", "Enter")
        expect(page.get_by_placeholder("Search options")).to_have_count(0)

    insert("Scale, rating")
    blocks(page).nth(1).wait_for()
    tab_to('input[name="body-1-value-title"]')
    page.keyboard.type("How was it?")
    tab_to('input[name$="-rateMin"]')
    page.keyboard.type("0")
    tab_to('input[name$="-rateMax"]')
    page.keyboard.type("10")
    insert("Yes or no")
    blocks(page).nth(2).wait_for()
    tab_to('input[name="body-2-value-title"]')
    page.keyboard.type("Again?")
    blocks(page).nth(2).locator('[data-streamfield-action="MOVE_UP"]').first.focus()
    press("Enter")
    page.frame_locator("#survey-frame").get_by_text("Again?").wait_for()
    page.locator("#survey-builder .survey-tools-end button").last.focus()
    press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert stored(empty) == [
        {"type": "boolean", "title": "Again?", "name": "question1"},
        {"type": "rating", "title": "How was it?", "rateMin": 0, "rateMax": 10, "name": "question2"},
    ]
