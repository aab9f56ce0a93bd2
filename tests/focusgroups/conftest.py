"""A study with one open group: Momo moderates, Alice and Charlie take part, Olga watches from behind the glass."""

import uuid

import pytest

from focusgroups import moderating, seating
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
