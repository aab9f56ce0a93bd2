"""Writing and reading in the forum as a heavy reader does: completion, pictures, drafts, two devices."""

import base64
import contextlib
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Error, expect

from tests.browser.conftest import sign_in

EDITOR = "#reply textarea"


@pytest.fixture
def thread(club, visit):
    """The page of a fresh thread by a customer who stays signed in."""
    page = visit()
    sign_in(page, club.account("customer"))
    page.goto("/forum/")
    page.goto(page.locator(".boards h3 a").first.get_attribute("href") + "new/")
    page.fill("#id_title", "How do you count?")
    page.fill("#id_body", "By hand, or with a scanner?")
    page.get_by_role("button", name="Post the thread").click()
    page.wait_for_selector(".post-first")
    return page


def other(club, visit, **options):
    """Another customer's page, signed in."""
    page = visit(**options)
    accounts = [each for each in club.accounts if each["role"] == "customer"]
    sign_in(page, accounts[1])
    return page


def test_a_reply_with_a_mention_and_a_pasted_picture(thread):
    thread.locator(EDITOR).press_sequentially("Ask @w", delay=30)
    options = thread.locator("#reply .completions [role=option]")
    options.first.wait_for()
    assert thread.locator(EDITOR).get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    thread.keyboard.press("ArrowDown")
    thread.keyboard.press("Enter")
    value = thread.locator(EDITOR).input_value()
    assert value.startswith("Ask @w")
    assert "\n" not in value
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "#0a6150").save(out, "PNG")
    thread.locator(EDITOR).evaluate(
        """(field, data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "count.png", { type: "image/png" }));
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
        }""",
        base64.b64encode(out.getvalue()).decode(),
    )
    expect(thread.locator(EDITOR)).to_have_value(re.compile(r"!\[count\]\(/forum/pictures/"))
    thread.get_by_role("button", name="Post reply").click()
    thread.wait_for_selector("#post-2 .mention")
    assert thread.locator("#post-2 img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 40
    assert thread.problems == []


def test_no_key_is_taken_while_an_input_method_composes(thread):
    field = thread.locator(EDITOR)
    field.press_sequentially("@w", delay=30)
    thread.locator("#reply .completions [role=option]").first.wait_for()
    field.evaluate("(field) => field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))")
    assert thread.locator("#reply .completions").is_hidden()
    field.evaluate(
        """(field) => {
            field.setRangeText("ei", field.selectionStart, field.selectionEnd, "end");
            field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
            const enter = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
            window.wasTaken = !field.dispatchEvent(enter);
        }"""
    )
    thread.wait_for_timeout(300)
    assert thread.evaluate("window.wasTaken") is False
    assert thread.locator("#reply .completions").is_hidden()
    field.evaluate("(field) => field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))")
    thread.wait_for_timeout(400)
    assert field.input_value() == "@wei"


def test_a_draft_outlives_the_crash_of_its_tab(thread):
    context, address = thread.context, thread.url
    # The club is out of reach from here on: only this device's copy can know.
    saved_at = thread.locator(EDITOR).evaluate("(field) => field.form.dataset.save")
    context.route(f"**{saved_at}", lambda route: route.abort())
    thread.locator(EDITOR).press_sequentially("Half a thought")
    with contextlib.suppress(Error):
        thread.goto("chrome://crash")
    again = context.new_page()
    again.goto(address)
    expect(again.locator(EDITOR)).to_have_value("Half a thought")


def test_new_replies_are_announced_shown_in_place_and_read_on_every_device(club, visit, thread):
    address = thread.url
    writer = other(club, visit)
    writer.goto(address)
    thread.wait_for_timeout(800)
    writer.fill(EDITOR, "With a scanner.")
    writer.get_by_role("button", name="Post reply").click()
    writer.wait_for_selector("#post-2")
    news = thread.locator("#news a")
    news.wait_for()
    assert thread.locator("#post-2").count() == 0
    news.click()
    thread.wait_for_selector("#post-2")
    assert thread.url == address
    assert thread.evaluate("document.activeElement.id") == "post-2"
    device = visit(width=390)
    sign_in(device, club.account("customer"))
    device.goto(address.split("/forum/")[0] + "/notifications/?show=unread")
    assert device.get_by_text("How do you count?").count() == 0
