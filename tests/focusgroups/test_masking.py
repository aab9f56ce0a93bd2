"""What is masked stays on the server by every door until one has answered: room, board, list, page, file, notice, picture, number."""

import json
import re
import uuid

import pytest
from django.test import Client

from focusgroups import moderating
from focusgroups.models import Answer, Group
from live import threads
from notifications.models import Notification
from tests.focusgroups.test_room_socket import do, drain, enter

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "ninety-nine"


def doors(group, member, items):
    """All that a participant can ask for while the group runs."""
    page = Client()
    page.force_login(member)
    paths = [
        f"/groups/{group.pk}/",
        f"/groups/{group.pk}/frames/",
        f"/api/v1/groups/{group.pk}/events?after=all:0,me:0,staff:0",
        "/groups/",
    ]
    paths += [f"/groups/{group.pk}/transcript.{kind}" for kind in ("txt", "csv", "json", "vtt", "docx")]
    paths += [f"/groups/{group.pk}/{path}" for path in ("transcript/", "results/", "coding/", "people/")]
    paths += [f"/groups/studies/{group.study_id}/", f"/groups/studies/{group.study_id}/project.qdpx", "/notifications/", "/settings/data/"]
    paths += [f"/groups/{group.pk}/tasks/{item.pk}/" for item in items]
    return {path: page.get(path, follow=True).content.decode("utf-8", "replace") for path in paths}


async def test_no_door_tells_a_masked_answer_vote_or_how_many_there_are_before_ones_own(
    open_group, seats, masked, poll, alice, charlie, moderator
):
    def mask():
        open_group.items.filter(pk=poll.pk).update(is_masked=True)

    await threads.write(mask)
    first, second, leader = [await enter(member, open_group) for member in (alice, charlie, moderator)]
    for item in (masked, poll):
        await do(leader, "pose", item=item.pk)
    before = await threads.read(doors, open_group, charlie, [masked, poll])
    plain = await enter(charlie, open_group, after="all:0,me:0,staff:0")
    seen = [json.loads(text) for text in plain.raw] + await drain(plain)
    await do(first, "answer", item=masked.pk, body=SECRET)
    await do(first, "vote", item=poll.pk, choices=[1])
    answer = await threads.read(lambda: Answer.objects.get(body=SECRET).pk)
    # To speak under a question or to an answer that one cannot see tells nothing of it either.
    for guess in range(max(1, answer - 3), answer + 4):
        told = await do(second, "say", body="To nobody", item=masked.pk, answer=guess)
        assert told["type"] == "ack"
    for member_page, resumed in ((second, False), (await enter(charlie, open_group, after="all:0,me:0"), True)):
        await drain(member_page)
        raw = "".join(member_page.raw)
        assert SECRET not in raw, resumed
        assert '"answer":' not in raw
        assert '"counts"' not in raw
    after = await threads.read(doors, open_group, charlie, [masked, poll])
    for path, text in after.items():
        assert SECRET not in text, path
        assert '"counts"' not in text, path
    assert len(seen) >= 5
    # What the list and the greeting say is what they said before, but for one's own words.
    greeting = f"/groups/{open_group.pk}/frames/"
    strip = [(r'"(all|me)": \d+', "N"), (r'"is_here": (true|false)', "H")]

    def steady(text):
        for pattern, word in strip:
            text = re.sub(pattern, word, text)
        return text

    assert steady(after[greeting]) == steady(before[greeting])
    assert not await threads.read(Notification.objects.filter(member=charlie, details__has_key="task").exists)
    assert (await do(second, "answer", item=masked.pk, body="Mine"))["type"] == "ack"
    await drain(second)
    assert SECRET in "".join(second.raw)


def test_on_a_board_too_page_count_and_filter_tell_nothing_before_ones_own_answer(
    client, open_group, seats, masked, alice, charlie, moderator
):
    Group.objects.filter(pk=open_group.pk).update(kind=Group.Kind.BOARD)
    moderating.pose(open_group.pk, member=moderator, client_id=None, item=masked.pk)
    client.force_login(charlie)
    paths = [f"/groups/{open_group.pk}/{query}" for query in ("", "?show=waiting", "?order=newest")]
    paths += [f"/groups/{open_group.pk}/tasks/{masked.pk}/{query}" for query in ("", "?show=unanswered", "?show=mine", "?order=newest")]

    def shown():
        drawn = r'value="[\w-]{36,64}"|X-CSRFToken[^}]+|data-after="[^"]+"|nonce-\S+'
        return [re.sub(drawn, "", client.get(path).content.decode()) for path in paths]

    client.get(paths[0])
    before = shown()
    page = Client()
    page.force_login(alice)
    form = {"client_id": str(uuid.uuid4()), "body": SECRET}
    assert page.post(f"/groups/{open_group.pk}/tasks/{masked.pk}/answer/", form).status_code == 302
    assert shown() == before
    client.post(f"/groups/{open_group.pk}/tasks/{masked.pk}/answer/", {"client_id": str(uuid.uuid4()), "body": "Mine"})
    assert SECRET in "".join(shown())
