"""A forgotten member's answers stay for the research, without what gives the person away; before that they can be had."""

import io
import json
import zipfile

import pytest
from django.core.management import call_command
from survey.models import Answer, Response

from surveys import publishing
from surveys.models import Draft, Submission


@pytest.fixture
def telling(researcher):
    """A survey that asks in words, and for an address."""
    elements = [
        {"type": "comment", "name": "why", "title": "Why?"},
        {"type": "text", "inputType": "email", "name": "write_to", "title": "Where may we write?"},
    ]
    survey = publishing.create(title="Tell us", definition={"elements": elements}, created_by=researcher, slug="tell-us")
    publishing.publish(survey, by=researcher)
    survey.refresh_from_db()
    return survey


def test_the_answers_stay_and_the_person_goes(client, alice, telling, questionnaire, tmp_path):
    client.force_login(alice)
    said = {"why": "Ask for Alice Chen. The import is slow.", "write_to": "alice.private@mail.example"}
    sent = client.post("/surveys/tell-us/answers/", json.dumps({"data": said}), content_type="application/json")
    assert "thanks" in sent.json()
    client.post("/surveys/doing/draft/", json.dumps({"data": {"nps": 3}, "page": 0}), content_type="application/json")
    assert Draft.objects.exists()

    call_command("export_member", alice.email, "--output", str(tmp_path / "alice.zip"))
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "alice.zip").read_bytes()))
    assert json.loads(archive.read("surveys/submission.json"))[0]["data"] == said
    assert json.loads(archive.read("surveys/draft.json"))[0]["data"] == {"nps": 3}
    assert {row["answer"] for row in json.loads(archive.read("surveys/record.json"))} == set(said.values())

    call_command("erase_member", alice.email)
    assert Submission.objects.get().data == {"why": "Ask for […]. The import is slow."}
    left = str(list(Submission.objects.values())) + str(list(Answer.objects.values()))
    for trace in ("Alice", "alice.private"):
        assert trace not in left
    assert not Response.objects.filter(user=alice).exists()
    assert not Draft.objects.exists()
