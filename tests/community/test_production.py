"""The club as it stands in production: DEBUG off, static files collected under hashed names, gunicorn, a proxy that speaks https."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import database_template

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ["/", "/zh-hans/", "/magazine/", "/forum/", "/accounts/login/", "/accounts/signup/", "/admin/login/"]


pytestmark = pytest.mark.xdist_group("production")


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Asks the served club for a path: (status, headers, body)."""
    folder = tmp_path_factory.mktemp("production")
    database_template.lay_sqlite(folder / "club.sqlite3")
    clean = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE")}
    env = clean | {
        "SECRET_KEY": "a long text that only this test knows",
        "ALLOWED_HOSTS": "club.example",
        "SITE_URL": "https://club.example",
        "DATABASE_URL": f"sqlite:///{folder / 'club.sqlite3'}",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "ALLAUTH_TRUSTED_PROXY_COUNT": "1",
    }
    collecting = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collecting, cwd=ROOT, env=env, check=True, capture_output=True, timeout=120)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = [
        sys.executable,
        "-m",
        "gunicorn",
        "community.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
    ]
    process = subprocess.Popen(serving, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_words):
            return None

    opener = urllib.request.build_opener(Stay)

    def ask(path: str, *, https: bool = True, host: str = "club.example"):
        headers = {"Host": host, "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https" if https else "http"}
        try:
            with opener.open(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if ask("/healthz")[0] == 200:
                break
        except OSError:
            time.sleep(0.2)
    yield ask
    process.terminate()
    process.wait(20)


def test_every_page_opens_and_every_static_file_that_it_names_is_there(production):
    named = set()
    for path in PAGES:
        status, _headers, body = production(path)
        assert status == 200, path
        named |= set(re.findall(r'/static/[^"\'?#)\s]+', body.decode()))
    assert len(named) > 10
    assert [path for path in sorted(named) if production(path)[0] != 200] == []
    assert all(re.search(r"\.[0-9a-f]{12}\.", path) for path in named)


def test_cookies_and_transport_are_secure(production):
    _status, headers, _body = production("/accounts/login/")
    assert "Secure" in headers["Set-Cookie"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_plain_http_leads_to_https_and_foreign_hosts_are_refused(production):
    status, headers, _body = production("/forum/", https=False)
    assert (status, headers["Location"]) == (301, "https://club.example/forum/")
    assert production("/", host="evil.example")[0] == 400


@pytest.mark.parametrize("path", ["/dev/mail/", "/dev/style/", "/metrics", "/no-such-page/"])
def test_what_is_for_developers_or_nowhere_is_closed(production, path):
    assert production(path)[0] in (403, 404)
