"""Two researchers, or two tabs of one, change the same survey: nobody's change is lost, and whoever saves over another's is told."""

import datetime
import json
import threading

import pytest
from django.db import connection, transaction

from members import asking, meanwhile
from members.meanwhile import ChangedMeanwhile
from surveys import answering, publishing, quotas
from surveys.models import Questionnaire
from tests.points.test_races import wait_for_a_lock


@pytest.fixture
def desk(client, researcher):
    client.force_login(researcher)
    return client


@pytest.fixture
def address(questionnaire):
    return f"/admin/surveys/{questionnaire.pk}/"


def shown(client, address):
    """The fields of the settings' form as a browser has them when its page was opened."""
    form = client.get(address).context["form"]
    fields = {}
    for field in form:
        value = field.value()
        if value not in (None, "", False):
            fields[field.html_name] = field.field.widget.format_value(value) if field.name.endswith("_at") else value
    return fields


def test_what_only_others_changed_stays_as_they_put_it_and_whoever_saves_is_told(desk, questionnaire, address):
    mine = shown(desk, address)
    desk.post(address, shown(desk, address) | {"title": "Theirs", "points": "40", "closes_at": "2031-05-01T12:00"})
    told = desk.post(address, mine | {"summary": "Mine"}, follow=True).content.decode()
    questionnaire.refresh_from_db()
    assert (questionnaire.title, questionnaire.points, questionnaire.summary) == ("Theirs", 40, "Mine")
    assert questionnaire.closes_at.year == 2031
    assert questionnaire.survey.name == "Theirs"
    assert "Others changed meanwhile, and it stays as they put it: Title, Points, Closes." in told
    again = desk.post(address, shown(desk, address) | {"summary": "Mine again"}, follow=True).content.decode()
    assert "Others changed meanwhile" not in again


def test_where_both_changed_the_same_nothing_is_written_until_it_is_sent_once_more(desk, questionnaire, address):
    mine = shown(desk, address) | {"title": "Mine", "minutes": "9", "is_editable": "on"}
    desk.post(address, shown(desk, address) | {"title": "Theirs", "results": "answered"})
    refused = desk.post(address, mine)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Somebody else changed this meanwhile; it is now: Theirs. Save again to put yours in its place." in page
    assert 'value="Mine"' in page
    questionnaire.refresh_from_db()
    assert (questionnaire.title, questionnaire.minutes, questionnaire.is_editable) == ("Theirs", 3, False)
    assert desk.post(address, mine | {"seen": refused.context["form"]["seen"].value()}).status_code == 302
    questionnaire.refresh_from_db()
    assert (questionnaire.title, questionnaire.minutes, questionnaire.is_editable) == ("Mine", 9, True)
    assert questionnaire.results == "answered"  # that was only theirs


def test_of_another_definition_its_differences_are_told_by_name(desk, questionnaire, address, definition):
    mine = json.loads(json.dumps(definition))
    mine["pages"][0]["elements"][0]["title"] = "Mine"
    typed = shown(desk, address) | {"definition": json.dumps(mine)}
    theirs = json.loads(json.dumps(definition))
    theirs["pages"][0]["elements"][0]["rateMax"] = 5
    theirs["pages"][1]["elements"].append({"type": "text", "name": "more"})
    desk.post(address, shown(desk, address) | {"definition": json.dumps(theirs)})
    refused = desk.post(address, typed)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Somebody else saved another definition meanwhile" in page
    for line in ("“more” is only in theirs", "“nps” differs: rateMax, title"):
        assert line in page
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == theirs
    assert desk.post(address, typed | {"seen": refused.context["form"]["seen"].value()}).status_code == 302
    questionnaire.refresh_from_db()
    assert questionnaire.draft_definition == mine


def test_of_two_who_set_one_end_each_the_later_is_told_where_it_would_close_before_it_opens(desk, questionnaire, address):
    questionnaire.opens_at = questionnaire.closes_at = None
    mine = shown(desk, address) | {"closes_at": "2031-05-01T12:00"}
    desk.post(address, shown(desk, address) | {"opens_at": "2031-06-01T12:00"})
    refused = desk.post(address, mine)
    assert (refused.status_code, "it is now: 1 June 2031" in refused.content.decode()) == (409, True)
    questionnaire.refresh_from_db()
    assert questionnaire.closes_at is None


def test_a_moment_with_seconds_that_a_page_cannot_show_is_not_taken_for_a_change(desk, questionnaire, address):
    moment = datetime.datetime(2031, 5, 1, 10, 20, 30, 400, tzinfo=datetime.UTC)
    Questionnaire.objects.filter(pk=questionnaire.pk).update(closes_at=moment, summary="Two\nlines ")
    desk.post(address, shown(desk, address) | {"summary": "Two\r\nlines", "minutes": "5"})
    questionnaire.refresh_from_db()
    assert (questionnaire.closes_at, questionnaire.summary, questionnaire.minutes) == (moment, "Two\nlines ", 5)


def test_anonymity_does_not_change_under_answers_that_were_asked_for_a_moment_ago(questionnaire):
    with pytest.raises(ChangedMeanwhile):
        publishing.revise(questionnaire, is_anonymous=True)
    questionnaire.refresh_from_db()
    assert not questionnaire.is_anonymous


def test_a_page_without_marks_or_with_forged_ones_writes_what_it_names_and_nothing_else(desk, questionnaire, address):
    for seen in ("", "{", "[]", '{"title": 7}', "[" * 100_000):
        sent = {name: value for name, value in shown(desk, address).items() if name != "seen"}
        assert desk.post(address, sent | {"seen": seen, "title": f"T{len(seen)}"}).status_code == 302
        questionnaire.refresh_from_db()
        assert questionnaire.title == f"T{len(seen)}"


def test_a_draft_that_became_another_is_not_published_unseen(desk, researcher, questionnaire, address, definition):
    seen = desk.get(address).context["draft_seen"]
    definition["pages"][0]["elements"][0]["title"] = "Half-typed"
    publishing.revise(questionnaire, definition=definition)
    told = desk.post(f"{address}publish/", {"seen": seen}, follow=True).content.decode()
    assert "Not published: somebody else saved another draft meanwhile." in told
    questionnaire.refresh_from_db()
    assert questionnaire.version.number == 1
    desk.post(f"{address}publish/", {"seen": desk.get(address).context["draft_seen"]})
    questionnaire.refresh_from_db()
    assert questionnaire.version.number == 2


def test_what_is_saved_while_another_draft_is_proof_read_is_not_published_in_its_place(questionnaire, definition, monkeypatch):
    broken = {"elements": [{"type": "text", "name": "a"}, {"type": "text", "name": "a"}]}
    definition["pages"][0]["elements"][0]["title"] = "Better"
    publishing.revise(questionnaire, definition=definition)
    read = publishing.proofread

    def slow(found):
        told = read(found)
        publishing.revise(Questionnaire.objects.get(pk=questionnaire.pk), definition=broken)
        return told

    monkeypatch.setattr(publishing, "proofread", slow)
    with pytest.raises(ChangedMeanwhile):
        publishing.publish(Questionnaire.objects.get(pk=questionnaire.pk))
    questionnaire.refresh_from_db()
    assert questionnaire.version.number == 1


def test_rules_for_contradictions_are_not_overwritten_unseen(desk, questionnaire, address):
    def seen():
        return desk.get(address).context["contradictions_seen"]

    mine = {"contradictions": "{nps} > 8 and {why} notempty", "seen": seen()}
    desk.post(f"{address}contradictions/", {"contradictions": "{nps} < 2", "seen": seen()})
    refused = desk.post(f"{address}contradictions/", mine)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "{nps} &lt; 2</li>" in page
    assert "{why} notempty</textarea>" in page
    questionnaire.refresh_from_db()
    assert questionnaire.contradictions == ["{nps} < 2"]
    again = mine | {"seen": refused.context["contradictions_seen"]}
    assert desk.post(f"{address}contradictions/", again).status_code == 302
    # A rule that cannot be read does not make the page know what it has not shown.
    stale = seen()
    desk.post(f"{address}contradictions/", {"contradictions": "{nps} < 3", "seen": seen()})
    unread = desk.post(f"{address}contradictions/", {"contradictions": "{nps} >", "seen": stale})
    assert (unread.status_code, unread.context["contradictions_seen"]) == (422, stale)


def test_shares_of_two_questions_given_at_once_are_both_kept_and_of_one_the_later_is_told(desk, questionnaire, address, good_answers):
    page = f"{address}analysis/"
    first, second = (desk.get(page).context["margins_form"]["seen"].value() for _tab in range(2))
    assert desk.post(f"{address}margins/", {"question": "size", "shares": "1-9 = 50\n10-99 = 50", "seen": first}).status_code == 302
    nps = "\n".join(f"{score} = {100 if score == 9 else 0}" for score in range(11))
    assert desk.post(f"{address}margins/", {"question": "nps", "shares": nps, "seen": second}).status_code == 302
    questionnaire.refresh_from_db()
    assert set(questionnaire.margins) == {"size", "nps"}
    late = desk.post(f"{address}margins/", {"question": "size", "shares": "1-9 = 100", "seen": second})
    assert (late.status_code, "other shares meanwhile: 1-9 50 %, 10-99 50 %" in late.content.decode()) == (409, True)
    questionnaire.refresh_from_db()
    assert questionnaire.margins["size"] == {'"1-9"': 0.5, '"10-99"': 0.5}
    seen = late.context["margins_form"]["seen"].value()
    assert desk.post(f"{address}margins/", {"question": "size", "shares": "1-9 = 100", "seen": seen}).status_code == 302


def test_a_kiosk_switched_on_twice_keeps_its_first_address_and_a_stale_page_does_not_switch_it_the_other_way(desk, questionnaire, address):
    desk.post(f"{address}kiosk/", {"kiosk": "on"})
    token = Questionnaire.objects.get(pk=questionnaire.pk).kiosk_token
    desk.post(f"{address}kiosk/", {"kiosk": "on"})
    assert Questionnaire.objects.get(pk=questionnaire.pk).kiosk_token == token
    for _press in range(2):
        desk.post(f"{address}kiosk/", {"kiosk": "off"})
        assert Questionnaire.objects.get(pk=questionnaire.pk).kiosk_token is None


def test_the_limit_of_asking_is_not_overwritten_unseen(desk):
    asking.set_limit(most=3, days=30)
    page = "/admin/surveys/limit/"
    seen = desk.get(page).context["form"]["seen"].value()
    asking.set_limit(most=5, days=30)
    refused = desk.post(page, {"most": "4", "days": "60", "seen": seen})
    assert (refused.status_code, "it is now: 5." in refused.content.decode()) == (409, True)
    assert (asking.limit().most, asking.limit().days) == (5, 30)
    desk.post(page, {"most": "4", "days": "60", "seen": refused.context["form"]["seen"].value()})
    assert (asking.limit().most, asking.limit().days) == (4, 60)
    desk.post(page, {"most": "4", "days": "60", "seen": desk.get(page).context["form"]["seen"].value()})
    assert (asking.limit().most, asking.limit().days) == (4, 60)


def test_a_button_that_is_pressed_twice_makes_one_survey_one_wave_and_one_file(desk, researcher, questionnaire, address):
    for page, sent in (("/admin/surveys/new/", {"title": "Twice", "starter": "nps"}), (f"{address}copy/", {"wave": "1"})):
        shown = desk.get(page if page.endswith("new/") else address)
        before = Questionnaire.objects.count()
        for _press in range(2):
            assert desk.post(page, sent | {"once": shown.context["once"]}).status_code == 302
        assert Questionnaire.objects.count() == before + 1
        # Another title from the same page is another survey.
        desk.post(page, sent | {"once": shown.context["once"], "title": "Another"})
        assert Questionnaire.objects.count() == before + 2
    for _press in range(2):
        desk.post(f"{address}exports/", {"format": "xlsx"})
    assert questionnaire.exports.count() == 1


def test_a_cell_that_is_taken_out_while_it_closes_turns_nobody_away(questionnaire, alice, good_answers, monkeypatch):
    cell = questionnaire.quotas.create(name="middle", wants={"size": "10-99"}, most=1, count=1)
    matching = quotas.matching

    def and_then_it_goes(*words):
        found = matching(*words)
        cell.delete()
        return found

    monkeypatch.setattr(quotas, "matching", and_then_it_goes)
    answering.complete(questionnaire, member=alice, data=good_answers)
    assert questionnaire.submissions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_one_moment_both_changes_stand(questionnaire):
    held, seen = (
        Questionnaire.objects.get(pk=questionnaire.pk),
        {"title": meanwhile.mark("How are we doing?"), "points": meanwhile.mark(None)},
    )
    done = []

    def theirs():
        publishing.revise(held, title="How are we doing?", points=40, seen=seen)
        done.append("theirs")
        connection.close()

    with transaction.atomic():
        publishing.revise(questionnaire, title="Mine", points=None, seen=seen)
        other = threading.Thread(target=theirs)
        other.start()
        if connection.vendor == "postgresql":
            wait_for_a_lock()
        assert not done
    other.join(timeout=20)
    questionnaire.refresh_from_db()
    assert (done, questionnaire.title, questionnaire.points) == (["theirs"], "Mine", 40)
