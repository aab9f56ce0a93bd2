"""A study with one open group: Momo moderates, Alice and Charlie take part, Olga watches from behind the glass."""

import datetime
import uuid

import pytest
from django.utils import timezone

from focusgroups import moderating, seating, tending
from focusgroups.models import Group, Item, Seat, Study


@pytest.fixture
def study(researcher) -> Study:
    return Study.objects.create(title="How small firms plan their stock", created_by=researcher)


@pytest.fixture
def group(study, moderator) -> Group:
    """Planned, with a guide of a section, two questions (the second masked), a poll and a follow-up in reserve."""
    group = Group.objects.create(study=study, title="Stock in the busy season", description="Come and tell us.", incentive_points=30)
    lines = [
        {"kind": Item.Kind.SECTION, "text": "Warm up", "minutes": 10},
        {"kind": Item.Kind.QUESTION, "text": "How was last season?", "note": "Let everybody speak once."},
        {"kind": Item.Kind.QUESTION, "text": "What do you pay for stock software?", "is_masked": True},
        {"kind": Item.Kind.POLL, "text": "What hurts most?", "options": "Forecasts\nSuppliers\nSpace", "max_choices": 2},
        {"kind": Item.Kind.PROBE, "text": "Can you give an example?"},
    ]
    for place, line in enumerate(lines):
        Item.objects.create(group=group, sort_order=place, **line)
    seating.invite(group, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    return group


@pytest.fixture
def seats(group, alice, charlie, observer) -> dict[str, Seat]:
    """Everybody's seat by first name; the participants have consented."""
    made = {
        "alice": seating.consent(seating.invite(group, member=alice, pseudonym="Maple")),
        "charlie": seating.consent(seating.invite(group, member=charlie, pseudonym="Cedar")),
        "olga": seating.invite(group, member=observer, role=Seat.Role.OBSERVER, pseudonym="Glass"),
    }
    return made | {"momo": group.seats.get(role=Seat.Role.MODERATOR)}


@pytest.fixture
def open_group(group, seats, moderator) -> Group:
    moderating.change_status(group.pk, member=moderator, client_id=uuid.uuid4(), status=Group.Status.OPEN)
    group.refresh_from_db()
    return group


@pytest.fixture
def question(group) -> Item:
    return group.items.get(text__startswith="How was")


@pytest.fixture
def masked(group) -> Item:
    return group.items.get(is_masked=True)


@pytest.fixture
def poll(group) -> Item:
    return group.items.get(kind=Item.Kind.POLL)


@pytest.fixture
def new_id():
    return lambda: str(uuid.uuid4())


@pytest.fixture
def board(group, seats):
    """Open since yesterday: a masked question with a day to go, a poll, and a task for tomorrow."""
    now = timezone.now()
    group.items.all().delete()
    day = datetime.timedelta(days=1)
    for place, (kind, text, opens, due, fields) in enumerate(
        [
            ("section", "Day one", None, None, {}),
            ("question", "Show us your shelf.", now - day, now + day * 3, {"is_masked": True, "note": "Ask for the top shelf."}),
            ("poll", "Which shelf is fullest?", now - day, now - day / 2, {"options": "Top\nBottom"}),
            ("question", "And today?", now + day, now + day * 2, {}),
        ]
    ):
        Item.objects.create(group=group, sort_order=place, kind=kind, text=text, opens_at=opens, due_at=due, **fields)
    Group.objects.filter(pk=group.pk).update(kind=Group.Kind.BOARD, starts_at=now - day)
    group.refresh_from_db()
    return group


@pytest.fixture
def tended(board):
    tending.tend()
    board.refresh_from_db()
    return board
