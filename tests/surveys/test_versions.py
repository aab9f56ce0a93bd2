"""A live survey changed: what can still be compared, said in words, and old answers read as they were asked."""

import json

import pytest

from surveys import answering, equivalence, publishing, tallying


@pytest.fixture
def changed(questionnaire, definition, alice, good_answers, researcher):
    """Answered once, then published anew: a scale, a name, a choice, a wording, a condition and a question changed."""
    answering.complete(questionnaire, member=alice, data=good_answers)
    text = (
        json.dumps(definition).replace('"rateMax": 10', '"rateMax": 7').replace('"size"', '"headcount"').replace("{nps} < 7", "{nps} < 3")
    )
    new = json.loads(text)
    used = new["pages"][1]["elements"][0]
    used["title"], used["choices"][0] = "What do you use most?", {"value": "forum", "text": "Boards"}
    used["choices"].append("groups")
    new["pages"][1]["elements"][2] = {"type": "text", "name": "city", "title": "Where are you?"}
    publishing.revise(questionnaire, definition=new)
    publishing.publish(questionnaire, by=researcher)
    questionnaire.refresh_from_db()
    return questionnaire


def compared(survey):
    first, today = survey.versions.get(number=1), survey.version
    facts = (first.outline["en"], today.outline["en"], first.definition, today.definition, survey.equivalents)
    return {each.name: each for each in equivalence.compare(*facts)}


def test_each_question_says_whether_it_can_be_compared_and_why_not(changed):
    found = compared(changed)
    assert {name: each.verdict for name, each in found.items()} == {
        "nps": "not",
        "why": "care",
        "used": "care",
        "headcount": "new",
        "city": "new",
        "size": "gone",
        "double": "gone",
    }
    assert found["nps"].reasons == ["Another scale: was 0–10, is 0–7."]
    assert "its conditions changed" in found["why"].reasons[0]
    assert "Could not be chosen then: groups." in found["used"].reasons[0]
    assert "forum → Boards" in found["used"].reasons[1]
    assert "was “What do you use?”" in found["used"].reasons[2]


def test_what_did_not_change_is_compared_whole(questionnaire):
    version = questionnaire.version
    facts = (version.outline["en"], version.outline["en"], version.definition, version.definition, {})
    assert {each.verdict for each in equivalence.compare(*facts)} == {"whole"}


def test_an_earlier_question_is_declared_equal_on_the_page_and_counts(client, researcher, changed):
    client.force_login(researcher)
    address = f"/admin/surveys/{changed.pk}/"
    page = client.get(f"{address}versions/").content.decode()
    assert "Another scale: was 0–10, is 0–7." in page
    assert "No: gone" in page
    refused = client.post(f"{address}equivalents/", {"old": "size", "new": "city"}, follow=True).content.decode()
    assert "cannot count as one" in refused
    assert (
        "cannot count as one" in client.post(f"{address}equivalents/", {"old": "never", "new": "headcount"}, follow=True).content.decode()
    )
    client.post(f"{address}equivalents/", {"old": "size", "new": "headcount"})
    changed.refresh_from_db()
    assert changed.equivalents == {"size": "headcount"}
    assert tallying.current(changed).counts["headcount"]["n"] == 1
    assert compared(changed)["size"].counts_as == "headcount"
    assert "Was called “size”" in client.get(f"{address}versions/").content.decode()
    client.post(f"{address}equivalents/", {"old": "size"})
    changed.refresh_from_db()
    assert changed.equivalents == {}


def test_old_answers_are_read_in_the_words_of_their_version(client, researcher, changed):
    [submission] = changed.submissions.all()
    client.force_login(researcher)
    assert f"/answers/{submission.pk}/" in client.get(f"/admin/surveys/{changed.pk}/responses/").content.decode()
    page = client.get(f"/admin/surveys/{changed.pk}/answers/{submission.pk}/").content.decode()
    assert "What do you use?" in page
    assert "forum, Magazine" in page
    assert "Boards" not in page
    assert "How many are you?" in client.get(f"/admin/surveys/{changed.pk}/versions/1/").content.decode()
    assert client.get(f"/admin/surveys/{changed.pk}/versions/9/").status_code == 404


def test_versions_are_the_researchers(client, moderator, alice, changed):
    [submission] = changed.submissions.all()
    client.force_login(moderator)
    for page in ("versions/", "versions/1/", f"answers/{submission.pk}/"):
        assert client.get(f"/admin/surveys/{changed.pk}/{page}").status_code == 404
    assert client.post(f"/admin/surveys/{changed.pk}/equivalents/", {"old": "size", "new": "headcount"}).status_code == 404
