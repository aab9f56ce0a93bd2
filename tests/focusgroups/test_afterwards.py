"""After a group: files, redaction, the proof of the record, retention."""

import datetime
import io
import json
import re
import zipfile
from functools import partial

import docx
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from codebooks import editing
from codebooks.models import Code
from community import recurring
from focusgroups import coding, discussing, emptying, findings, moderating, proofs, redacting
from focusgroups.models import Answer, Coding, Group, Item, Quote, Redaction
from live import chain, streams
from live.models import Event, Stream

FORMATS = ("txt", "csv", "json", "vtt", "docx")


@pytest.fixture
def talk(open_group, seats, masked, alice, charlie, moderator, observer, new_id):
    """Everything that a transcript can hold, with identities said aloud in it."""
    pk = open_group.pk
    discussing.say(pk, member=alice, client_id=new_id(), body="I am Alice Chen of Harbour Trading, 13812345678 <b>")
    discussing.say(pk, member=observer, client_id=new_id(), body="Ask about the price")
    moderating.probe(pk, member=moderator, client_id=None, seat=seats["charlie"].pk, body="What do you think, Cedar?")
    moderating.pose(pk, member=moderator, client_id=None, item=masked.pk)
    discussing.answer(pk, member=charlie, client_id=new_id(), item=masked.pk, body="Ninety, says Charlie")
    moderating.reveal(pk, member=moderator, client_id=None, item=masked.pk)
    moderating.change_status(pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    return Group.objects.get(pk=pk)


def text_of(kind, content):
    if kind != "docx":
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        raw = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if name.endswith(".xml"))
    document = docx.Document(io.BytesIO(content))
    return "\n".join(paragraph.text for paragraph in document.paragraphs) + raw


@pytest.mark.parametrize("kind", FORMATS)
def test_the_clients_copy_holds_no_identity_in_any_format(client, talk, moderator, alice, charlie, observer, kind):
    client.force_login(moderator)
    answer = client.get(f"/groups/{talk.pk}/transcript.{kind}?copy=client")
    text = text_of(kind, answer.content)
    assert "Ninety" in text
    assert "[Maple]" in text
    hidden = ["13812345678", "price", "What do you think", "Momo", "Glass"]
    for member in (alice, charlie, observer, moderator):
        hidden += [member.name, member.email, str(member.public_id), *member.name.split()[:1]]
    hidden += ["Harbour Trading", "Pine Printing"]
    for word in hidden:
        assert word not in text, word


def test_an_observer_gets_the_clients_copy_and_no_other(client, talk, observer):
    client.force_login(observer)
    answer = client.get(f"/groups/{talk.pk}/transcript.txt")
    assert "Alice" not in answer.content.decode()
    assert "client" in answer["Content-Disposition"]


def test_whoever_reads_the_talk_knows_by_whose_clock_its_times_are(client, talk, moderator):
    client.force_login(moderator)
    said = "Times by the clock of Asia/Shanghai, UTC+08:00"
    assert said in client.get(f"/groups/{talk.pk}/transcript/").content.decode()
    for kind in ("txt", "docx"):
        assert said in text_of(kind, client.get(f"/groups/{talk.pk}/transcript.{kind}").content)
    # The others say it with each moment.
    for kind in ("csv", "json"):
        assert "+00:00" in text_of(kind, client.get(f"/groups/{talk.pk}/transcript.{kind}").content)
    assert "时间按 Asia/Shanghai, UTC+08:00 计" in client.get(f"/zh-hans/groups/{talk.pk}/transcript/").content.decode()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_has_the_talk_under_pseudonyms_and_says_that_it_is_whole(client, talk, moderator, kind):
    client.force_login(moderator)
    text = text_of(kind, client.get(f"/groups/{talk.pk}/transcript.{kind}").content)
    assert "Maple" in text
    assert "Ninety" in text
    if kind in ("txt", "json", "docx"):
        head = Stream.objects.get(name=f"group:{talk.pk}:all")
        assert f"1..{head.last_seq} complete, head {head.digest}" in text


def test_subtitles_rise_never_overlap_and_carry_no_markup_of_the_speakers(client, talk, moderator):
    client.force_login(moderator)
    text = client.get(f"/groups/{talk.pk}/transcript.vtt").content.decode()
    assert text.startswith("WEBVTT\n\n")
    times = re.findall(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})", text)
    assert times[0][0] == "00:00:00.000"
    assert all(start < end for start, end in times)
    assert "<v Maple>I am" in text
    assert "&lt;b&gt;" in text
    assert "<v Glass>(back room) Ask about the price" in text
    assert ">(private) → Cedar: What do you think" in text


def test_json_says_under_which_question_each_line_was_said(client, talk, masked, moderator):
    client.force_login(moderator)
    lines = json.loads(client.get(f"/groups/{talk.pk}/transcript.json").content)["lines"]
    assert [line["item"] for line in lines if line["text"].startswith("Ninety")] == [masked.pk]


def test_a_participant_cannot_code_redact_or_see_results(client, talk, study, alice, observer):
    for member in (alice, observer):
        client.force_login(member)
        for address in (f"/groups/{talk.pk}/coding/", f"/groups/{talk.pk}/results/", f"/groups/studies/{study.pk}/"):
            assert client.get(address).status_code == 404
        assert client.post(f"/groups/{talk.pk}/redactions/", {"words": "Alice", "kind": "name"}).status_code == 404
        assert client.get(f"/groups/studies/{study.pk}/project.qdpx").status_code == 404


def test_redaction_reaches_every_copy_of_the_words_and_leaves_a_trace_and_a_whole_record(client, talk, study, moderator, masked):
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    seq = Event.objects.get(stream__name=f"group:{talk.pk}:all", body__body__startswith="I am").seq
    kept = coding.mark(talk, coder=moderator, code=code, stream="all", seq=seq, words="of Harbour Trading, 13812345678")
    client.force_login(moderator)
    page = client.get(f"/groups/{talk.pk}/coding/").content.decode()
    assert "<mark>13812345678</mark>" in page
    client.post(f"/groups/{talk.pk}/redactions/", {"words": "Alice Chen\nHarbour Trading\nCharlie", "kind": "name", "reason": "asked to"})
    stored = json.dumps(list(Event.objects.values_list("body", flat=True)), ensure_ascii=False)
    assert "Alice" not in stored
    assert "Harbour" not in stored
    assert "says [name]" in stored
    assert Answer.objects.get(item=masked).body == "Ninety, says [name]"
    kept.refresh_from_db()
    kept.event.refresh_from_db()
    assert kept.quoted == "of [name], 13812345678" == kept.event.body["body"][kept.start : kept.end]
    trace = Redaction.objects.get()
    assert (trace.by, trace.kind, trace.reason) == (moderator, "name", "asked to")
    assert trace.places >= 3
    call_command("verify_transcript", talk.pk)
    assert "asked to" in client.get(f"/groups/{talk.pk}/coding/").content.decode()


def test_redaction_reaches_questions_made_up_on_the_spot_and_what_coders_noted(talk, study, moderator, poll):
    made_up = Item.objects.create(group=talk, text="Charlie, what would you pay?", sort_order=99)
    Item.objects.filter(pk=poll.pk).update(options="As Charlie says\nLess")
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    seq = Event.objects.get(stream__name=f"group:{talk.pk}:all", body__body__startswith="I am").seq
    mark = coding.mark(talk, coder=moderator, code=code, stream="all", seq=seq, words="I am", memo="Answers Charlie")
    quote = coding.pick(mark, by=moderator, note="Ask Charlie first. " + "x" * 481)
    redacting.redact(talk, by=moderator, words=["Charlie"], kind=Redaction.Kind.OTHER)
    redacting.redact(talk, by=moderator, words=["Ask"], kind=Redaction.Kind.NUMBER)
    for row in (made_up, poll, mark, quote):
        row.refresh_from_db()
    assert made_up.text == "[…], what would you pay?"
    assert poll.choices == ["As […] says", "Less"]
    assert mark.memo == "Answers […]"
    assert quote.note.startswith("[number] […] first. x")
    assert len(quote.note) <= 500


def test_the_page_shows_an_observer_no_more_than_their_file(client, talk, observer):
    client.force_login(observer)
    page, file = (client.get(f"/groups/{talk.pk}/transcript{end}").content.decode() for end in ("/", ".txt"))
    for each in (page, file):
        assert "[Maple]" in each
        for hidden in ("Alice Chen", "Harbour Trading", "13812345678", "says Charlie", "What do you think"):
            assert hidden not in each


def test_a_transcript_is_given_whole_however_long_it_is(talk):
    stream = Stream.objects.get(name=f"group:{talk.pk}:all")
    body = {"body": "Again", "name": "Maple", "role": "participant", "seat": 1}
    first = stream.last_seq + 1
    Event.objects.bulk_create(
        [Event(stream=stream, seq=seq, kind="message", body=body) for seq in range(first, first + 20_001)], batch_size=1000
    )
    assert findings.lines_of(talk)[-1].seq == first + 20_000


def test_the_page_says_of_each_part_of_the_record_that_it_is_whole_and_names_no_member(client, talk, moderator, alice, charlie):
    with transaction.atomic():
        streams.append(f"group:{talk.pk}:{alice.pk}", "message", {"body": "For the moderators"}, author=alice)
    client.force_login(moderator)
    found = client.get(f"/groups/{talk.pk}/results/").content.decode().partition('id="proof"')[2]
    assert f"The room: {proofs.public(talk.pk).found}" in found
    assert "Back room: 1.." in found
    private = chain.prove(f"group:{talk.pk}:{alice.pk}")
    assert f"One participant and the moderators: {private.found}" in found
    assert f"group:{talk.pk}:" not in found
    Event.objects.filter(stream__name=f"group:{talk.pk}:{alice.pk}").update(body={"body": "Other words"})
    assert "One participant and the moderators: BROKEN: 1 was changed" in client.get(f"/groups/{talk.pk}/results/").content.decode()


def test_the_proof_finds_a_changed_word_a_missing_event_and_an_added_one(talk, capsys):
    call_command("verify_transcript", talk.pk)
    assert "complete, head" in capsys.readouterr().out
    event = Event.objects.get(stream__name=f"group:{talk.pk}:all", body__body__startswith="I am")
    row, stream = Event.objects.filter(pk=event.pk), Stream.objects.filter(pk=event.stream_id)
    spoil = [
        partial(row.update, body={**event.body, "body": "I am nobody"}),
        row.delete,
        partial(row.update, at=event.at + datetime.timedelta(seconds=1)),
        partial(stream.update, last_seq=99),
    ]
    for each in spoil:
        with transaction.atomic():
            each()
            with pytest.raises(CommandError, match="not whole"):
                call_command("verify_transcript", talk.pk)
            transaction.set_rollback(True)
    call_command("verify_transcript", talk.pk)
    with pytest.raises(CommandError, match="no such group"):
        call_command("verify_transcript", 10**6)


def test_what_was_said_goes_after_the_studys_days_and_the_report_stays(talk, study, moderator, client):
    code = Code.objects.create(codebook=editing.book_of(study), name="Price")
    seq = Event.objects.get(stream__name=f"group:{talk.pk}:all", body__body__startswith="I am").seq
    coding.pick(coding.mark(talk, coder=moderator, code=code, stream="all", seq=seq, words="I am"), by=moderator)
    study.keep_days = 30
    study.save()
    assert emptying.empty_due() == 0
    Group.objects.filter(pk=talk.pk).update(closed_at=timezone.now() - datetime.timedelta(days=31))
    round_of_emptying = next(each for each in recurring.ROUNDS if "time is over" in each.name)
    assert recurring.run_once(round_of_emptying)
    assert emptying.empty_due() == 0
    assert not Event.objects.filter(stream__name__startswith=f"group:{talk.pk}:").exclude(body={}).exists()
    assert not Answer.objects.exclude(body="").exists()
    assert not Coding.objects.exists()
    assert Quote.objects.get().text == "I am"
    call_command("verify_transcript", talk.pk)
    client.force_login(moderator)
    assert "deleted when its time was over" in client.get(f"/groups/{talk.pk}/transcript/").content.decode()
    assert "I am" in client.get(f"/groups/studies/{study.pk}/").content.decode()
    assert client.get(f"/groups/{talk.pk}/coding/").status_code == 200


@pytest.mark.parametrize("status", [Group.Status.OPEN, Group.Status.PAUSED])
def test_a_group_that_nobody_closed_is_closed_and_emptied_when_its_days_are_over(open_group, study, seats, alice, new_id, status):
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="Stock ran out")
    study.keep_days = 30
    study.save()
    long_ago = timezone.now() - datetime.timedelta(days=31)
    Group.objects.filter(pk=open_group.pk).update(status=status, opened_at=long_ago, ends_at=long_ago)
    assert emptying.empty_due() == 0, "somebody spoke just now"
    Event.objects.filter(stream__name__startswith=f"group:{open_group.pk}:").update(at=long_ago)
    assert emptying.empty_due() == 1
    assert emptying.empty_due() == 0
    open_group.refresh_from_db()
    assert open_group.is_closed
    assert "Stock ran out" not in json.dumps(list(Event.objects.values_list("body", flat=True)))


@pytest.mark.parametrize(
    ("company", "said"),
    [
        ("Harbour Trading Co., Ltd.", "We at Harbour Trading pack by hand, Ltd or not"),
        ("上海港湾贸易有限公司", "我们港湾贸易都是手工打包，公司不大"),
        ("上海港湾贸易（集团）股份有限公司", "上海港湾贸易手工打包"),
    ],
)
def test_the_clients_copy_knows_a_company_by_what_people_call_it(client, open_group, alice, observer, new_id, company, said):
    type(alice.company).objects.filter(pk=alice.company_id).update(name=company)
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body=said)
    client.force_login(observer)
    copy = client.get(f"/groups/{open_group.pk}/transcript.txt").content.decode()
    assert "[Maple]" in copy
    for hidden in ("Harbour", "港湾"):
        assert hidden not in copy
    for harmless in ("Ltd or not", "公司不大"):
        assert (harmless in said) == (harmless in copy)


def test_a_short_name_is_taken_out_of_no_longer_word_but_from_beside_chinese_letters_and_numbers(open_group, alice, moderator, new_id):
    said = "Ann cannot plan; ANN's planning, ann_lee, 我是Ann是经理, call13812345678now"
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body=said)
    redacting.redact(open_group, by=moderator, words=["Ann", "13812345678", "是经理"], kind=Redaction.Kind.NAME)
    left = Event.objects.get(stream__name=f"group:{open_group.pk}:all", kind="message").body["body"]
    assert left == "[name] cannot plan; [name]'s planning, [name]_lee, 我是[name][name], call[name]now"


def test_redacting_nothing_is_refused(client, talk, moderator):
    client.force_login(moderator)
    client.post(f"/groups/{talk.pk}/redactions/", {"words": " \nx", "kind": "name"})
    assert not Redaction.objects.exists()
    with pytest.raises(ValueError, match="nothing"):
        redacting.redact(talk, by=moderator, words=[" "], kind=Redaction.Kind.NAME)


def test_a_new_event_follows_from_the_last(talk):
    name = f"group:{talk.pk}:all"
    before = Stream.objects.get(name=name)
    with transaction.atomic():
        event = streams.append(name, "note", {"text": "更多", "n": 1})
    assert event.seq == before.last_seq + 1
    assert Stream.objects.get(name=name).digest == event.digest != before.digest
