import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from community.media import storage_from_url

ROOT = Path(__file__).resolve().parent.parent.parent


def check(*words: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=kept | environment, capture_output=True, text=True, timeout=120
    )


def test_without_a_secret_key_and_without_debug_the_club_refuses_to_start_and_says_so():
    result = check("check", DEBUG="false")
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr


def test_whoever_sets_a_secret_key_runs_in_earnest_even_where_the_club_was_tried_before(tmp_path):
    result = check("shell", "-c", "from django.conf import settings; print('debug', settings.DEBUG)", SECRET_KEY="x" * 60)
    assert "debug False" in result.stdout


def test_a_secret_may_lie_in_a_file_and_a_deployed_club_has_nothing_to_warn_of(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a-long-random-text-of-more-than-fifty-characters-0123456789-abcdef")
    result = check(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY_FILE=str(secret),
        ALLOWED_HOSTS="club.example",
        SITE_URL="https://club.example",
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_an_s3_address_becomes_a_storage():
    storage = storage_from_url("s3://key:se%2Fcret@store.example:9000/club?region=eu-1")
    assert storage["OPTIONS"]["bucket_name"] == "club"
    assert storage["OPTIONS"]["secret_key"] == "se/cret"
    assert storage["OPTIONS"]["endpoint_url"] == "https://store.example:9000"
    assert storage["OPTIONS"]["region_name"] == "eu-1"


@pytest.mark.parametrize("address", ["file:///tmp", "s3://key:secret@host", "nonsense"])
def test_an_address_that_names_no_bucket_is_refused(address):
    with pytest.raises(ImproperlyConfigured):
        storage_from_url(address)
