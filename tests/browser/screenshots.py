"""Takes a picture of every kind of page: `python -m tests.browser.screenshots [URL] [--to FOLDER] [--only TEXT]`.

The club must be open at URL (http://127.0.0.1:8000/) with the demo in it. Pictures: both languages, 1280 and 390 px wide, light and dark.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, ROOT, sign_in

VISITOR = ["", "magazine/", "forum/", "blogs/", "events/", "accounts/login/", "accounts/signup/", "no-such-page/", "privacy/", "contact/"]
MEMBER = [
    "",
    "forum/",
    "forum/search/?q=月末",
    "surveys/",
    "groups/",
    "points/",
    "points/rewards/",
    "points/leaderboard/",
    "refer/",
    "notifications/",
    "notifications/preferences/",
    "members/settings/",
]
# The first page of each kind, found by its link on a list.
FOUND = {
    "issue": ("magazine/", "main a[href*='/magazine/']"),
    "article": ("", "main a[href*='/magazine/'][href*='/'] >> nth=2"),
    "board": ("forum/", "main a[href*='/forum/boards/']"),
    "thread": ("forum/", "main a[href*='/forum/threads/']"),
    "blog": ("blogs/", "main a[href*='/blogs/']:not([href*='new'])"),
    "survey": ("surveys/", "main a[href*='/surveys/']:not(nav a)"),
    "group": ("groups/", "main a[href*='/groups/']:not(nav a)"),
    "event": ("events/", "main a[href*='/events/']"),
    "profile": ("points/leaderboard/", "main a[href*='/members/']"),
}


def pictures(url: str, folder: Path, only: str) -> None:
    accounts = json.loads(
        subprocess.run(
            [sys.executable, "manage.py", "demo_accounts", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    )
    customer = next(each for each in accounts if each["role"] == "customer")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for language, prefix in (("en", "/"), ("zh", "/zh-hans/")):
            for width in (1280, 390):
                for scheme in ("light", "dark"):
                    if only and only not in f"{language}-{width}-{scheme}":
                        continue
                    context = browser.new_context(base_url=url, color_scheme=scheme, viewport={"width": width, "height": 900})
                    page = context.new_page()

                    def shoot(name: str, page=page, mark: str = f"{language}-{width}-{scheme}") -> None:
                        page.wait_for_timeout(250)
                        page.screenshot(path=folder / f"{name}.{mark}.png", full_page=True)

                    for path in VISITOR:
                        page.goto(prefix + path)
                        shoot("visitor-" + (path.strip("/").replace("/", "-") or "home"))
                    sign_in(page, customer, prefix=prefix)
                    for path in MEMBER:
                        page.goto(prefix + path)
                        shoot("member-" + (path.split("?")[0].strip("/").replace("/", "-") or "home"))
                    for name, (path, link) in FOUND.items():
                        page.goto(prefix + path)
                        target = page.locator(link).first
                        if target.count():
                            page.goto(target.get_attribute("href"))
                            shoot(name)
                        else:
                            print(f"no {name} on {prefix}{path}")
                    context.close()
        browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000/")
    parser.add_argument("--to", type=Path, default=ROOT / "var" / "screenshots")
    parser.add_argument("--only", default="", help="such as zh-390-dark")
    options = parser.parse_args()
    pictures(options.url, options.to, options.only)
