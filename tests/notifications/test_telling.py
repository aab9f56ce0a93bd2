import pytest
from django.db import transaction

from members.models import Activity
from notifications.models import Notification
from notifications.sentences import sentence
from notifications.telling import tell

Kind = Notification.Kind


def react(member, actor, post=1):
    with transaction.atomic():
        return tell(member, Kind.REACTION, cause=f"post:{post}:by:{actor.pk}", title="Paper prices", url="/forum/", actor=actor)


def test_nobody_is_told_twice_or_of_their_own_deeds(alice, charlie):
    with transaction.atomic():
        assert tell(alice, Kind.REPLY, cause="post:1", actor=alice) is None
        assert tell(alice, Kind.REPLY, cause="post:1", actor=charlie)
        assert tell(alice, Kind.REPLY, cause="post:1", actor=charlie) is None
    assert Notification.objects.count() == 1


def test_reactions_to_one_post_are_told_together(alice, bob, charlie, mei):
    for actor in (bob, charlie, mei, charlie):
        react(alice, actor)
    row = Notification.objects.get()
    assert sentence(row) == "梅雨晴 and 2 others liked your post in “Paper prices”."
    react(alice, bob, post=12)
    assert Notification.objects.count() == 2


def test_points_for_one_thing_are_told_together_until_they_are_read(alice):
    def earn(number, title="Paper prices", kind=Activity.Kind.REACTION_RECEIVED):
        details = {"points": 1, "activity_kind": kind}
        with transaction.atomic():
            return tell(alice, Kind.POINTS_EARNED, cause=f"accrual:{number}:1", title=title, url=f"/forum/?at={number}", details=details)

    assert earn(1)
    assert earn(2) is None
    assert earn(2) is None  # told already
    row = Notification.objects.get()
    assert sentence(row) == "You earned 2 points: Reaction received, “Paper prices”."
    assert row.url == "/forum/?at=2"
    assert earn(3, title="Ink")
    assert earn(4, kind=Activity.Kind.REPLY_ACCEPTED)
    Notification.objects.update(read_at="2026-01-01T00:00Z")
    assert earn(5)
    assert Notification.objects.count() == 4


def test_a_reaction_after_reading_is_told_anew_but_not_by_the_same_person(alice, bob, charlie):
    react(alice, bob)
    Notification.objects.update(read_at="2026-01-01T00:00Z")
    react(alice, bob)
    assert Notification.objects.count() == 1
    react(alice, charlie)
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        (Kind.POINTS_EARNED, {"points": 5, "activity_kind": Activity.Kind.SURVEY_COMPLETED}, "You earned 5 points: Survey completed, “T”."),
        (Kind.POINTS_EARNED, {"points": 1}, "You earned 1 point: T."),
        (Kind.POINTS_LAPSING, {"points": 12, "on": "2026-12-31"}, "12 of your points lapse on 31 December 2026."),
        (Kind.REWARD, {"price": 30}, "You have enough for “T”: it costs 30 points."),
        (Kind.PARTNER, {}, "The joint promotion “T” waits for your yes or no."),
        (Kind.SURVEY_INVITATION, {"points": 8}, "You are invited to the survey “T”. It earns 8 points."),
        (Kind.GROUP_INVITATION, {}, "You are invited to the focus group “T”."),
        (Kind.REFERRAL_PROGRESS, {"step": "bought"}, "T has become a customer. Thank you!"),
        (Kind.EVENT, {"seat": 7}, "A place has become free for you at “T”: seat 7."),
        (Kind.MODERATION, {"verb": "hide_post", "reason": "Spam"}, "A moderator has hidden your post in “T”. The reason: Spam"),
        (Kind.NOTICE, {"words": {"en": "Come again.", "zh-hans": "欢迎再来。"}}, "Come again."),
        (Kind.WELCOME, {}, "T"),
    ],
)
def test_each_kind_has_its_sentence(alice, kind, details, said):
    assert sentence(Notification(member=alice, kind=kind, title="T", details=details)) == said


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("details", [{}, {"points": "many", "on": "never", "step": "?", "verb": 1, "actors": [], "seat": None}])
def test_no_detail_breaks_a_sentence(alice, kind, details):
    assert sentence(Notification(member=alice, kind=kind, details=details))
