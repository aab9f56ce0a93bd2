"""Writing and reading in the forum as a heavy reader does: completion, pictures, drafts, two devices, and no mouse."""

import base64
import contextlib
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Error, expect

from tests.browser.conftest import sign_in, violations

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
    # Before its script has come a page keeps nothing of what is typed.
    page.wait_for_load_state("load")
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


def test_an_emoji_is_completed_by_its_name_and_a_picture_dropped(thread):
    field = thread.locator(EDITOR)
    field.press_sequentially("Well done :tada", delay=30)
    thread.locator("#reply .completions [role=option]").first.wait_for()
    thread.keyboard.press("Enter")
    expect(field).to_have_value(re.compile("Well done 🎉"))
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "#0a6150").save(out, "PNG")
    field.evaluate(
        """(field, data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "dropped.png", { type: "image/png" }));
            field.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        base64.b64encode(out.getvalue()).decode(),
    )
    expect(field).to_have_value(re.compile(r"!\[dropped\]\(/forum/pictures/"))
    thread.get_by_role("button", name="Post reply").click()
    expect(thread.locator("#post-2 .post-body")).to_contain_text("Well done 🎉")
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


def test_chinese_is_composed_as_an_input_method_of_the_system_does_it(thread):
    field, system = thread.locator(EDITOR), thread.context.new_cdp_session(thread)
    field.press_sequentially("@w", delay=30)
    thread.locator("#reply .completions [role=option]").first.wait_for()
    for typed in ("n", "ni", "ni h", "ni hao"):
        system.send("Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)})
        expect(field).to_have_value(f"@w{typed}")
        assert thread.locator("#reply .completions").is_hidden()
    system.send("Input.insertText", {"text": "你好"})
    expect(field).to_have_value("@w你好")
    # Given up: what was being composed is gone, and nothing of it stays.
    system.send("Input.imeSetComposition", {"text": "zai", "selectionStart": 3, "selectionEnd": 3})
    system.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    expect(field).to_have_value("@w你好")
    thread.keyboard.press("Control+Enter")
    expect(thread.locator("#post-2 .post-body")).to_have_text("@w你好")
    assert thread.problems == []


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


def test_an_edit_outlives_the_crash_of_its_tab_comes_back_on_another_device_and_can_be_discarded(club, visit, thread):
    context = thread.context
    thread.locator(".post-first a[href*='/edit/']").first.click(force=True)
    address, body = thread.url, thread.locator("#id_body")
    body.fill("By hand, with a scanner, or not at all?")
    thread.fill("#id_tags", "stock, year-end")
    expect(thread.locator("[data-draft-state]")).to_have_text("Draft saved")
    with contextlib.suppress(Error):
        thread.goto("chrome://crash")
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#id_body")).to_have_value("By hand, with a scanner, or not at all?")
    device = visit(width=390)
    sign_in(device, club.account("customer"))
    device.goto(address)
    expect(device.locator(".draft-back")).to_contain_text("Your draft is back")
    expect(device.locator("#id_tags")).to_have_value("stock, year-end")
    assert violations(device) == []
    device.get_by_role("button", name="Discard the draft").click()
    expect(device.locator("#id_body")).to_have_value("By hand, or with a scanner?")
    expect(device.locator(".draft-back")).to_have_count(0)


def test_a_thread_with_its_tags_and_poll_outlives_a_crash_on_this_device_alone(thread):
    context = thread.context
    thread.goto(thread.locator(".crumbs a").last.get_attribute("href") + "new/")
    address = thread.url
    saved_at = thread.locator("#id_body").evaluate("(field) => field.form.dataset.save")
    context.route(f"**{saved_at}", lambda route: route.abort())
    thread.fill("#id_title", "Which day?")
    thread.fill("#id_tags", "meeting")
    thread.get_by_text("Add a poll").click()
    thread.fill("#id_poll-options", "Monday\nFriday")
    thread.get_by_label("Secret:").uncheck()
    with contextlib.suppress(Error):
        thread.goto("chrome://crash")
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#id_tags")).to_have_value("meeting")
    assert [again.locator(f"#id_{name}").input_value() for name in ("title", "poll-options")] == ["Which day?", "Monday\nFriday"]
    assert not again.locator("#id_poll-is_secret").is_checked()
    state = again.locator("[data-draft-state]")
    expect(state).to_contain_text("What you had typed on this device is back.")
    state.get_by_role("button", name="Discard it").click()
    assert [again.locator(f"#id_{name}").input_value() for name in ("title", "tags", "poll-options")] == ["", "", ""]
    assert again.locator("#id_poll-is_secret").is_checked()
    again.reload()
    expect(again.locator("#id_title")).to_have_value("")


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


def tab_to(page, selector: str, *, most: int = 90, key: str = "Tab") -> None:
    """Press Tab until the focus stands there, visibly; whoever cannot see the page has no other way."""
    for _time in range(most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"nothing shows that the focus is on {selector}"
            return
    raise AssertionError(f"{most} times Tab did not lead to {selector}")


def test_a_reader_without_a_mouse_opens_a_thread_reacts_keeps_replies_and_writes_to_its_author(club, visit, thread):
    address = thread.url.split("/forum/")[1].split("?")[0]
    writer = thread.locator(".post-first .byline-name").get_attribute("href").strip("/").split("/")[-1]
    reader = other(club, visit)
    reader.goto(thread.locator(".crumbs a").last.get_attribute("href"))
    reader.keyboard.press("Tab")
    # The first stop leads past the frame.
    reader.keyboard.press("Enter")
    tab_to(reader, f".list-title a[href*='{address}']")
    reader.keyboard.press("Enter")
    reader.wait_for_url(f"**/{address}**")

    tab_to(reader, "#post-1 [data-like]")
    reader.keyboard.press("Enter")
    tab_to(reader, "#post-1 .menu-panel button", most=1)
    assert violations(reader) == []
    reader.keyboard.press("Enter")
    chip = reader.locator("#post-1 .reactions .chip")
    expect(chip).to_have_attribute("aria-pressed", "true")
    reader.keyboard.press("Escape")
    assert reader.evaluate("document.activeElement.matches('#post-1 [data-like]')")
    tab_to(reader, "#post-1 .reactions .chip", key="Shift+Tab", most=3)
    reader.keyboard.press("Enter")
    expect(chip).to_have_count(0)

    tab_to(reader, "#post-1 .bookmark button")
    reader.keyboard.press("Enter")
    expect(reader.locator("#post-1 .bookmark button")).to_have_attribute("aria-pressed", "true")
    # What was pressed is replaced, and the focus stays on what came instead.
    expect(reader.locator("#post-1 .bookmark button")).to_be_focused()

    tab_to(reader, EDITOR)
    reader.keyboard.type("With a scanner.")
    tab_to(reader, "#reply .form-actions .button-primary")
    reader.keyboard.press("Enter")
    reader.wait_for_selector("#post-2")
    reader.goto("/forum/messages/new/")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    for field, words in (("to", f"@{writer} "), ("title", "Counting"), ("body", "How did it end?")):
        tab_to(reader, f"[name={field}]")
        reader.keyboard.type(words)
    tab_to(reader, "main form .button-primary")
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile(r"/messages/\d+/"))
    assert "How did it end?" in reader.locator("main").inner_text()
    assert violations(reader) == []
    assert reader.problems == []


def test_a_moderator_without_a_mouse_locks_a_thread_by_its_letters_and_menu(club, visit, thread):
    title, address = "How do you count?", thread.url.split("?")[0]
    page = visit()
    sign_in(page, club.account("moderator"))
    page.goto(thread.locator(".crumbs a").last.get_attribute("href"))
    for _time in range(15):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.querySelector('.list-title a')?.href.split('unread')[0]") == address:
            break
    page.keyboard.press("o")
    page.wait_for_url(address + "**")
    page.keyboard.press("j")
    page.keyboard.press("l")
    expect(page.locator("#post-1 .menu-panel button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#post-1 .reactions .chip")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    tab_to(page, "a[href$='/moderation/']:not([href*='/posts/'])")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation/")
    assert title in page.locator("main").inner_text()
    tab_to(page, "input[name=verb]")
    page.keyboard.press("Space")
    tab_to(page, "textarea[name=reason]")
    page.keyboard.type("Answered.")
    tab_to(page, "main form .button-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".mark-locked")
    assert page.problems == []


def test_quotations_join_what_is_being_written_and_a_selection_quotes_itself(club, visit, thread):
    page = other(club, visit)
    page.goto(thread.url)
    page.locator(EDITOR).press_sequentially("I begin.")
    page.locator("#post-1 [data-quote]").click()
    expect(page.locator(EDITOR)).to_have_value(
        re.compile(r"^I begin\.\n\n> \[.*\]\(/forum/threads/\d+/\):\n>\n> By hand, or with a scanner\?\n\n$")
    )
    page.locator("#post-1 .post-body p").evaluate("(words) => getSelection().setBaseAndExtent(words.firstChild, 0, words.firstChild, 7)")
    page.locator("#post-1 [data-quote]").click()
    expect(page.locator(EDITOR)).to_have_value(re.compile(r"scanner\?\n\n> \[.*\]\(/forum/threads/\d+/\):\n>\n> By hand\n\n$"))
    select = "(words) => getSelection().setBaseAndExtent(words.firstChild, 0, words.firstChild, 2)"
    page.locator(EDITOR).evaluate("(field) => field.blur()")
    page.locator("#post-1 .post-body p").evaluate(select)
    page.keyboard.press("q")
    expect(page.locator(EDITOR)).to_have_value(re.compile(r"> By\n\n$"))
    page.keyboard.type("Both.")
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#post-2 .post-answers")).to_contain_text("#1")
    expect(page.locator("#post-2 blockquote")).to_have_count(3)
    assert page.problems == []


def test_a_reply_is_begun_in_place_and_a_page_left_in_haste_is_no_other_device(club, visit, thread):
    page = other(club, visit)
    page.goto(thread.url)
    page.locator(EDITOR).press_sequentially("Half a thought.")
    page.locator("#post-1 [data-answer]").click()
    expect(page.locator("[data-answering]")).to_contain_text("#1")
    expect(page.locator(EDITOR)).to_have_value("Half a thought.")
    expect(page.locator("#reply [data-draft-state]")).to_have_text("Draft saved")
    page.locator(EDITOR).press_sequentially(" The other half.")
    page.reload()
    expect(page.locator(EDITOR)).to_have_value("Half a thought. The other half.")
    with page.expect_response(lambda answer: "/drafts/save/" in answer.url and answer.status == 200):
        page.locator(EDITOR).press_sequentially(" More.")
    expect(page.locator("#reply [data-draft-state]")).not_to_contain_text("Another device")
    page.reload()
    expect(page.locator(EDITOR)).to_have_value(re.compile("More"))
    page.get_by_role("button", name="Answer nobody in particular").click()
    expect(page.locator("[data-answering]")).to_have_text("")
    page.get_by_role("button", name="Post reply").click()
    page.wait_for_selector("#post-2")
    assert page.locator("#post-2 .post-answers").count() == 0
    assert page.problems == []


def test_a_reply_that_is_sent_while_its_draft_is_still_being_answered_goes_out_without_a_mistake(club, visit, thread):
    page = other(club, visit)
    # The answer has begun and is given up when the reply goes, before its words are there.
    page.add_init_script("Response.prototype.json = () => Promise.reject(new DOMException('given up', 'AbortError'))")
    page.goto(thread.url)
    with page.expect_response(lambda answer: "/drafts/save/" in answer.url):
        page.locator(EDITOR).press_sequentially("In haste.")
    page.get_by_role("button", name="Post reply").click()
    expect(page.locator("#post-2 .post-body")).to_have_text("In haste.")
    assert page.problems == []
