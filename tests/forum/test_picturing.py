"""Pictures in texts: what is kept of them, who may see them, what is refused."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum import messaging, picturing, posting
from forum.models import Picture


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(kind: str = "JPEG", size: tuple[int, int] = (60, 30), **kept) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#a8281c").save(out, kind, **kept)
    return out.getvalue()


def with_place() -> bytes:
    """A photograph lying on its side, with the place where it was taken and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    return drawn(exif=exif, comment=b"SecretComment")


def sent(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def test_a_picture_is_drawn_anew_upright_and_without_its_story(client, alice):
    client.force_login(alice)
    answer = client.post("/forum/pictures/", {"picture": sent(with_place(), "My *photo*].jpg")}).json()
    picture = Picture.objects.get()
    assert answer["markdown"] == f"![My *photo*]({picture.get_absolute_url()})"
    assert (picture.width, picture.height) == (30, 60)
    data = b"".join(client.get(answer["url"]).streaming_content)
    assert not any(word in data for word in (b"Secret", b"Exif", b"GPS", b"ICCP"))
    assert Image.open(io.BytesIO(data)).format == "WEBP"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_other_kinds_are_taken_too(alice, kind):
    assert picturing.redrawn(drawn(kind)).size == (60, 30)


def test_a_huge_picture_is_made_smaller():
    assert picturing.redrawn(drawn("PNG", (4_100, 50))).size == (2_048, 25)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("data", [b"", b"GIF89a", SVG, b"%PDF-1.7", drawn()[:200], drawn("BMP"), b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_what_is_no_picture_is_refused(client, alice, data):
    client.force_login(alice)
    answer = client.post("/forum/pictures/", {"picture": sent(data or b" ")})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not Picture.objects.exists()


def test_too_many_bytes_or_pixels_are_refused(alice, monkeypatch):
    monkeypatch.setattr(picturing, "MAX_PIXELS", 1_000)
    with pytest.raises(picturing.TooBig):
        picturing.redrawn(drawn())
    monkeypatch.setattr(picturing, "MAX_BYTES", 10)
    with pytest.raises(picturing.TooBig):
        picturing.take_in(sent(drawn()), owner=alice)


def test_visitors_send_none(client, db):
    assert client.post("/forum/pictures/", {"picture": sent(drawn())}).status_code == 302


def test_a_plain_form_brings_pictures_without_a_script(client, bob, thread):
    client.force_login(bob)
    client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Look:", "pictures": [sent(drawn()), sent(drawn("PNG"), "two.png")]})
    post = thread.posts.get(no=2)
    assert re.fullmatch(r"Look:\n\n!\[photo\]\(/forum/pictures/[0-9a-f-]{36}/\)\n\n!\[two\]\(/forum/pictures/[0-9a-f-]{36}/\)", post.body)
    assert post.html.count("<img") == 2
    assert post.pictures.count() == 2


def test_a_wrong_file_in_a_plain_form_loses_no_words(client, bob, thread):
    client.force_login(bob)
    answer = client.post(f"/forum/threads/{thread.pk}/replies/", {"body": "Half an hour of work.", "pictures": [sent(b"no picture")]})
    assert answer.status_code == 422
    assert "Half an hour of work." in answer.content.decode()
    assert thread.posts.count() == 1


def seen(client, member, address) -> int:
    client.logout()
    if member:
        client.force_login(member)
    return client.get(address).status_code


def test_a_picture_is_seen_where_its_post_is_read(client, alice, bob, charlie, harbour_board, open_board):
    picture = picturing.take_in(sent(drawn()), owner=alice)
    address = picture.get_absolute_url()
    assert [seen(client, who, address) for who in (alice, bob, charlie, None)] == [200, 404, 404, 404]
    thread = posting.start_thread(harbour_board, author=alice, title="Ours", body=picturing.markdown_of(picture))
    assert [seen(client, who, address) for who in (bob, charlie, None)] == [200, 404, 404]
    # Naming another's picture opens it to nobody.
    posting.start_thread(open_board, author=charlie, title="Mine now", body=picturing.markdown_of(picture))
    assert [seen(client, who, address) for who in (charlie, None)] == [404, 404]
    posting.start_thread(open_board, author=alice, title="For all", body=picturing.markdown_of(picture))
    assert seen(client, None, address) == 200
    assert thread.posts.get().pictures.get() == picture


def test_a_picture_in_a_private_message_stays_there(client, alice, bob, charlie, moderator):
    picture = picturing.take_in(sent(drawn()), owner=alice)
    messaging.start(alice, to=[bob], title="x", body=picturing.markdown_of(picture))
    assert [seen(client, who, picture.get_absolute_url()) for who in (bob, charlie, moderator)] == [200, 404, 404]
