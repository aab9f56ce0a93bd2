import copy

import pytest
from django.db import connections

from surveys import answering, delivering, publishing
from surveys.engine import pool as pools
from tests.browser.conftest import CHROMIUM, QUIET
from tests.conftest import member_of

DEFINITION = {
    "title": {"default": "How are we doing?", "zh-cn": "我们做得怎么样？"},
    "pages": [
        {
            "name": "first",
            "elements": [
                {"type": "rating", "name": "nps", "title": "Would you recommend us?", "rateMin": 0, "rateMax": 10, "isRequired": True},
                {"type": "comment", "name": "why", "title": "What went wrong?", "visibleIf": "{nps} < 7", "maxLength": 200},
            ],
        },
        {
            "name": "second",
            "elements": [
                {
                    "type": "checkbox",
                    "name": "used",
                    "title": "What do you use?",
                    "choices": ["forum", {"value": "mag", "text": "Magazine"}, "events"],
                    "showNoneItem": True,
                    "maxSelectedChoices": 2,
                },
                {"type": "radiogroup", "name": "size", "title": "How many are you?", "choices": ["1-9", "10-99", "100+"]},
                {"type": "expression", "name": "double", "title": "Twice", "expression": "{nps} * 2"},
            ],
        },
    ],
}
ANSWERS = {"nps": 9, "used": ["forum", "mag"], "size": "10-99"}


@pytest.fixture
def definition():
    """A small survey with a condition, a limit and a computed value."""
    return copy.deepcopy(DEFINITION)


@pytest.fixture
def good_answers():
    return copy.deepcopy(ANSWERS)


@pytest.fixture
def questionnaire(db, definition, researcher):
    """A survey open to everyone, by name, worth what the rule gives."""
    survey = publishing.create(title="How are we doing?", definition=definition, created_by=researcher, slug="doing")
    publishing.publish(survey, by=researcher)
    survey.refresh_from_db()
    return survey


@pytest.fixture
def anonymous(db, definition, researcher):
    """A survey open to everyone that keeps no name."""
    survey = publishing.create(
        title="Between us", definition=definition, created_by=researcher, slug="between-us", is_anonymous=True, points=8
    )
    publishing.publish(survey, by=researcher)
    survey.refresh_from_db()
    return survey


@pytest.fixture
def engine():
    """The pool of engines of this process."""
    return pools.pool()


@pytest.fixture
def dead_engine(monkeypatch):
    """No engine can be had."""
    from surveys.engine.process import EngineDown

    def ask(*args, **kwargs):
        raise EngineDown("down")

    monkeypatch.setattr(pools.Pool, "ask", ask)


@pytest.fixture
def device(live_server, client, monkeypatch):
    """Opens a signed-in page, as on a device of its own each time."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; the tests still ask the database between two clicks.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)

        def open_page(member, path, *, shows=".sd-question", **context):
            client.force_login(member)
            page = browser.new_context(**context).new_page()
            page.set_default_timeout(20_000)
            page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
            page.mistakes = []
            page.on("pageerror", lambda mistake: page.mistakes.append(str(mistake)))
            page.goto(live_server.url + path)
            page.wait_for_selector(shows)
            return page

        yield open_page
        browser.close()
        # Beside Playwright's loop Django keeps a connection of its own; the next test's database is another file.
        connections.close_all()


@pytest.fixture
def crowd(harbour, pine):
    return [member_of(harbour if n % 2 else pine, f"c{n}@crowd.example", f"Crowd {n}") for n in range(12)]


@pytest.fixture
def answered(questionnaire, crowd):
    """Twelve answers: six promoters of small firms, six detractors of larger ones who say why."""
    for number, member in enumerate(crowd):
        if number < 6:
            data = {"nps": 10, "size": "1-9", "used": ["forum", "mag"]}
        else:
            data = {"nps": 2, "size": "10-99", "why": f"=too slow {number}, 太慢", "used": ["forum"]}
        answering.complete(questionnaire, member=member, data=data)
    return questionnaire


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(delivering, "store", lambda: tmp_path)
    return tmp_path
