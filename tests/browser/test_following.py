"""Whoever reads at the end of the talk stays there; whoever reads further up is not moved, and told what is new."""

from io import BytesIO

from PIL import Image

from tests.browser.conftest import violations
from tests.browser.rooms import Person

LEFT = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight"


def test_the_talk_is_followed_through_pictures_spotlight_and_tabs_and_never_moves_under_its_reader(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    ann, phone = Person(visit, club, scene, "ann"), Person(visit, club, scene, "mei", width=390, height=780, has_touch=True)
    for number in range(14):
        ann.say(f"Word {number}, and some more words so that it takes a line or two of the talk on a small screen")
    made = BytesIO()
    Image.new("RGB", (900, 900), "#2c6fa3").save(made, "JPEG")
    ann.page.fill("#body", "A tall picture")
    ann.page.locator("#picture input").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()})
    for person in (moderator, phone):
        log = person.page.locator("#log")
        log.locator("img.message-picture").wait_for(state="attached")
        log.locator("img.message-picture").evaluate("picture => picture.decode()")
        person.page.wait_for_timeout(300)
        assert log.evaluate(LEFT) < 2, "a picture that arrives does not leave its reader behind"
    moderator.page.locator("#log .message").first.get_by_role("button", name="Spotlight").dispatch_event("click")
    phone.page.locator("#spotlight").get_by_text("Word 0").wait_for()
    phone.page.wait_for_timeout(300)
    assert phone.page.locator("#log").evaluate(LEFT) < 2, "nor does the spotlight, which takes the list's place"

    # Further up nothing moves, and a button says what is new.
    log, below = phone.page.locator("#log"), phone.page.locator("#below")
    log.evaluate("(log) => { log.scrollTop = 120 }")
    phone.page.wait_for_timeout(100)
    ann.say("New one")
    ann.say("New two")
    below.get_by_text("New below: 2").wait_for()
    assert log.evaluate("(log) => log.scrollTop") == 120
    phone.show("people")
    phone.show("talk")
    phone.page.wait_for_timeout(200)
    assert log.evaluate("(log) => log.scrollTop") == 120, "another tab and back"
    assert violations(phone.page) == []
    below.tap()
    below.wait_for(state="hidden")
    assert log.evaluate(LEFT) < 2
    phone.show("people")
    ann.say("New three")
    phone.show("talk")
    phone.page.wait_for_timeout(200)
    assert log.evaluate(LEFT) < 2
    for person in (moderator, ann, phone):
        assert person.page.problems == []
