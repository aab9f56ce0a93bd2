"""A rehearsal leaves nothing behind: no transcript, no points, no counts, no rest, no asking."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from codebooks import editing
from codebooks.models import Code
from community import recurring
from focusgroups import attending, coding, discussing, emptying, findings, moderating, pictures, preparing, recruiting, seating
from focusgroups.asked import asked_since
from focusgroups.models import Answer, Group, Quota, Seat
from live.models import Event, Stream
from members.models import Activity, Member
from notifications.models import Notification


@pytest.fixture
def rehearsal(open_group, seats, moderator, mei, new_id, settings, tmp_path) -> Group:
    """Held with a colleague in a participant's chair: said, answered, a picture sent, closed."""
    settings.MEDIA_ROOT = tmp_path
    Group.objects.filter(pk=open_group.pk).update(takes_pictures=True)
    open_group.refresh_from_db()
    room = preparing.rehearse(open_group, by=moderator)
    moderating.change_status(room.pk, member=moderator, client_id=new_id(), status=Group.Status.OPEN)
    seat = seating.consent(seating.invite(room, member=mei, by=moderator))
    Seat.objects.filter(pk=seat.pk).update(segment="rehearsed")
    attending.be_gone(seat.pk, attending.be_here(seat.pk))
    room.refresh_from_db()
    seat.group = room
    out = io.BytesIO()
    Image.new("RGB", (5, 5)).save(out, "PNG")
    sent = pictures.send(seat, file=SimpleUploadedFile("a.png", out.getvalue()))
    question = room.items.get(text__startswith="How was")
    moderating.pose(room.pk, member=moderator, client_id=new_id(), item=question.pk)
    discussing.say(room.pk, member=mei, client_id=new_id(), body="onetwothree onetwothree", picture=sent.pk)
    discussing.answer(room.pk, member=mei, client_id=new_id(), item=question.pk, body="Trial answer")
    moderating.change_status(room.pk, member=moderator, client_id=new_id(), status=Group.Status.CLOSED)
    return Group.objects.get(pk=room.pk)


def test_nothing_of_it_is_in_the_studys_report(client, rehearsal, study, researcher):
    client.force_login(researcher)
    page = client.get(f"/groups/studies/{study.pk}/").content.decode()
    for trace in ("onetwothree", "Rehearsal", "rehearsed", "How was last season?"):
        assert trace not in page, trace
    assert findings.words(study) == []
    code = Code.objects.create(codebook=editing.book_of(study), name="Trial")
    study.refresh_from_db()
    rehearsal.study.refresh_from_db()
    with pytest.raises(Exception, match="rehearsal"):
        coding.mark(rehearsal, coder=researcher, code=code, stream="all", seq=1)


def test_it_pays_nobody_and_nobody_rests_or_counts_as_asked_for_it(client, rehearsal, study, mei, moderator):
    client.force_login(moderator)
    client.post(f"/groups/{rehearsal.pk}/people/attendance/")
    assert not Activity.objects.filter(kind=Activity.Kind.GROUP_ATTENDED).exists()
    assert dict(asked_since(timezone.now() - datetime.timedelta(days=1))).get(mei.pk, 0) == 0
    other = Group.objects.create(study=study, title="Real", over_percent=0, rest_days=90)
    seating.invite(other, member=moderator, role=Seat.Role.MODERATOR, is_told=False)
    mei.company.refresh_from_db()
    # Her colleague would be drawn as well, and never two of one company.
    Member.objects.filter(company=mei.company).exclude(pk=mei.pk).update(is_active=False)
    Quota.objects.create(group=other, segment=mei.company.stage.value, wanted=50)
    assert mei in {seat.member for seat in recruiting.draw(other, by=moderator)}


def test_a_day_after_its_end_all_of_it_is_deleted_and_the_group_itself_is_untouched(
    rehearsal, open_group, moderator, alice, new_id, tmp_path, django_capture_on_commit_callbacks
):
    discussing.say(open_group.pk, member=alice, client_id=new_id(), body="This stays")
    deleting = next(each for each in recurring.ROUNDS if "time is over" in each.name)
    recurring.run_once(deleting)
    assert Group.objects.filter(pk=rehearsal.pk).exists(), "moderators may look at it until tomorrow"
    assert [path for path in tmp_path.rglob("*") if path.is_file()]
    Group.objects.filter(pk=rehearsal.pk).update(closed_at=timezone.now() - datetime.timedelta(days=1))
    with django_capture_on_commit_callbacks(execute=True):
        recurring.run_once(deleting)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not Group.objects.filter(pk=rehearsal.pk).exists()
    assert not Stream.objects.filter(name__startswith=f"group:{rehearsal.pk}:").exists()
    assert not Answer.objects.filter(body="Trial answer").exists()
    assert not Notification.objects.filter(cause__startswith=f"group:{rehearsal.pk}").exists()
    assert "This stays" in str(list(Event.objects.values_list("body", flat=True)))
    assert open_group.seats.count() == 4


def test_one_that_nobody_closed_may_go_on_tomorrow_and_is_gone_after_a_week(rehearsal):
    Group.objects.filter(pk=rehearsal.pk).update(status=Group.Status.OPEN, closed_at=None)
    for days, left in ((3, True), (8, False)):
        long_ago = timezone.now() - datetime.timedelta(days=days)
        Group.objects.filter(pk=rehearsal.pk).update(opened_at=long_ago)
        Event.objects.filter(stream__name__startswith=f"group:{rehearsal.pk}:").update(at=long_ago)
        emptying.empty_due()
        assert Group.objects.filter(pk=rehearsal.pk).exists() is left
