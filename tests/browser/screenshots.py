"""Takes a picture of every kind of page: `python -m tests.browser.screenshots [URL] [--to FOLDER] [--only TEXT] [--pages TEXT]`.

With --readme it makes docs/home.png, the picture of the README, and nothing else.
The club must be open at URL (http://127.0.0.1:8000/) with the demo in it. Pictures: both languages, 1280 and 390 px wide, light and dark.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, ROOT, sign_in

# Who looks, and at what. A pair is a list and the link on it to the page that is meant.
PAGES: dict[str, dict[str, str | tuple[str, str]]] = {
    "visitor": {
        "home": "",
        "about": "about/",
        "magazine": "magazine/",
        "forum": "forum/",
        "blogs": "blogs/",
        "events": "events/",
        "privacy": "privacy/",
        "contact": "contact/",
        "login": "accounts/login/",
        "login-code": "accounts/login/code/",
        "signup": "accounts/signup/",
        "reset": "accounts/password/reset/",
        "no-link": "r/nothing",
        "400": "dev/style/400/",
        "403": "dev/style/403/",
        "403-csrf": "dev/style/403_csrf/",
        "404": "no-such-page/",
        "429": "dev/style/429/",
        "500": "dev/style/500/",
    },
    "customer": {
        "home": "",
        "issue": ("magazine/", "main a[href*='/magazine/']"),
        "article": ("", ".contents a[href*='/magazine/']"),
        "forum": "forum/",
        "board": ("forum/", "main a[href*='/forum/boards/']"),
        "tag": ("forum/", "main a[href*='/forum/tags/']"),
        "thread": ("forum/boards/lounge/", "main .list-title a[href*='/forum/threads/']"),
        "compose": "forum/boards/lounge/new/",
        "search": "forum/search/?q=月末",
        "search-no-hits": "forum/search/?q=zebra+crossing",
        "site-search": "search/?q=points",
        "bookmarks": "forum/bookmarks/",
        "followed": "forum/followed/",
        "drafts": "forum/drafts/",
        "messages": "forum/messages/",
        "blog": ("blogs/", "main a[href*='/blogs/']:not([href*='new']):not([href$='/blogs/'])"),
        "profile": ("forum/boards/lounge/", "main .list-title a[href*='/forum/threads/']", "main a[href*='/members/']"),
        "surveys": "surveys/",
        "survey": ("surveys/", "main .grid a[href*='/surveys/']"),
        "groups": "groups/",
        "group": ("groups/", "main .list a[href*='/groups/']"),
        "event": ("events/", "main a[href*='/events/']"),
        "points": "points/",
        "rewards": "points/rewards/",
        "gifts": "points/gifts/",
        "leaderboard": "points/leaderboard/",
        "refer": "refer/",
        "notifications": "notifications/",
        "preferences": "notifications/preferences/",
        "settings": "members/settings/",
        "data": "members/settings/data/",
        "sessions": "accounts/sessions/",
        "email": "accounts/email/",
        "password": "accounts/password/change/",
        "second-step": "accounts/2fa/",
        "totp": "accounts/2fa/totp/activate/",
        "passkeys": "accounts/2fa/webauthn/",
        "403": "insights/",
    },
    "company_admin": {
        "company": "members/settings/company/",
        "pool": "points/pool/",
        "board-tasks": ("groups/", "main .list a[href*='/groups/']:has-text('对账这三天')"),
        "board-task": ("groups/", "main .list a[href*='/groups/']:has-text('对账这三天')", "main .tasks a"),
    },
    "partner": {"portal": "points/partner/", "pay": "points/pay/"},
    "moderator": {
        "queue": "forum/moderation/",
        "case": ("forum/moderation/", ".review a.button-primary"),
        "log": "forum/moderation/log/",
        "sweep": "forum/boards/lounge/moderation/",
        "member-notes": ("forum/moderation/", "main a[href*='/moderation/members/']"),
        "decisions": "forum/decisions/",
        "office": "admin/",
    },
    "marketer": {
        "insights": "insights/",
        "pays": "insights/pays/",
        "care": "insights/care/",
        "office": "admin/",
        "explorer": "admin/pages/",
        "rules": "admin/snippets/points/rule/",
        "rule": ("admin/snippets/points/rule/", "main a[href*='/rule/edit/']"),
        "back-tests": "admin/points/back-tests/",
        "redemptions": "admin/points/redemptions/",
        "reviews": "admin/points/reviews/",
        "owed": "admin/points/reports/owed/",
        "by-rule": "admin/points/reports/rules/",
        "trials": "admin/points/reports/trials/",
    },
    "researcher": {
        "office": "admin/",
        "groups": "groups/",
        "group": ("groups/", "main .list a[href*='/groups/']"),
        "board-tasks": ("groups/", "main .list a[href*='/groups/']:has-text('对账这三天')"),
        "board-task": ("groups/", "main .list a[href*='/groups/']:has-text('对账这三天')", "main .tasks a"),
        "results": ("admin/surveys/", "td a[href*='/admin/surveys/']", "a[href*='/results/']"),
        "study": "groups/studies/1/",
        "coding": "groups/1/coding/",
        "answers": "insights/answers/",
    },
    "admin": {"office": "admin/"},
}


def accounts() -> list[dict]:
    command = [sys.executable, "manage.py", "demo_accounts", "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def pictures(url: str, folder: Path, only: str, wanted: str) -> None:
    people = accounts()
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for language, prefix in (("en", "/"), ("zh", "/zh-hans/")):
            for width in (1280, 390):
                for scheme in ("light", "dark"):
                    mark = f"{language}-{width}-{scheme}"
                    if only not in mark:
                        continue
                    for role, pages in PAGES.items():
                        named = {name: where for name, where in pages.items() if wanted in f"{role}-{name}"}
                        if not named:
                            continue
                        context = browser.new_context(base_url=url, color_scheme=scheme, viewport={"width": width, "height": 900})
                        page = context.new_page()
                        if role != "visitor":
                            sign_in(page, next(each for each in people if each["role"] == role), prefix=prefix)
                        for name, where in named.items():
                            if go(page, prefix, where):
                                shoot(page, folder / f"{role}-{name}.{mark}.png")
                            else:
                                print(f"no {role}-{name} on {prefix}{where[0]}")
                        context.close()
        browser.close()


def readme_picture(url: str) -> None:
    """What a visitor sees first, small enough for a README."""
    from PIL import Image

    target = ROOT / "docs" / "home.png"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=url, color_scheme="light", viewport={"width": 1280, "height": 1040}).new_page()
        page.goto("/")
        page.wait_for_timeout(500)
        page.screenshot(path=target)
        browser.close()
    with Image.open(target) as picture:
        small = picture.convert("RGB").resize((960, 780), Image.Resampling.LANCZOS)
    small.quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)


def go(page, prefix: str, where: str | tuple[str, ...]) -> bool:
    """To an address, and on through the first link of each kind."""
    path, *links = where if isinstance(where, tuple) else (where,)
    page.goto(path if path.startswith(("http", "/")) else ("/" if path.startswith("admin/") else prefix) + path)
    for link in links:
        target = page.locator(link).first
        if not target.count():
            return False
        page.goto(target.get_attribute("href"))
    return True


def shoot(page, path: Path) -> None:
    page.wait_for_timeout(250)
    # The back office scrolls inside its frame: the window is made as tall as what it holds.
    size = page.viewport_size
    tall = page.evaluate(
        "() => Math.max(0, ...[...document.querySelectorAll('#wagtail main, #wagtail .content-wrapper')].map((each) => each.scrollHeight))"
    )
    if tall > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": tall})
        page.wait_for_timeout(250)
    page.screenshot(path=path, full_page=True)
    page.set_viewport_size(size)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        print(f"{path.name} is wider than its window")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000/")
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", default="", help="such as zh-390-dark")
    parser.add_argument("--pages", default="", help="such as customer-thread")
    parser.add_argument("--readme", action="store_true", help="make docs/home.png only")
    options = parser.parse_args()
    if options.readme:
        readme_picture(options.url)
    else:
        pictures(options.url, options.to, options.only, options.pages)
