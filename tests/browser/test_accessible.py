"""No page of the club's story has a fault that axe-core can see, in either language, in light or dark."""

import pytest

from tests.browser.conftest import sign_in, violations

VISITOR = ["", "magazine/", "forum/", "events/", "blogs/", "accounts/login/", "accounts/signup/", "no-such-page/"]
MEMBER = [
    "",
    "surveys/",
    "groups/",
    "points/",
    "points/rewards/",
    "points/leaderboard/",
    "refer/",
    "notifications/",
    "members/settings/",
    "forum/search/?q=月末",
    "forum/messages/",
    "forum/messages/new/",
    "forum/boards/finance/new/",
]
# A page of each kind, found by its link on a list.
KINDS = [
    ("magazine/", "main a[href*='/magazine/']:not([href$='/magazine/'])"),
    ("", "main h3 a[href*='/magazine/']"),
    ("forum/", "main a[href*='/forum/boards/']"),
    ("forum/", "main a[href*='/forum/threads/']"),
    ("surveys/", "main a[href*='/surveys/']:not([href$='/surveys/'])"),
    ("groups/", "main a[href*='/groups/']:not([href$='/groups/'])"),
    ("events/", "main a[href*='/events/']:not([href$='/events/'])"),
    ("blogs/", "main a[href*='/blogs/']:not([href$='/blogs/'])"),
]


@pytest.mark.parametrize("prefix", ["/", "/zh-hans/"])
def test_every_page_of_the_story_is_clean(club, visit, prefix):
    page, found = visit(reduced_motion="reduce"), []

    def look(path: str) -> None:
        page.goto(path)
        page.wait_for_load_state()
        found.extend(f"{path}: {line}" for line in violations(page))

    for path in VISITOR:
        look(prefix + path)
    sign_in(page, club.account("customer"), prefix=prefix)
    for path in MEMBER:
        look(prefix + path)
    for path, link in KINDS:
        page.goto(prefix + path)
        look(page.locator(link).first.get_attribute("href"))
    assert found == []
