"""A real club in a process of its own, and Chromium to visit it."""

import dataclasses
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path

import pytest

from tests import demo_template
from tests.browser.rooms import SCENE
from tests.database_template import server_of

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium keeps the last list of features that it is given: Playwright's own, and the address bar's pages, which no window of ours
# shows and every window loaded anew, for half a second of a processor each.
WITHOUT_FEATURES = [
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(WITHOUT_FEATURES)}",
]
# survey-js-ui writes a style attribute on its hidden bundle of icons; the policy blocks it, and nothing is missing for it.
SURVEYJS_STYLE = "sha256-Pp/vtHUW8EEiAh+JanwlbSOqQNrAchhFv9X7z+N5oOw="
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Two frames from now, with every transition at its end.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    .then(() => document.getAnimations().filter((each) => each instanceof CSSTransition).forEach((each) => each.finish()))"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            # One club and one Chromium serve all browser tests of a run.
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium here"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclasses.dataclass
class Club:
    """A served club: its address, its environment, and the commands one could type beside it."""

    url: str
    env: dict[str, str]
    process: subprocess.Popen | None = None

    def manage(self, *words: str, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=check, input=stdin, timeout=300)

    def start(self) -> None:
        port = self.url.rsplit(":", 1)[1].strip("/")
        log = open(Path(self.env["MAILBOX_DIR"]).parent / "serve.log", "ab")  # noqa: SIM115
        command = [sys.executable, "manage.py", "serve", "--port", port]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if "is open at" in line:
                return
        raise RuntimeError(f"the club did not open: {Path(log.name).read_text()[-2000:]}")

    def stop(self, *, at_once: bool = False) -> None:
        if self.process:
            self.process.kill() if at_once else self.process.terminate()
            self.process.wait(20)

    @cached_property
    def accounts(self) -> list[dict]:
        return json.loads(self.manage("demo_accounts", "--json").stdout)

    def account(self, role: str, **wanted: str) -> dict:
        return next(each for each in self.accounts if each["role"] == role and all(each[key] == value for key, value in wanted.items()))

    def mails_to(self, address: str) -> list:
        box = Path(self.env["MAILBOX_DIR"])
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(box.glob("*.eml"))]
        return [mail for mail in mails if mail["to"] and address in mail["to"]]

    def confirmation_code(self, address: str, *, patience_seconds: float = 10) -> str:
        """The code in the newest mail to an address."""
        until = time.monotonic() + patience_seconds
        while time.monotonic() < until:
            for mail in reversed(self.mails_to(address)):
                text = mail.get_body(("plain",)).get_content()
                if found := re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", text, re.MULTILINE):
                    return found.group(1)
            time.sleep(0.1)
        raise AssertionError(f"no code came to {address}")


def database_url(folder: Path) -> str:
    """The lane's engine, with a seeded database of this run's own."""
    lane = os.environ.get("DATABASE_URL", "")
    if not lane.startswith("postgres"):
        demo_template.lay_sqlite(folder / "club.sqlite3", folder / "media")
        return f"sqlite:///{folder / 'club.sqlite3'}"
    server, name = server_of(lane), f"clubroom_browser_{os.getpid()}"
    demo_template.lay_postgres(server, name, folder / "media")
    return f"{server}/{name}"


@pytest.fixture(scope="package")
def club(tmp_path_factory):
    """The demo club, served by `manage.py serve` with a database, a mailbox and media of its own."""
    folder = tmp_path_factory.mktemp("club")
    url = f"http://127.0.0.1:{free_port()}/"
    env = os.environ | {
        "DEBUG": "true",
        "SITE_URL": url.rstrip("/"),
        "DATABASE_URL": database_url(folder),
        "MAILBOX_DIR": str(folder / "mail"),
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_URL": "dummymail://",
        "RATE_LIMITS_OFF": "true",
        "DATABASE_POOL_SIZE": "8",
    }
    club = Club(url, env)
    club.start()
    yield club
    club.stop()
    if env["DATABASE_URL"].startswith("postgres"):
        import psycopg

        server, _slash, name = env["DATABASE_URL"].rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def chromium():
    """Ends with the last browser test: Playwright's loop runs in this thread, and asynchronous tests want one of their own."""
    from playwright.sync_api import expect, sync_playwright

    # Django would take the thread for an asynchronous one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        expect.set_options(timeout=30_000)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(chromium, club):
    """Opens a fresh browser profile: `visit(locale="zh-CN", color_scheme="dark", width=390)` gives its page."""
    contexts = []

    def open_page(*, locale: str = "en-GB", color_scheme: str = "light", width: int = 1280, height: int = 900, **options):
        context = chromium.new_context(
            base_url=club.url, locale=locale, color_scheme=color_scheme, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.problems = []

        def note(message):
            if "Content Security Policy" in message.text and SURVEYJS_STYLE not in message.text:
                page.problems.append(message.text)

        def note_failure(response):
            if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
                page.problems.append(f"{response.status} {response.url}")

        page.on("response", note_failure)
        page.on("pageerror", lambda error: page.problems.append(f"script: {error}"))
        page.on("console", note)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page, account: dict, *, prefix: str = "/") -> None:
    page.goto(f"{prefix}accounts/login/")
    page.fill("input[name=login]", account["email"])
    page.fill("input[name=password]", account["password"])
    page.locator("main form:has(input[name=password]) [type=submit]").first.click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def violations(page) -> list[str]:
    """What axe-core finds on the page by the WCAG 2.2 AA tags, a line each: all of it in light, and what colours decide again in dark."""
    # A page that somebody's click led to has its words before its styles.
    page.wait_for_load_state("load")
    # axe runs as a test's own script beside the page's policy, which forbids it inline.
    page.evaluate(AXE.read_text())
    found = _asked(page, {"type": "tag", "values": WCAG})
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    found += [f"in dark: {line}" for line in _asked(page, {"type": "rule", "values": OF_COLOURS})]
    page.emulate_media(color_scheme="light")
    page.evaluate(SETTLED)
    return found


def _asked(page, what: dict) -> list[str]:
    result = page.evaluate("(what) => axe.run(document, {runOnly: what, resultTypes: ['violations']})", what)
    return [f"{found['id']}: {node['target']} {node['failureSummary']}" for found in result["violations"] for node in found["nodes"]]


@pytest.fixture
def scene(club):
    """The numbers of the scene in the served club: group, board, task, and of each person cookie and seat."""
    done = club.manage("shell", "-v0", stdin=SCENE)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("SCENE ")).removeprefix("SCENE "))
