"""When a recording's time is over: nobody can be found any more, and the report reads as it did."""

import datetime
import io
import json
import re

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from codebooks import editing
from codebooks.models import Code
from focusgroups import attending, coding, discussing, emptying, findings, moderating, recruiting, redacting, seating
from focusgroups.models import Answer, Coding, Group, Item, Picture, Quote, Redaction, Remains, Seat
from live.models import Event, Stream
from members.models import Activity
from points.models import Transfer


@pytest.fixture
def finished(study, open_group, seats, question, masked, poll, alice, charlie, moderator, researcher, new_id):
    """A closed group with talk, whispers, every kind of result, two coders, quotes, and a confirmed participant."""
    pk = open_group.pk
    extra = [
        Item(kind="ranking", text="Order", options="A\nB"),
        Item(kind="rating", text="Rate", options="low\nhigh"),
        Item(kind="sort", text="Sort", options="Jar\nBox", categories="Keep\nThrow"),
        Item(kind="notes", text="Ideas"),
    ]
    for place, item in enumerate(extra):
        item.group, item.sort_order = open_group, 20 + place
        item.save()
    for name, segment in (("alice", "deploy"), ("charlie", "renew")):
        Seat.objects.filter(pk=seats[name].pk).update(segment=segment)
    for seat in seats.values():
        attending.be_gone(seat.pk, attending.be_here(seat.pk))
    moderating.pose(pk, member=moderator, client_id=None, item=question.pk)
    for member, text in (
        (alice, "Too small again, says Alice Chen"),
        (charlie, "The price is too high"),
        (charlie, "Price fine otherwise"),
    ):
        discussing.say(pk, member=member, client_id=new_id(), body=text)
    discussing.say(pk, member=alice, client_id=new_id(), to="me", body="Between us")
    moderating.probe(pk, member=moderator, client_id=None, seat=seats["charlie"].pk, body="Cedar, why?")
    moderating.pose(pk, member=moderator, client_id=None, item=masked.pk)
    for member in (alice, charlie):
        discussing.answer(pk, member=member, client_id=new_id(), item=masked.pk, body="Ninety")
    moderating.pose(pk, member=moderator, client_id=None, item=poll.pk)
    for member, choice in ((alice, 0), (charlie, 1)):
        discussing.vote(pk, member=member, client_id=new_id(), item=poll.pk, choices=[choice])
    given = [{"order": [1, 0]}, {"rating": 4}, {"piles": [0, 1]}, {"notes": ["Ask Charlie Wu, 13812345678", "Bigger jars"]}]
    for item, each in zip(extra, given, strict=True):
        moderating.pose(pk, member=moderator, client_id=None, item=item.pk)
        discussing.answer(pk, member=charlie, client_id=new_id(), item=item.pk, given=each)
    moderating.change_status(pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    book = editing.book_of(open_group.study)
    codes = {name: Code.objects.create(codebook=book, name=name) for name in ("Space", "Price")}
    said = Event.objects.filter(stream__name=f"group:{pk}:all", kind="message").order_by("seq")
    small, high, fine = said.values_list("seq", flat=True)
    for coder, code, seq in (
        (moderator, "Space", small), (researcher, "Space", small), (moderator, "Price", high), (researcher, "Price", fine),
    ):  # fmt: skip
        mark = coding.mark(open_group, coder=coder, code=codes[code], stream="all", seq=seq)
    coding.pick(mark, by=researcher, segment="renew")
    coding.pick(coding.mark(open_group, coder=moderator, code=codes["Space"], stream="all", seq=small), by=moderator, segment="deploy")
    attending.confirm(seats["alice"], by=moderator)
    study.refresh_from_db()
    return Group.objects.get(pk=pk)


def report(client, study, **asked):
    """The study's page without what is random, and without the words that are deleted."""
    page = client.get(f"/groups/studies/{study.pk}/", asked).content.decode()
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    sections = {
        name: re.search(rf'aria-labelledby="{name}".*?</section>', page, re.DOTALL)[0]
        for name in ("codebook", "board", "agreement", "words")
    }
    count = re.search(r"(\d+) quotes?", page)
    return [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text) for text in [*tables, *sections.values(), count[0] if count else ""]
    ]


def results(client, group):
    return re.findall(r'<section class="card.*?</section>', client.get(f"/groups/{group.pk}/results/").content.decode(), re.DOTALL)


def test_the_report_reads_the_same_after_the_recording_is_deleted(client, finished, study, researcher, question, poll):
    client.force_login(researcher)
    asked = [{}, {"by": "item"}, {"by": "group"}, {"segment": "renew"}, {"item": question.pk}, {"code": Code.objects.get(name="Price").pk}]
    before, exercises = [report(client, study, **each) for each in asked], results(client, finished)
    agreements = findings.agreements(study)
    emptying.empty(finished)

    known = {"Alice Chen": "[Maple]", "Charlie Wu": "[Cedar]", "13812345678": "[…]"}

    def redacted(text):
        for word, mark in known.items():
            text = text.replace(word, mark)
        return text

    for each, shown in zip(asked, before, strict=True):
        after = report(client, study, **each)
        # Names are no words of the report any more; all else is as it was.
        assert [redacted(text) for text in after[:-2]] == [redacted(text) for text in shown[:-2] if text], each
        assert after[-1] == shown[-1]
    assert findings.agreements(study) == agreements
    assert results(client, finished) == [redacted(text) for text in exercises]
    assert len(exercises) == 5
    page = client.get(f"/groups/studies/{study.pk}/").content.decode()
    assert "were deleted when their time was over" in page
    assert "2 had agreed, 2 came, 1 were confirmed" in page
    assert "Alice Chen" not in page
    assert client.get(f"/groups/studies/{study.pk}/project.qdpx").status_code == 200


def test_words_of_deleted_and_standing_talks_are_counted_together(client, finished, study, alice, moderator, new_id):
    before = {word: (count, spread) for word, count, spread in findings.words(study)}
    assert before["price"] == (2, 2)
    emptying.empty(finished)
    after = {word: (count, spread) for word, count, spread in findings.words(study)}
    assert after == {word: each for word, each in before.items() if word not in ("alice", "chen")}
    other = Group.objects.create(study=study, title="Another", status=Group.Status.OPEN)
    seating.invite(other, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    seating.consent(seating.invite(other, member=alice, is_told=False))
    discussing.say(other.pk, member=alice, client_id=new_id(), body="price price")
    assert {word: (count, spread) for word, count, spread in findings.words(study)}["price"] == (4, 3)


def test_nobody_can_be_found_any_more_and_points_were_awarded_once(finished, alice, charlie, observer, moderator, capsys, client):
    earned = Transfer.objects.count()
    emptying.empty(finished)
    assert set(finished.seats.values_list("role", flat=True)) == {"moderator"}
    assert not Answer.objects.exists()
    assert not Coding.objects.exists()
    # Neither by a name of a stream, nor by an author, nor by a seat's number in what is kept.
    assert set(Stream.objects.filter(name__startswith=f"group:{finished.pk}:").values_list("name", flat=True)) == {
        f"group:{finished.pk}:all", f"group:{finished.pk}:staff",
    }  # fmt: skip
    events = Event.objects.filter(stream__name__startswith=f"group:{finished.pk}:")
    assert events.exists()
    assert not events.exclude(author=None, client_id=None, body={}, salt="").exists()
    left = Remains.objects.values().get()
    kept = json.dumps([left[name] for name in ("record", "marks", "words", "outcomes")], ensure_ascii=False)
    for trace in ("Alice", "Charlie", "13812345678", "alice@", "between", "Too small again"):
        assert trace not in kept, trace
    assert Quote.objects.get(segment="deploy").text == "Too small again, says [Maple]"

    deed = Activity.objects.get(kind=Activity.Kind.GROUP_ATTENDED)
    assert (deed.member, "Maple" in json.dumps(deed.details)) == (alice, False)
    assert Transfer.objects.count() == earned
    client.force_login(moderator)
    assert client.post(f"/groups/{finished.pk}/people/attendance/").status_code == 302
    assert Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED).count() == 1
    client.force_login(alice)
    for door in ("", "transcript/", "transcript.json", "frames/"):
        assert client.get(f"/groups/{finished.pk}/{door}").status_code in (403, 404), door
    assert client.get(f"/api/v1/groups/{finished.pk}/events").status_code == 404

    capsys.readouterr()
    call_command("verify_transcript", finished.pk)
    said = capsys.readouterr().out
    assert "attendance: 2 agreed, 2 came, 1 confirmed; 1 awards of 30 points in the log of deeds" in said


def test_files_and_words_are_gone_from_the_disk_and_from_every_table(
    finished, moderator, researcher, alice, settings, tmp_path, client, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    made = io.BytesIO()
    Image.new("RGB", (5, 5)).save(made, "PNG")
    file = SimpleUploadedFile("a.png", made.getvalue())
    picture = Picture.objects.create(group=finished, seat=finished.seats.get(member=alice), file=file)
    assert [path for path in tmp_path.rglob("*") if path.is_file()]
    with django_capture_on_commit_callbacks(execute=True):
        emptying.empty(finished)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not Picture.objects.exists()
    # Row by row, whatever table it is: only the quotes that were picked for the report say anything of it.
    for model in apps.get_models():
        if model is Quote or model._meta.proxy or not model._meta.managed:
            continue
        everything = json.dumps(list(model.objects.values()), default=str, ensure_ascii=False)
        for said in ("Too small again", "The price is too high", "Between us", "Cedar, why?", "13812345678", "Ninety"):
            assert said not in everything, (model, said)
    for member, status in ((alice, 404), (moderator, 404), (researcher, 404)):
        client.force_login(member)
        assert client.get(f"/groups/{finished.pk}/pictures/{picture.pk}/").status_code == status
    client.force_login(moderator)
    for kind in ("txt", "csv", "json", "vtt"):
        file = client.get(f"/groups/{finished.pk}/transcript.{kind}").content.decode()
        assert "Too small again" not in file


def test_the_proof_says_that_the_recording_was_deleted_and_with_which_head(finished, moderator, client, capsys):
    heads = dict(Stream.objects.filter(name__startswith=f"group:{finished.pk}:").values_list("name", "digest"))
    counts = dict(Stream.objects.values_list("name", "last_seq"))
    name = f"group:{finished.pk}:all"
    emptying.empty(finished)
    call_command("verify_transcript", finished.pk)
    said = capsys.readouterr().out
    assert (
        f"{name}: recording deleted under retention on {timezone.now().date()}; it was 1..{counts[name]} complete, head {heads[name]}"
        in said
    )
    assert said.count("recording deleted under retention") == len(heads) >= 4
    assert all(head in said for head in heads.values())
    assert not re.search(rf"group:{finished.pk}:\d", said), "no member's number"
    client.force_login(moderator)
    for page in ("transcript/", "transcript.txt", "results/"):
        assert heads[name] in client.get(f"/groups/{finished.pk}/{page}").content.decode()
    # What is left is still watched.
    Event.objects.filter(stream__name=name, seq=2).update(kind="other")
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_transcript", finished.pk)


def test_an_award_that_is_missing_or_one_too_many_is_found(finished, moderator, bob):
    emptying.empty(finished)
    call_command("verify_transcript", finished.pk)
    Activity.objects.create(member=bob, kind=Activity.Kind.GROUP_ATTENDED, cause=f"group:{finished.pk}:member:{bob.pk}")
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_transcript", finished.pk)


def test_redaction_reaches_what_is_left_and_a_removed_code_goes_with_its_marks(finished, study, moderator):
    emptying.empty(finished)
    redacting.redact(finished, by=moderator, words=["Bigger jars"], kind=Redaction.Kind.OTHER)
    notes = findings.outcomes(finished)[-1]["notes"]
    assert ["Cedar", "[…]"] in [list(each) for each in notes]
    before = len(findings.kept(study))
    coding.remove_code(study, study.codes.get(name="Price"))
    assert len(findings.kept(study)) == before - 2


def test_who_took_part_rests_also_when_their_seat_is_gone(finished, study, alice, moderator):
    emptying.empty(finished)
    other = Group.objects.create(study=study, title="Another", seats_wanted=50, over_percent=0, rest_days=90)
    seating.invite(other, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    assert alice not in {seat.member for seat in recruiting.draw(other, by=moderator)}
    Activity.objects.update(happened_at=timezone.now() - datetime.timedelta(days=91))
    assert alice in {seat.member for seat in recruiting.draw(other, by=moderator)}


def test_groups_that_were_emptied_before_anything_was_kept_forget_their_people_too(finished, study, seats):
    study.keep_days = 1
    study.save()
    long_ago = timezone.now() - datetime.timedelta(days=40)
    Group.objects.filter(pk=finished.pk).update(emptied_at=long_ago, closed_at=long_ago)
    assert emptying.empty_due() == 1
    assert emptying.empty_due() == 0
    finished.refresh_from_db()
    assert finished.emptied_at == long_ago
    assert not finished.seats.filter(role="participant").exists()
