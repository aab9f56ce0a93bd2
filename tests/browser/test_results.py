"""Results that move: an open page of results takes in an answer without being asked for again."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_story import answer_a_survey


def test_open_results_move_when_somebody_answers_and_leave_what_is_being_typed(club, visit):
    researcher, customer = visit(), visit()
    sign_in(researcher, club.account("researcher"))
    sign_in(customer, club.account("customer"))
    customer.goto("/surveys/")
    survey = customer.locator("main a[href*='/surveys/']:not([href='/surveys/'])").first.get_attribute("href")
    researcher.goto(f"{survey}results/")
    count = researcher.locator("#survey-results .page-head .lede")
    before = int(re.search(r"\d+", count.inner_text()).group())
    researcher.evaluate("window.isTheSamePage = true")
    field = researcher.locator(".survey-find input").first
    field.fill("库存")

    answer_a_survey(customer)

    expect(count).to_have_text(f"{before + 1} answers")
    assert researcher.evaluate("window.isTheSamePage")
    expect(field).to_have_value("库存")
    expect(field).to_be_focused()
    assert researcher.problems == []
