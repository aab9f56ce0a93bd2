"""Marks of Markdown pressed instead of typed: by the bar above the text, by keys, by lists that go on by themselves."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, violations

EDITOR = "#id_body"


@pytest.fixture
def page(club, visit):
    """Where a customer begins a thread."""
    page = visit()
    sign_in(page, club.account("customer"))
    page.goto("/forum/")
    page.goto(page.locator(".boards h3 a").first.get_attribute("href") + "new/")
    page.locator("[data-marks]").wait_for()
    return page


def said(page, words: str) -> None:
    expect(page.locator(EDITOR)).to_have_value(words)


def select(page, words: str) -> None:
    page.fill(EDITOR, words)
    page.locator(EDITOR).select_text()


def test_keys_mark_what_is_selected_and_unmark_it_and_undo_takes_them_back(page):
    select(page, "one two")
    page.keyboard.press("Control+b")
    said(page, "**one two**")
    page.keyboard.press("Control+i")
    said(page, "***one two***")
    page.keyboard.press("Control+i")
    page.keyboard.press("Control+b")
    said(page, "one two")
    page.keyboard.press("Control+z")
    said(page, "**one two**")
    select(page, "see here")
    page.keyboard.press("Control+k")
    page.keyboard.type("https://a.example")
    said(page, "[see here](https://a.example)")


def test_the_bar_is_one_stop_of_the_tab_key_and_each_button_says_what_it_does(page):
    select(page, "a\nb")
    page.get_by_role("button", name="Quotation").click()
    said(page, "> a\n> b")
    page.get_by_role("button", name="Quotation").click()
    page.get_by_role("button", name="Code", exact=True).click()
    said(page, "```\na\nb\n```\n")
    page.focus(EDITOR)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#id_title")).to_be_focused()
    assert violations(page) == []


def test_a_list_goes_on_with_enter_and_ends_with_an_empty_item(page):
    editor = page.locator(EDITOR)
    # A draft of another test may stand there.
    editor.fill("")
    editor.press_sequentially("- [x] a")
    editor.press("Enter")
    editor.press_sequentially("b")
    editor.press("Enter")
    editor.press("Enter")
    editor.press_sequentially("end")
    said(page, "- [x] a\n- [ ] b\nend")
    page.fill(EDITOR, "")
    editor.press_sequentially("9. a")
    editor.press("Enter")
    said(page, "9. a\n10. ")
    page.fill(EDITOR, "```\n- in code")
    editor.press("Control+End")
    editor.press("Enter")
    said(page, "```\n- in code\n")


def test_an_address_pasted_over_words_makes_them_a_link_and_other_text_does_not(page):
    paste = """(field, words) => {
        const transfer = new DataTransfer();
        transfer.setData("text/plain", words);
        return field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
    }"""
    select(page, "our price list")
    assert page.locator(EDITOR).evaluate(paste, "just words")
    assert not page.locator(EDITOR).evaluate(paste, "https://club.example/list")
    said(page, "[our price list](https://club.example/list)")


def test_without_a_script_there_is_no_bar_and_the_text_field_is_a_text_field(club, visit):
    page = visit(java_script_enabled=False)
    sign_in(page, club.account("customer"))
    page.goto("/forum/")
    page.goto(page.locator(".boards h3 a").first.get_attribute("href") + "new/")
    assert not page.get_by_role("toolbar").is_visible()
    assert page.locator(EDITOR).is_visible()
