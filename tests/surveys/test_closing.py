"""The survey's own words at the end: chosen and filled in by the server's engine, clean, and kept nowhere of an anonymous survey."""

import json

import pytest
from django.contrib.sessions.models import Session

from surveys import closing, publishing
from surveys.models import Participation, Submission

ELEMENTS = [
    {"type": "rating", "name": "nps", "title": "Would you recommend us?", "rateMin": 0, "rateMax": 10},
    {"type": "text", "name": "who", "title": "Your name"},
    {"type": "text", "name": "hidden", "visibleIf": "{nps} > 8"},
]
WORDS = {
    "completedHtml": {"default": "<h3>Thank you, {who}.</h3><script>alert(1)</script>", "zh-cn": "<h3>谢谢，{who}。</h3>"},
    "completedHtmlOnCondition": [
        {"expression": "{nps} < 7", "html": '<p onclick="x()">We are sorry, {who}. <a href="javascript:x()">no</a> {hidden}</p>'}
    ],
}


def finish(client, slug, data):
    return client.post(f"/surveys/{slug}/answers/", json.dumps({"data": data}), content_type="application/json")


@pytest.fixture
def closes(researcher):
    def made(slug, **fields):
        survey = publishing.create(title="Closing", definition={"elements": ELEMENTS, **WORDS}, slug=slug, created_by=researcher, **fields)
        publishing.publish(survey)
        return survey

    return made


def test_the_thanks_are_the_surveys_own_for_these_answers_and_run_nothing(client, alice, closes):
    closes("words")
    client.force_login(alice)
    assert "words" not in finish(client, "words", {"nps": 9, "who": "<b>A & B</b>"}).json()
    for _time in range(2):
        page = client.get("/surveys/words/thanks/").content.decode()
        assert "<h3>Thank you, &lt;b&gt;A &amp; B&lt;/b&gt;.</h3>" in page
        assert "alert(1)" not in page
    assert "<h3>谢谢，&lt;b&gt;" in client.get("/zh-hans/surveys/words/thanks/").content.decode()


def test_a_condition_chooses_the_words_by_what_was_kept(client, alice, closes):
    closes("words")
    client.force_login(alice)
    finish(client, "words", {"nps": 2, "who": "Alice", "hidden": "forged"})
    page = client.get("/surveys/words/thanks/").content.decode()
    assert "<p>We are sorry, Alice. <a" in page
    assert not [mark for mark in ('onclick="x()', "javascript:", "forged") if mark in page]


def test_an_anonymous_survey_says_its_words_with_the_verdict_and_keeps_them_nowhere(client, alice, closes):
    closes("quiet", is_anonymous=True)
    client.force_login(alice)
    assert finish(client, "quiet", {"nps": 9, "who": "Nightingale"}).json()["words"] == "<h3>Thank you, Nightingale.</h3>"
    page = client.get("/surveys/quiet/thanks/").content.decode()
    assert "Nightingale" not in page
    assert "data-survey-words hidden" in page
    assert "words" not in finish(client, "quiet", {"nps": 9, "who": "Nightingale"}).json()
    held = [session.get_decoded() for session in Session.objects.all()]
    assert "Nightingale" not in json.dumps([held, list(Participation.objects.values_list("blind", flat=True))])


def test_a_survey_without_words_asks_the_engine_for_none(client, alice, questionnaire, good_answers, monkeypatch):
    client.force_login(alice)
    finish(client, "doing", good_answers)
    monkeypatch.setattr(closing, "pool", None)
    assert client.get("/surveys/doing/thanks/").status_code == 200


def test_without_an_engine_the_clubs_thanks_stand_alone(client, alice, closes, monkeypatch):
    closes("words")
    client.force_login(alice)
    finish(client, "words", {"nps": 9, "who": "Alice"})
    assert Submission.objects.count() == 1

    def down(*_args):
        raise closing.EngineDown("down")

    monkeypatch.setattr("surveys.engine.pool.Pool.ask", down)
    response = client.get("/surveys/words/thanks/")
    assert response.status_code == 200
    assert "Thank you, Alice" not in response.content.decode()
