"""Private messages in a browser: answered and quoted in place, changed, and read as changed on the other side."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, violations

EDITOR = "#reply textarea"


@pytest.fixture
def talk(club, visit):
    """A customer's page of a conversation that they have just begun with another."""
    first, second = [each for each in club.accounts if each["role"] == "customer"][:2]
    page = visit()
    sign_in(page, first)
    reader = visit()
    sign_in(reader, second)
    page.goto("/forum/messages/new/")
    page.fill("#id_to", f"@{second['email'].partition('@')[0]}")
    page.fill("#id_title", "About Friday")
    page.fill("#id_body", "Shall we meet at ten?")
    page.get_by_role("button", name="Send").click()
    page.wait_for_selector("#message-1")
    page.wait_for_load_state("load")
    return page, reader


def test_a_message_is_quoted_and_answered_in_place_and_changed(talk):
    page, reader = talk
    reader.goto(page.url.partition("#")[0].partition("?")[0])
    reader.wait_for_load_state("load")
    reader.locator(EDITOR).press_sequentially("I begin.")
    reader.locator("#message-1 [data-answer]").click()
    expect(reader.locator("[data-answering]")).to_contain_text("#1")
    reader.locator("#message-1 [data-quote]").click()
    expect(reader.locator(EDITOR)).to_have_value(
        re.compile(r"^I begin\.\n\n> \[.*\]\(/forum/messages/\d+/\?message=1#message-1\):\n>\n> Shall we meet at ten\?\n\n$")
    )
    reader.keyboard.type("At eleven.")
    assert violations(reader) == []
    reader.get_by_role("button", name="Send").click()
    expect(reader.locator("#message-2 .post-answers")).to_contain_text("#1")
    expect(reader.locator("#message-2 blockquote")).to_have_count(1)
    page.locator("#message-1").get_by_role("link", name="Edit").click()
    page.locator("textarea").fill("Shall we meet at eleven?")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#message-1")).to_contain_text("eleven")
    reader.reload()
    expect(reader.locator("#message-1 .post-facts")).to_contain_text("edited")
    expect(reader.locator("#message-1")).to_contain_text("eleven")
    assert page.problems == reader.problems == []
