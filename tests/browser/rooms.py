"""A focus group with every exercise in its guide, and people who sit in it, each with a browser of their own."""

import re

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
