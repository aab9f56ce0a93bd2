"""A survey made in django-survey's own admin in the player, in a real browser."""

import pytest
from survey.models import Answer, Question

from surveys import adopting
from surveys.models import Submission
from tests.browser.conftest import CHROMIUM
from tests.surveys.test_adopting import NINE, answers_to, made

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]


def test_all_nine_types_are_answered_in_the_player(device, alice, db):
    survey = made()
    questionnaire = adopting.adopt(survey)[0]
    names = {question.type: f"q{question.pk}" for question in survey.questions.all()}
    page = device(alice, f"/surveys/{questionnaire.slug}/")

    def at(kind, inner):
        return page.locator(f"[data-name={names[kind]}] {inner}")

    at(Question.TEXT, "textarea").fill("说说看")
    at(Question.SHORT_TEXT, "input").fill("一句")
    at(Question.RADIO, "label").filter(has_text="It's fine").first.click()
    listed = at(Question.SELECT, "input").first
    listed.focus()
    for _step in range(5):  # the list opens, and then each choice in turn
        listed.press("ArrowDown")
        if (listed.get_attribute("aria-activedescendant") or "").endswith("北京"):
            break
    listed.press("Enter")
    for words in ("苹果", "won't say"):
        at(Question.SELECT_MULTIPLE, "label").filter(has_text=words).first.click()
    at(Question.SELECT_IMAGE, "label").nth(1).click()
    at(Question.INTEGER, "input").fill("4")
    at(Question.FLOAT, "input").fill("2.5")
    at(Question.DATE, "input").fill("2026-05-09")
    page.locator(".sd-navigation__complete-btn").click()
    page.wait_for_url("**/thanks/")
    assert Submission.objects.get().data == answers_to(survey)
    assert list(Answer.objects.order_by("question__order").values_list("body", flat=True)) == [body for *_about, body in NINE]
    assert page.mistakes == []
