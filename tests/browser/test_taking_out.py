"""A moderator removes a message and hands over the lead, by keyboard, in real browsers."""

from tests.browser.conftest import violations
from tests.browser.rooms import Person


def test_a_message_is_removed_by_keyboard_and_gone_from_every_screen(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    ann, phone = Person(visit, club, scene, "ann"), Person(visit, club, scene, "mei", width=390, height=780, has_touch=True)
    glass = Person(visit, club, scene, "olga")
    ann.say("Mr Wu is a crook")
    phone.page.locator("#log .message").filter(has_text="crook").get_by_role("button", name="Reply: Maple").tap()
    phone.say("Do not say so")
    moderator.page.locator("#log .message").filter(has_text="crook").first.get_by_role("button", name="Spotlight").click()
    phone.page.locator("#spotlight").get_by_text("crook").wait_for()
    for person in (ann, phone, glass):
        assert person.page.locator("[data-does=hide]").count() == 0, "that is for the moderators"
    summary = moderator.page.locator("#log .message").filter(has_text="crook").first.locator("summary[data-does=hide]")
    assert summary.get_attribute("aria-label") == "Remove: Mr Wu is a crook"
    summary.focus()
    moderator.page.keyboard.press("Enter")
    moderator.page.keyboard.press("Tab")
    assert violations(moderator.page) == []
    moderator.page.keyboard.press("Enter")
    for person in (moderator, ann, phone, glass):
        person.page.locator("#log .message-text").get_by_text("A moderator removed this message.").wait_for()
        assert "crook" not in person.page.locator("#room").inner_text()
        assert person.page.locator("#spotlight").is_hidden()
        assert person.page.problems == []
    assert moderator.page.evaluate("document.activeElement.id") == "body"
    # An answer goes as a message does, from the stage and from its giver's own form.
    moderator.page.get_by_role("button", name="Ask: What stands on your shelf?").click()
    phone.show("stage")
    phone.page.locator("#stage textarea").fill("A crooked book")
    phone.page.locator("#stage form button").tap()
    removing = moderator.page.locator(".stage-answers li").filter(has_text="A crooked book").locator("summary")
    assert removing.get_attribute("aria-label") == "Remove: Cedar, A crooked book"
    removing.focus()
    moderator.page.keyboard.press("Enter")
    moderator.page.locator(".stage-answers").get_by_text("it cannot be brought back").wait_for()
    ann.page.locator("#stage textarea").fill("Another, which keeps it open")
    ann.page.locator("#stage form button").click()
    moderator.sees("Another, which keeps it open", ".stage-answers")
    removing.focus()
    moderator.page.keyboard.press("Tab")
    assert violations(moderator.page) == []
    moderator.page.keyboard.press("Enter")
    for person in (moderator, ann, phone):
        person.page.locator(".stage-answers").get_by_text("A moderator removed this answer.").wait_for(state="attached")
        assert "crooked" not in person.page.locator("#room").inner_text()
    assert phone.page.locator("#stage textarea").input_value() == ""
    assert ann.page.locator("#stage textarea").input_value() == "Another, which keeps it open"

    # What is said aside is answered aside.
    moderator.page.get_by_role("button", name="Whisper to Cedar").first.click()
    moderator.say("Why do you say so?")
    phone.show("talk")
    phone.page.get_by_role("button", name="Reply privately: Momo").tap()
    assert phone.page.locator("#say[data-to=aside]").count() == 1
    phone.say("Between us")
    moderator.sees("Between us", "#log .is-private")
    assert "Between us" not in ann.page.locator("#room").inner_text()
    late = Person(visit, club, scene, "mei", width=390, height=780)
    late.page.locator("blockquote").get_by_text("A moderator removed this message.").wait_for()
    assert "crook" not in "".join(late.heard)


def test_the_lead_goes_to_somebody_behind_the_glass_whose_page_becomes_a_moderators(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    ann, glass = Person(visit, club, scene, "ann"), Person(visit, club, scene, "olga", width=390, height=780)
    moderator.page.on("dialog", lambda dialog: dialog.accept())
    glass.page.locator("body.behind-glass").wait_for()
    hand = moderator.page.get_by_role("button", name="Hand over the lead: Pane")
    hand.focus()
    # The list is drawn anew meanwhile: the keyboard stays where it was.
    ann.say("One moment, please")
    moderator.sees("One moment, please", "#log")
    moderator.page.keyboard.press("Enter")
    glass.page.locator("body:not(.behind-glass)").wait_for()
    glass.page.get_by_role("button", name="Pause").wait_for()
    moderator.page.locator("body.behind-glass").wait_for()
    assert moderator.page.get_by_role("button", name="Pause").count() == 0
    ann.sees("Olga leads from now on.", "#log")
    ann.sees("Momo has handed over the lead.", "#log")
    assert "Pane" not in ann.page.locator("#room").inner_text()
    assert "Momo" not in ann.page.locator("#people").inner_text()
    ann.say("Hello, Olga")
    glass.show("people")
    glass.page.get_by_role("button", name="Show out: Momo").click()
    # Without a confirmation nothing happens.
    moderator.sees("Hello, Olga", "#log")
    glass.page.on("dialog", lambda dialog: dialog.accept())
    glass.page.get_by_role("button", name="Show out: Momo").click()
    moderator.page.locator("#room-state").get_by_text("You are no longer in this room.").wait_for()
    assert violations(glass.page) == []
    for person in (ann, glass):
        assert person.page.problems == []
