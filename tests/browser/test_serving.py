import http.client
import signal
import subprocess
import sys
import urllib.request

from tests.browser.conftest import ROOT, Club, free_port


def test_a_second_club_on_the_same_port_says_so_and_leaves(club):
    port = club.url.rsplit(":", 1)[1].strip("/")
    result = subprocess.run(
        [sys.executable, "manage.py", "serve", "--port", port], cwd=ROOT, env=club.env, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1
    assert "cannot open" in result.stderr


def test_a_club_told_to_stop_leaves_cleanly(club):
    other = Club(f"http://127.0.0.1:{free_port()}/", club.env)
    other.start()
    assert urllib.request.urlopen(f"{other.url}healthz", timeout=10).status == 200
    other.process.send_signal(signal.SIGTERM)
    assert other.process.wait(20) == 0


def sent(club, path, body, **headers):
    """What the served club answers to a request that is written by hand: (status, words)."""
    connection = http.client.HTTPConnection("127.0.0.1", int(club.url.rsplit(":", 1)[1].strip("/")), timeout=30)
    connection.request("POST", path, body=body, headers=headers)
    answer = connection.getresponse()
    words = answer.read().decode()
    connection.close()
    return answer.status, words


def test_a_form_without_a_field_is_read_as_a_form(club):
    """As the back office sends it while somebody looks at a rule: it asks who else is there."""
    status, words = sent(club, "/accounts/login/", b"--there--\r\n", **{"Content-Type": "multipart/form-data; boundary=there"})
    assert status == 403
    assert "<h1>" in words


def test_a_body_without_end_is_not_kept_and_whoever_sent_it_is_told(club):
    status, words = sent(club, "/accounts/login/", (b"x" * 2**20 for _each in range(65)))
    assert status == 413
    assert "too much at once" in words
    assert urllib.request.urlopen(f"{club.url}healthz", timeout=10).status == 200
