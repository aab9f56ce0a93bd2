import copy

import pytest

from surveys import publishing
from surveys.engine import pool as pools

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
