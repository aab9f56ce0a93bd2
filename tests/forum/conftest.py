import pytest

from forum import posting
from forum.models import Board
from tests.conftest import in_role, member_of


@pytest.fixture
def square(db):
    """The members' board."""
    return Board.objects.create(slug="square", name="The square", name_zh="广场")


@pytest.fixture
def open_board(db):
    """A board that visitors read too."""
    return Board.objects.create(slug="news", name="News", audience=Board.Audience.PUBLIC)


@pytest.fixture
def harbour_board(harbour):
    """A board of one company."""
    return Board.objects.create(slug="harbour", name="Harbour only", audience=Board.Audience.COMPANY, company=harbour)


@pytest.fixture
def staff_board(db):
    return Board.objects.create(slug="desk", name="The desk", audience=Board.Audience.STAFF)


@pytest.fixture
def thread(square, alice):
    """Alice's thread on the square."""
    return posting.start_thread(square, author=alice, title="Month-end closing", body="How do you close your books?")


@pytest.fixture
def newcomer(db):
    """Nobody's employee, joined a moment ago."""
    return member_of(None, "nora@new.example", "Nora New")


@pytest.fixture
def second_moderator(db):
    return in_role(member_of(None, "max@club.example", "Max the moderator", is_staff=True), "Moderators")
