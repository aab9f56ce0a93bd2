"""A complete focus group in five real browsers: a moderator, three participants (a desktop, a phone, a keyboard), an observer."""

import contextlib
import json
import re
import time

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import violations

# Run in the served club's own database: a group with every exercise in its guide, and five people with open sessions.
SCENE = """
import json
import uuid
from io import BytesIO
from django.core.files.images import ImageFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images.models import Image
from focusgroups import seating
from focusgroups.models import Group, Item, Study
from members.models import Member
buffer = BytesIO()
Pillow.new("RGB", (600, 400), "#a8281c").save(buffer, "PNG")
picture = Image.objects.create(title="A shelf", file=ImageFile(BytesIO(buffer.getvalue()), name="shelf.png"))
group = Group.objects.create(study=Study.objects.create(title="Shelves"), title="Shelves and what stands on them", takes_pictures=True)
lines = [
    ("section", "Warm up", {"minutes": 5}),
    ("question", "What stands on your shelf?", {}),
    ("stimulus", "Look at this shelf.", {"image": picture, "image_alt": "A red shelf"}),
    ("poll", "Which shelf is best?", {"options": "Top\\nBottom"}),
    ("ranking", "Bring these into an order.", {"options": "Price\\nSize\\nColour"}),
    ("rating", "How tidy are you?", {"options": "not at all\\nvery"}),
    ("sort", "Where does it belong?", {"options": "Jar\\nBox", "categories": "Keep\\nThrow"}),
    ("completion", "A good shelf is like …", {}),
    ("pins", "Where would you look first?", {"image": picture, "image_alt": "A red shelf"}),
    ("notes", "What could a shelf also be?", {}),
    ("question", "What do you pay?", {"is_masked": True, "note": "Reveal when all have answered."}),
]
for place, (kind, text, fields) in enumerate(lines):
    Item.objects.create(group=group, sort_order=place, kind=kind, text=text, **fields)
board = Group.objects.create(study=group.study, title="Shelves for days", kind=Group.Kind.BOARD, status=Group.Status.OPEN)
up = {"group": board, "kind": "question", "posed_at": timezone.now()}
tasks = [Item.objects.create(sort_order=day, text=f"Day {day}: what moved?", **up) for day in (1, 2)]
cookies, seats = {}, {}
for name, role, pseudonym in [("momo", "moderator", "Momo"), ("olga", "observer", "Pane"), ("ann", "participant", "Maple"),
                              ("mei", "participant", "Cedar"), ("kay", "participant", "Willow")]:
    member = Member.objects.create_user(f"{name}-{uuid.uuid4().hex[:8]}@shelves.example", None, name=name.title())
    seat = seating.invite(group, member=member, role=role, pseudonym=pseudonym, is_told=False)
    if name != "kay":
        seating.consent(seat)
    there = seating.invite(board, member=member, role=role, pseudonym=pseudonym, is_told=False)
    if role == "participant":
        seating.consent(there)
    client = Client()
    client.force_login(member)
    cookies[name], seats[name] = client.cookies["sessionid"].value, seat.pk
print("SCENE " + json.dumps({"group": group.pk, "board": board.pk, "task": tasks[0].pk, "cookies": cookies, "seats": seats}))
"""


@pytest.fixture
def scene(club):
    done = club.manage("shell", "-v0", stdin=SCENE)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("SCENE ")).removeprefix("SCENE "))


class Person:
    """Somebody in the room, by their browser; notes all that their socket is sent."""

    def __init__(self, visit, club, scene, name, *, prefix="/", before=lambda page: None, **options):
        self.page = visit(**options)
        before(self.page)
        self.page.context.add_cookies([{"name": "sessionid", "value": scene["cookies"][name], "url": club.url}])
        self.heard: list[str] = []
        self.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self.heard.append(str(frame))))
        self.page.goto(f"{prefix}groups/{scene['group']}/")

    def sees(self, words, place="#room"):
        self.page.locator(place).get_by_text(words).first.wait_for(state="attached")

    def show(self, area):
        tab = self.page.locator(f"[data-shows={area}]")
        if tab.is_visible():
            tab.click()

    def say(self, words, to=None):
        self.show("talk")
        if to:
            self.page.select_option("#to", to)
        self.page.fill("#body", words)
        self.page.press("#body", "Enter")
        self.page.locator("#log .message:not(.is-pending)").filter(has_text=words).wait_for()

    def send(self):
        self.page.locator("#stage form button.button-primary").click()
        self.page.locator("#stage .exercise .muted, #stage form").filter(
            has_text=re.compile("Your answer is in|Change|回答已|修改|改")
        ).first.wait_for()


def with_pointer(person, kind, words):
    """Does what is on the stage with mouse or finger."""
    person.show("stage")
    page = person.page
    stage = page.locator("#stage")
    match kind:
        case "poll" | "rating":
            stage.locator("input").first.check()
        case "sort":
            stage.locator("select").first.select_option(index=1)
        case "pins":
            stage.locator(".pin-put").click(position={"x": 40, "y": 30})
            stage.locator(".pin-list input[maxlength]").fill(words)
        case "ranking":
            stage.locator(".down:enabled").first.click()
        case _:
            stage.locator("textarea").fill(words)
    person.send()


def with_keyboard(person, kind, words):
    """The same without ever touching a pointer."""
    page = person.page
    first = page.locator("#stage").locator("textarea, input, select, button").first
    first.focus()
    match kind:
        case "poll" | "rating":
            page.keyboard.press("Space")
        case "sort":
            page.keyboard.press("ArrowDown")
        case "ranking":
            page.locator("#stage .down:enabled").first.focus()
            page.keyboard.press("Enter")
        case "pins":
            page.keyboard.press("Enter")
            page.keyboard.type(words)
        case _:
            page.keyboard.type(words)
    page.locator("#stage form button.button-primary").focus()
    page.keyboard.press("Enter")
    page.locator("#stage").get_by_text(re.compile("Your answer is in|Change vote|Change answer")).first.wait_for()


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


def test_what_was_said_is_put_right_on_a_phone_and_by_keyboard_and_nobody_is_read_it_twice(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    phone = Person(visit, club, scene, "mei", width=390, height=780, has_touch=True, reduced_motion="reduce")
    desktop = Person(visit, club, scene, "ann")
    phone.say("Good evning")
    message = phone.page.locator("#log .message").filter(has_text="Good evning")
    message.get_by_role("button", name="Edit: Good evning").tap()
    assert phone.page.locator("#body").input_value() == "Good evning"
    assert phone.page.locator("#replying").inner_text().startswith("Editing what you said")
    assert violations(phone.page) == []
    phone.page.fill("#body", "Good evening")
    phone.page.locator("#say button.button-primary").tap()
    for person in (moderator, desktop, phone):
        person.sees("Good evening", "#log")
        edited = person.page.locator("#log .message").filter(has_text="Good evening")
        edited.locator(".edited-mark").wait_for(state="attached")
        assert edited.count() == 1
        # Who listens has heard it: its change is not read out again.
        assert edited.get_attribute("aria-live") == "off"
        assert person.page.get_by_text("Good evning").count() == 0
    assert desktop.page.get_by_role("button", name=re.compile("^Edit:")).count() == 0, "nobody edits another's words"

    # By keyboard: the arrow takes up what was said last, Escape puts it back, Enter sends it.
    desktop.say("Shelfs are fine")
    keyboard = desktop.page.keyboard
    desktop.page.locator("#body").focus()
    keyboard.press("ArrowUp")
    assert desktop.page.locator("#body").input_value() == "Shelfs are fine"
    keyboard.press("Escape")
    assert desktop.page.locator("#body").input_value() == ""
    keyboard.press("ArrowUp")
    keyboard.press("ControlOrMeta+a")
    keyboard.type("Shelves are fine")
    keyboard.press("Enter")
    moderator.sees("Shelves are fine", "#log")

    # Taken back with a finger: gone from every screen, also from a reply's quote and from the spotlight.
    reply = desktop.page.locator("#log .message").filter(has_text="Good evening").get_by_role("button", name="Reply: Cedar")
    reply.focus()
    reply.press("Enter")
    desktop.say("To you, too")
    desktop.page.locator("blockquote").filter(has_text="Good evening").wait_for()
    lifted = moderator.page.locator("#log .message").filter(has_text="Good evening").first
    lifted.hover()
    lifted.get_by_role("button", name="Spotlight").first.click()
    phone.sees("Good evening", "#spotlight")
    phone.page.locator("#log summary[aria-label='Take back: Good evening']").tap()
    sure = phone.page.locator("#log .take-back[open] button")
    assert sure.evaluate("(each) => each.getBoundingClientRect().right <= innerWidth")
    assert violations(phone.page) == []
    sure.tap()
    for person in (phone, desktop, moderator):
        person.page.locator("#spotlight").wait_for(state="hidden")
        person.page.locator("#log .message-text.muted").filter(has_text="This was taken back").wait_for(state="attached")
        person.page.locator("blockquote").filter(has_text="This was taken back").wait_for(state="attached")
        assert person.page.locator("#log").get_by_text("Good evening").count() == 0
    assert violations(phone.page) == []
    # And by keyboard: two steps, and on where one writes.
    desktop.say("Not this")
    desktop.page.locator("summary[aria-label='Take back: Not this']").focus()
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Enter")
    desktop.page.locator("#log .message-text.muted").nth(1).wait_for()
    assert desktop.page.evaluate("document.activeElement.id") == "body"

    # Whoever comes later reads the last wording, and so does who was away while the record was set back to a copy.
    late = Person(visit, club, scene, "olga")
    late.sees("Shelves are fine", "#log")
    assert late.page.get_by_text("Shelfs").count() == 0
    for person in (moderator, desktop, phone):
        assert person.page.problems == []
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    # As docs/operating.md says: stopped, set back, another epoch, started.
    late.page.evaluate("window.isOld = true")
    club.stop()
    club.manage("renew_epochs")
    club.start()
    # Not wait_for_function(), whose words the page's policy refuses; while the page loads itself anew there is nothing to ask.
    is_old, until = True, time.monotonic() + 60
    while is_old and time.monotonic() < until:
        late.page.wait_for_timeout(200)
        with contextlib.suppress(Error):
            is_old = late.page.evaluate("window.isOld === true")
    assert not is_old
    late.sees("Shelves are fine", "#log")


def test_a_brainstorm_is_sorted_by_keyboard_and_seen_on_a_phone_as_it_happens(club, visit, scene):
    moderator = Person(visit, club, scene, "momo")
    moderator.page.get_by_role("button", name="Open the room").click()
    phone = Person(visit, club, scene, "mei", prefix="/zh-hans/", width=390, height=780, has_touch=True, locale="zh-CN")
    desktop = Person(visit, club, scene, "ann")
    moderator.page.get_by_role("button", name="Ask: What could a shelf also be?").click()
    for person, words in ((phone, "一张床\n一堵墙"), (desktop, "A ladder")):
        person.page.locator("#stage .stage-card[data-kind=notes]").wait_for(state="attached")
        with_pointer(person, "notes", words)
    moderator.sees("A ladder", ".note-board")

    # The moderator, without a pointer: two columns, and a note into the second.
    page, keyboard = moderator.page, moderator.page.keyboard
    for title in ("Furniture", "Tools"):
        page.get_by_label("New column").focus()
        keyboard.type(title)
        keyboard.press("Enter")
        page.locator(f".note-lane[aria-label={title}]").wait_for()
        assert page.get_by_label("New column").input_value() == ""
    menu = page.get_by_label("Column for: A ladder")
    menu.focus()
    keyboard.press("T")
    page.locator(".note-lane[aria-label=Tools] .note").filter(has_text="A ladder").wait_for()
    assert page.evaluate("document.activeElement.dataset.key").startswith("note-"), "the focus stays with the note"
    for person in (phone, desktop):
        person.show("stage")
        person.page.locator(".note-lane[aria-label=Tools] .note").filter(has_text="A ladder").wait_for()
        assert person.page.locator(".note-board select, .new-column").count() == 0
        assert person.page.locator("#stage [aria-live=off] .note-board").count() == 1
    # And with one: dragged.
    page.locator(".note").filter(has_text="一张床").drag_to(page.locator(".note-lane[aria-label=Furniture]"))
    phone.page.locator(".note-lane[aria-label=Furniture] .note").filter(has_text="一张床").wait_for()
    phone.page.locator(".note-lane[aria-label=未归类] .note").filter(has_text="一堵墙").wait_for()
    name = page.get_by_label("Name of the column").first
    name.fill("Things to live on")
    name.press("Tab")
    phone.page.locator(".note-lane[aria-label='Things to live on']").wait_for()
    page.get_by_role("button", name="Take column away: Tools").click()
    phone.page.locator(".note-lane[aria-label=未归类] .note").filter(has_text="A ladder").wait_for()
    for person in (moderator, phone, desktop):
        assert violations(person.page) == []
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
        assert person.page.problems == []


def test_on_a_board_words_are_put_right_and_taken_back_on_a_phone_and_who_has_the_page_open_is_told(club, visit, scene):
    room, found = f"groups/{scene['board']}/", []
    address = f"{room}tasks/{scene['task']}/"
    phone, moderator = visit(width=390, has_touch=True, reduced_motion="reduce"), visit(width=390, reduced_motion="reduce")
    for name, page in (("mei", phone), ("momo", moderator)):
        page.context.add_cookies([{"name": "sessionid", "value": scene["cookies"][name], "url": club.url}])

    def look(page):
        found.extend(f"{page.url}: {line}" for line in violations(page))
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} scrolls sideways")

    phone.goto(f"/{address}")
    phone.fill("#body", "The top shelf fel down")
    phone.get_by_role("button", name="Send").last.tap()
    mine = phone.locator(".post-on-board").filter(has_text="The top shelf")
    mine.locator("summary").tap()
    look(phone)
    mine.get_by_label("Other words").fill("The top shelf fell down")
    mine.get_by_role("button", name="Save").tap()
    phone.locator(".post-on-board").filter(has_text="edited").get_by_text("The top shelf fell down", exact=True).first.wait_for()
    phone.goto(f"/zh-hans/{address}")
    look(phone)
    moderator.goto(f"/{address}")
    moderator.get_by_text("The top shelf fell down").first.wait_for()
    look(moderator)

    mine.locator("summary").tap()
    mine.locator("form.row button").tap()
    phone.locator(".post-on-board .message-text.muted").wait_for()
    look(phone)
    moderator.locator("#news a").click()
    moderator.locator(".post-on-board .message-text.muted").wait_for()
    assert "shelf fel" not in moderator.locator("ol.thread").inner_text()

    # Sorted as one likes, and those who lack are reminded from the list of tasks.
    moderator.goto(f"/{room}")
    moderator.locator(".arrange nav.push a").last.click()
    moderator.locator(".arrange nav.push a[aria-current]").wait_for()
    look(moderator)
    moderator.get_by_role("button", name=re.compile("^Remind them")).first.click()
    moderator.get_by_text("3 people were reminded.").wait_for()
    look(moderator)
    assert found == []
    assert [*phone.problems, *moderator.problems] == []
