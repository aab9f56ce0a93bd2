"""Pictures in a room: what is taken, what is left of it, and who may see it."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from focusgroups import discussing, moderating, pictures
from focusgroups.models import Group, Picture
from focusgroups.refusals import Refused

TELLS = b"31.2304 N, Alice's yard"


@pytest.fixture
def room(open_group, seats, settings, tmp_path) -> Group:
    settings.MEDIA_ROOT = tmp_path
    Group.objects.filter(pk=open_group.pk).update(takes_pictures=True)
    open_group.refresh_from_db()
    for seat in seats.values():
        seat.group = open_group
    return open_group


def file_of(kind="JPEG", size=(40, 30), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **options)
    return SimpleUploadedFile(f"me.{kind.lower()}", out.getvalue())


def telling():
    """The same words in every place that a camera or a program writes them to."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = TELLS.decode(), TELLS.decode()
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (31.0, 13.0, 49.0)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", TELLS.decode())
    return {
        "JPEG": file_of("JPEG", exif=exif, comment=TELLS, icc_profile=TELLS),
        "PNG": file_of("PNG", pnginfo=text, exif=exif),
        "GIF": file_of("GIF", comment=TELLS),
        "WEBP": file_of("WEBP", exif=exif, xmp=TELLS),
        "TIFF": file_of("TIFF", exif=exif),
    }


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_nothing_but_the_picture_is_kept(client, room, alice, kind):
    file = telling()[kind]
    assert TELLS in file.read(), "it did tell"
    file.seek(0)
    client.force_login(alice)
    made = client.post(f"/groups/{room.pk}/pictures/", {"picture": file})
    assert made.status_code == 201, made.content
    kept = b"".join(client.get(f"/groups/{room.pk}/pictures/{made.json()['picture']}/").streaming_content)
    assert b"Alice" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert not {"comment", "icc_profile", "exif", "xmp"} & set(image.info)
    assert "me" not in Picture.objects.get().file.name.rpartition("/")[2]


def test_a_picture_too_many_too_large_or_of_too_many_points_is_refused_in_words(client, room, seats, alice, monkeypatch):
    client.force_login(alice)
    door = f"/groups/{room.pk}/pictures/"

    def refused(file):
        answer = client.post(door, {"picture": file} if file else {})
        assert answer.status_code == 422
        return answer.json()["code"]

    assert refused(None) == "no-picture"
    assert refused(SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"x" * (8 * 1024 * 1024 + 1))) == "too-large"
    assert refused(file_of("PNG", size=(6400, 6400))) == "too-large", "a small file may be a huge picture"
    assert refused(SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")) == "no-picture"
    assert not Picture.objects.exists()
    monkeypatch.setattr(pictures, "EACH_MAX", 2)
    assert [client.post(door, {"picture": file_of()}).status_code for _time in range(3)] == [201, 201, 422]
    Picture.objects.all().delete()


def test_only_participants_send_pictures_while_the_room_is_open_and_they_may_speak(client, room, seats, alice, moderator, observer):
    door = f"/groups/{room.pk}/pictures/"
    for member in (moderator, observer):
        client.force_login(member)
        assert client.post(door, {"picture": file_of()}).json()["code"] == "no-pictures"
    client.force_login(alice)
    moderating.mute(room.pk, member=moderator, client_id=None, seat=seats["alice"].pk)
    assert client.post(door, {"picture": file_of()}).json()["code"] == "muted"
    moderating.mute(room.pk, member=moderator, client_id=None, seat=seats["alice"].pk, is_muted=False)
    moderating.change_status(room.pk, member=moderator, client_id=None, status=Group.Status.PAUSED)
    assert client.post(door, {"picture": file_of()}).json()["code"] == "not-open"
    moderating.change_status(room.pk, member=moderator, client_id=None, status=Group.Status.OPEN)
    moderating.remove(room.pk, member=moderator, client_id=None, seat=seats["alice"].pk)
    assert client.post(door, {"picture": file_of()}).status_code == 404


def test_a_picture_is_seen_by_those_who_may_read_what_it_came_with_and_its_number_is_no_key(
    client, room, seats, masked, alice, charlie, moderator, observer
):
    def sees(member, picture):
        client.force_login(member)
        return client.get(f"/groups/{room.pk}/pictures/{picture.pk}/").status_code == 200

    unsaid, whispered, hidden, said = (pictures.send(seats["alice"], file=file_of()) for _time in range(4))
    words = {"member": alice, "body": "Look"}
    discussing.say(room.pk, client_id=uuid.uuid4(), to="me", picture=whispered.pk, **words)
    Group.objects.filter(pk=room.pk).update(kind=Group.Kind.BOARD)
    moderating.pose(room.pk, member=moderator, client_id=None, item=masked.pk)
    discussing.answer(room.pk, member=alice, client_id=uuid.uuid4(), item=masked.pk, body="Mine")
    discussing.say(room.pk, client_id=uuid.uuid4(), item=masked.pk, picture=hidden.pk, **words)
    discussing.say(room.pk, client_id=uuid.uuid4(), picture=said.pk, **words)
    assert [sees(charlie, each) for each in (unsaid, whispered, hidden, said)] == [False, False, False, True]
    for member in (alice, moderator, observer):
        assert all(sees(member, each) for each in (unsaid, whispered, hidden, said)), member
    moderating.reveal(room.pk, member=moderator, client_id=None, item=masked.pk)
    assert [sees(charlie, each) for each in (unsaid, whispered, hidden)] == [False, False, True]
    moderating.remove(room.pk, member=moderator, client_id=None, seat=seats["charlie"].pk)
    assert not sees(charlie, said)


def test_a_picture_of_another_is_not_sent_as_ones_own(room, seats, charlie):
    picture = pictures.send(seats["alice"], file=file_of())
    with pytest.raises(Refused, match="no-such-picture"):
        discussing.say(room.pk, member=charlie, client_id=uuid.uuid4(), body="Mine", picture=picture.pk)


def test_the_transcript_shows_the_picture_and_the_copy_that_is_handed_on_does_not(
    client, room, alice, charlie, observer, moderator, new_id
):
    client.force_login(alice)
    sent = client.post(f"/groups/{room.pk}/pictures/", {"picture": file_of()}).json()["picture"]
    discussing.say(room.pk, member=alice, client_id=new_id(), body="My shelf", picture=sent)
    moderating.change_status(room.pk, member=moderator, client_id=None, status=Group.Status.CLOSED)
    door, picture = f"/groups/{room.pk}/transcript/", f'src="/groups/{room.pk}/pictures/{sent}/" alt="Picture by Maple"'
    for member, is_shown in ((charlie, True), (moderator, True), (observer, False)):
        client.force_login(member)
        page = client.get(door).content.decode()
        assert "My shelf" in page
        assert (picture in page) == is_shown
