"""The frame and its vocabulary under axe-core: both languages, both themes, a desktop and a phone."""

import pytest

from tests.browser.conftest import violations

PAGES = ["dev/style/", "accounts/signup/", "accounts/login/", "dev/style/404/"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("prefix", ["", "zh-hans/"])
def test_axe_finds_nothing_in_the_frame(visit, prefix, width):
    page = visit(width=width, reduced_motion="reduce")
    for address in PAGES:
        page.goto(prefix + address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"
    assert page.problems == []


def test_a_narrow_phone_at_four_times_zoom_scrolls_in_one_direction_only(visit):
    page = visit(width=320)
    for address in PAGES:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_theme_is_chosen_without_javascript(visit):
    page = visit(color_scheme="light", java_script_enabled=False)
    page.goto("accounts/login/")
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/accounts/login/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="简体中文", exact=True).click()
    page.wait_for_url("**/zh-hans/accounts/login/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_keyboard_reaches_the_content_first(visit):
    page = visit()
    page.goto("accounts/login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
