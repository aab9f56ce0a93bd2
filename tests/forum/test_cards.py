"""The picture beside a shared link."""

import io

import pytest
from PIL import Image

from forum import cards, moderating, posting


@pytest.mark.parametrize("title", ["Month-end closing", "月末结账先做哪一步" * 12, "W" * 200, "", "A word " * 40])
def test_any_title_fits_on_a_card(title):
    image = Image.open(io.BytesIO(cards.card(title, "Finance · Alice Chen")))
    assert image.size == (1200, 630)


def test_a_public_thread_has_a_card_and_names_it(client, open_board, alice):
    thread = posting.start_thread(open_board, author=alice, title="For everybody", body="Come in.")
    assert (
        f'content="http://127.0.0.1:8000/forum/threads/{thread.pk}/card.png"' in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    )
    assert client.get(f"/forum/threads/{thread.pk}/card.png")["Content-Type"] == "image/png"


def test_what_visitors_may_not_read_has_no_card_for_anybody(client, thread, alice, moderator, open_board):
    client.force_login(alice)
    assert client.get(f"/forum/threads/{thread.pk}/card.png").status_code == 404
    assert "card.png" not in client.get(f"/forum/threads/{thread.pk}/").content.decode()
    public = posting.start_thread(open_board, author=alice, title="For everybody", body="Come in.")
    moderating.hide_thread(public, by=moderator, reason="x")
    assert client.get(f"/forum/threads/{public.pk}/card.png").status_code == 404
