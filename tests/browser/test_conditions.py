"""The form of a condition while the server answers slowly: what is typed and pressed meanwhile is not lost, and nobody is called away."""

import time

from tests.browser.conftest import sign_in

FIRST, SECOND = "[name='condition-0-0-field']", "[name='condition-0-1-field']"


def test_what_is_typed_and_pressed_while_the_server_answers_stays(club, visit):
    page = visit()
    sign_in(page, club.account("marketer"))
    page.goto("/admin/segment/new/")

    def answer_slowly(route):
        if route.request.method == "POST":
            time.sleep(0.2)
        route.continue_()

    page.route("**/segment/new/", answer_slowly)
    page.select_option(FIRST, "member.job_title")
    page.fill("[name='condition-0-0-value']", "Buyer")
    page.click("[name='condition-reshape'][value='row:0']")
    page.fill("[name='name_zh']", "采购")
    page.wait_for_selector(SECOND)
    assert page.input_value(FIRST) == "member.job_title"
    assert page.input_value("[name='condition-0-0-value']") == "Buyer"
    assert page.evaluate("document.activeElement.name") == "name_zh"
    assert page.input_value("[name='name_zh']") == "采购"
