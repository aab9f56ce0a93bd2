"""The server's verdict beside that of the engine in a member's browser, as the club serves it there."""

from pathlib import Path

import pytest

from tests.browser.conftest import CHROMIUM
from tests.surveys.test_engine_agrees import ours, rich_runs

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
    pytest.mark.django_db(transaction=True),
]


def test_forty_random_runs_of_ten_rich_surveys_end_in_the_browser_as_on_the_server(device, alice, questionnaire):
    script = Path(__file__).with_name("reference.cjs").read_text("utf-8")
    judged = script[script.index("function errorsOf") : script.index("const lines")]
    page = device(alice, "/surveys/doing/")
    runs = rich_runs()
    cases = [{"definition": definition, "answers": answers, "walk": walk} for definition, answers, walk in runs]
    theirs = page.evaluate(f"(cases) => {{ {judged} return cases.map(judged); }}", cases)
    assert theirs == [ours(definition, answers) for definition, answers, _walk in runs]
    assert {verdict["valid"] for verdict in theirs} == {True, False}
    assert page.mistakes == []
