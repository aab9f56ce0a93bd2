"""What a moderator sees of people and time, what participants do beside speaking, and who comes late, in real browsers."""

import re
from io import BytesIO

from PIL import Image

from tests.browser.conftest import violations
from tests.browser.rooms import Person

LEFT = re.compile(r"\d+:\d\d left")


def test_a_moderator_sees_who_speaks_who_is_quiet_and_the_time_left_and_gives_more(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    ann, phone = Person(visit, club, scene, "ann"), Person(visit, club, scene, "mei", width=390, height=780, has_touch=True)
    # Announced when the reader is at rest, and not before: what was said earlier is no news.
    for person in (ann, phone):
        assert person.page.locator("#log[role=log]").get_attribute("aria-live") == "polite"
        person.page.locator("#log[role=log]:not([aria-busy])").wait_for(state="attached")
    ann.say("one two three")
    phone.say("four")
    for words in ("75 % of the words", "25 % of the words", re.compile("silent for 0 min")):
        moderator.sees(words, "#people")
    assert "of the words" not in ann.page.locator("#people").inner_text(), "that is for the moderators"
    for number in range(12):
        ann.say(f"Word {number}")
    moderator.sees(re.compile(r"has read up to \d+"), "#people")
    assert "has read" not in phone.page.locator("#people").inner_text()

    # The section's clock, from its first question on.
    moderator.page.keyboard.press("Control+Enter")
    clock = moderator.page.locator(".section-clock")
    clock.get_by_text(LEFT).wait_for()
    before = clock.inner_text()
    assert re.search(r"[45]:\d\d left", before), before
    clock.get_by_role("button", name="5 minutes more").click()
    clock.get_by_text(re.compile(r"(9|10):\d\d left")).wait_for()
    assert ann.page.locator(".section-clock").count() == 0
    # Whoever asks by keyboard asks on, and the next step stays in sight under whatever the stage shows.
    ask = moderator.page.get_by_role("button", name="Ask next")
    ask.focus()
    moderator.page.keyboard.press("Enter")
    moderator.page.locator("#stage").get_by_text("Look at this shelf.").wait_for()
    assert moderator.page.evaluate("document.activeElement.innerText") == "Ask next"
    moderator.page.locator(".room-stage").evaluate("(stage) => { stage.scrollTop = 400 }")
    assert moderator.page.evaluate("document.activeElement.getBoundingClientRect().top") > 0
    assert ask.is_visible()
    assert violations(moderator.page) == []
    for person in (moderator, ann, phone):
        assert person.page.problems == []


def test_replies_reactions_typing_and_pictures_reach_the_others_and_who_comes_late_finds_all_as_it_stands(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    ann, phone = Person(visit, club, scene, "ann"), Person(visit, club, scene, "mei", width=390, height=780, has_touch=True)
    ann.say("My shelf is full")
    phone.page.locator("#body").press_sequentially("Mine")
    ann.page.locator("#typing").get_by_text("Cedar is typing").wait_for()
    phone.page.locator("#log .message").filter(has_text="My shelf").get_by_role("button", name="Reply: Maple").tap()
    phone.say("Mine, too")
    ann.page.locator("#log .message").filter(has_text="Mine, too").locator("blockquote").get_by_text("My shelf is full").wait_for()
    message = phone.page.locator("#log .message").filter(has_text="My shelf is full").first
    message.locator("summary").filter(has_text="React").tap()
    message.get_by_role("button", name="👏").tap()
    ann.page.locator("#log .message .reactions").get_by_text("👏 1").first.wait_for()

    # A picture, as a phone makes it: large, and upright only by what the camera noted.
    made, noted = BytesIO(), Image.Exif()
    noted[0x0112] = 6
    Image.new("RGB", (2000, 1000), "#2c6fa3").save(made, "JPEG", exif=noted)
    phone.page.fill("#body", "Look at this")
    phone.page.locator("#picture input").set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()})
    for person in (ann, moderator, phone):
        picture = person.page.locator("#log img.message-picture[alt='Look at this']")
        picture.scroll_into_view_if_needed()
        person.page.wait_for_timeout(500)
        assert picture.evaluate("(each) => [each.naturalWidth, each.naturalHeight]") == [800, 1600]
    phone.page.locator("#picture input").set_input_files({"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    phone.sees("This is not a picture we can read.", "#room-word")

    # Lifted, muted, locked, paused: whoever comes now sees what those see who were here.
    moderator.page.locator("#log .message").filter(has_text="My shelf is full").first.get_by_role("button", name="Spotlight").click()
    moderator.page.get_by_role("button", name="Mute: Maple").click()
    moderator.page.get_by_role("button", name="Lock the door").click()
    moderator.page.get_by_role("button", name="Pause").click()
    ann.page.locator("#spotlight").get_by_text("My shelf is full").wait_for()
    late, second = Person(visit, club, scene, "ann"), Person(visit, club, scene, "momo")
    watching = Person(visit, club, scene, "olga")
    for person in (late, second, watching):
        person.page.locator("#spotlight").get_by_text("My shelf is full").wait_for()
        person.page.locator("#room-status").get_by_text("Paused").wait_for()
        person.page.locator("#log .message .reactions").get_by_text("👏 1").first.wait_for()
    second.page.get_by_role("button", name="Unlock the door").wait_for()
    second.page.get_by_role("button", name="Unmute: Maple").wait_for()
    second.page.get_by_role("button", name="Go on").first.click()
    late.sees("The moderator has muted you", "#room-word")
    outside = Person(visit, club, scene, "kay")
    outside.page.get_by_text("The moderator has closed the door").wait_for()
    assert outside.page.locator("input[name=agree]").count() == 0, "nobody agrees to come in where they cannot"
    watching.page.locator("#room-door").get_by_text("Door locked").wait_for()
    second.sees(re.compile("muted"), "#people")
    second.page.get_by_role("button", name="Unlock the door").click()
    watching.page.locator("#room-door").wait_for(state="hidden")
    outside.page.reload()
    outside.page.locator("input[name=agree]").wait_for()
    for person in (moderator, ann, phone, late, second, watching):
        assert violations(person.page) == []
        assert person.page.problems == [] or person is phone
