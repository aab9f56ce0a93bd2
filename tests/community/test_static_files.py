"""Scripts and styles as a development club finds them, app by app."""

import pytest
from django.contrib.staticfiles import finders


@pytest.mark.parametrize("path", ["django_htmx/htmx-4.min.js", "mfa/js/webauthn.js", "account/js/onload.js", "wagtailadmin/css/core.css"])
def test_a_script_of_any_app_is_found(path):
    assert finders.find(path)


def test_what_no_page_names_is_not_found_and_breaks_nothing():
    assert finders.find("survey/css/survey.css") is None
    assert finders.find("no/such/file.js") is None
