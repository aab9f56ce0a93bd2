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
