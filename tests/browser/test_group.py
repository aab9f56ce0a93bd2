"""A complete focus group in five real browsers: a moderator, three participants (a desktop, a phone, a keyboard), an observer."""

import re

from tests.browser.conftest import violations
from tests.browser.rooms import Person, with_keyboard, with_pointer

EXERCISES = ["question", "stimulus", "poll", "ranking", "rating", "sort", "completion", "pins", "notes"]


def test_a_complete_group_with_every_exercise_in_five_browsers(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    observer = Person(visit, club, scene, "olga")
    desktop = Person(visit, club, scene, "ann")
    phone = Person(visit, club, scene, "mei", prefix="/zh-hans/", width=390, height=780, has_touch=True, locale="zh-CN")
    keys = Person(visit, club, scene, "kay")
    participants = {desktop: with_pointer, phone: with_pointer, keys: with_keyboard}

    # The door, by keyboard: read, agree, come in. Then the waiting room's check.
    keys.page.locator("input[name=agree]").focus()
    keys.page.keyboard.press("Space")
    keys.page.keyboard.press("Enter")
    keys.sees("You are ready")
    desktop.sees("You are ready")
    moderator.sees(re.compile("ready"), "#people")
    assert violations(keys.page) == []

    moderator.page.get_by_role("button", name="Open the room").click()
    phone.page.locator("#room-status.mark-new").wait_for()
    desktop.say("Good evening from Maple")
    phone.say("晚上好")
    keys.page.locator("#body").focus()
    keys.page.keyboard.type("Hello by keyboard")
    keys.page.keyboard.press("Enter")
    for person in (moderator, observer, desktop, phone, keys):
        for words in ("Good evening from Maple", "晚上好", "Hello by keyboard"):
            person.sees(words, "#log")

    # The guide, line by line, with one key.
    for kind in EXERCISES:
        moderator.page.keyboard.press("Control+Enter")
        for person, does in participants.items():
            person.page.locator(f"#stage .stage-card[data-kind={kind}]").wait_for(state="attached")
            does(person, kind, f"{kind} words")
        moderator.sees("3 voted" if kind == "poll" else "3 answered", "#stage")
        if kind in ("ranking", "pins"):
            phone.show("stage")
            found = violations(phone.page)
            assert found == [], found

    # Masked: nobody sees another's answer before giving one; then those who did; then all.
    moderator.page.keyboard.press("Control+Enter")
    for person in participants:
        person.page.locator("#stage .stage-card[data-kind=question]").wait_for(state="attached")
    with_pointer(desktop, "question", "ninety-nine yuan")
    moderator.sees("ninety-nine yuan", "#stage")
    assert "ninety-nine" not in "".join(keys.heard + phone.heard)
    with_keyboard(keys, "question", "forty yuan")
    keys.sees("ninety-nine yuan", "#stage")
    assert "yuan" not in "".join(phone.heard)
    moderator.page.get_by_role("button", name="Show the answers to everybody").click()
    phone.sees("ninety-nine yuan", "#stage")

    # Behind the glass, and into one ear.
    observer.say("Ask Cedar about the price")
    moderator.sees("Ask Cedar about the price", "#log")
    moderator.say("Cedar, what would you pay?", to=str(scene["seats"]["mei"]))
    phone.sees("Cedar, what would you pay?", "#log")
    for person in (desktop, keys):
        assert "what would you pay" not in "".join(person.heard)
    for person in participants:
        everything = "".join(person.heard) + person.page.content()
        for hidden in ("Pane", "Ask Cedar", "Olga", "Reveal when all"):
            assert hidden not in everything, hidden

    # Muted, lifted, and cut off for a moment.
    moderator.page.get_by_role("button", name="Mute: Maple").click()
    desktop.sees("The moderator has muted you", "#room-word")
    moderator.page.get_by_role("button", name="Unmute: Maple").click()
    desktop.page.locator("#room-word").wait_for(state="hidden")
    phone.page.context.set_offline(True)
    desktop.say("Said while Cedar is in a tunnel")
    phone.page.context.set_offline(False)
    phone.sees("Said while Cedar is in a tunnel", "#log")

    for person in (moderator, observer, desktop, phone):
        assert violations(person.page) == [], person.page.url
    for person in (phone, desktop):
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"

    # The end: the room closes before everybody's eyes, and the record proves itself.
    moderator.page.once("dialog", lambda dialog: dialog.accept())
    moderator.page.get_by_role("button", name="Close", exact=True).click()
    keys.page.locator("#room-word a").focus()
    keys.page.keyboard.press("Enter")
    keys.page.wait_for_url(re.compile("/transcript/"))
    transcript = keys.page.locator("main").inner_text()
    for words in ("Hello by keyboard", "ninety-nine yuan", "notes words"):
        assert transcript.count(words) >= 1, words
    assert "complete, head" in transcript
    assert violations(keys.page) == []
    assert "complete" in club.manage("verify_transcript", str(scene["group"])).stdout
    for person in (moderator, observer, desktop, phone, keys):
        assert person.page.problems == []


def test_a_phone_whose_network_lets_no_socket_through_takes_part_all_the_same(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    phone = Person(
        visit, club, scene, "mei", before=lambda page: page.route_web_socket("**/ws/**", lambda socket: socket.close()), width=390
    )
    phone.sees("Connected, a little slower", "#room-state")
    moderator.say("Can you hear me, Cedar?")
    phone.sees("Can you hear me, Cedar?", "#log")
    phone.say("Only by ordinary requests")
    moderator.sees("Only by ordinary requests", "#log")
    for _line in range(3):
        moderator.page.keyboard.press("Control+Enter")
    phone.page.locator("#stage .stage-card[data-kind=poll]").wait_for(state="attached")
    with_pointer(phone, "poll", "")
    moderator.sees("1 voted", "#stage")
    moderator.sees(re.compile("here"), "#people")
    # Written while nothing at all gets through, and sent when something does.
    phone.page.context.set_offline(True)
    phone.show("talk")
    phone.page.fill("#body", "From the tunnel")
    phone.page.press("#body", "Enter")
    phone.sees("No connection", "#room-state")
    phone.page.context.set_offline(False)
    moderator.sees("From the tunnel", "#log")
    phone.page.locator("#log .message:not(.is-pending)").filter(has_text="From the tunnel").wait_for()
    assert phone.page.locator("#log .message").filter(has_text="From the tunnel").count() == 1
    moderator.page.once("dialog", lambda dialog: dialog.accept())
    moderator.page.get_by_role("button", name="Show out: Cedar").click()
    phone.sees("You are no longer in this room", "#room-state")
    assert [*phone.page.problems, *moderator.page.problems] == []
