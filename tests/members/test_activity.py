import datetime

import pytest
from django.db import transaction

from members import activity
from members.models import Activity


def test_a_deed_is_logged_once_however_often_it_is_reported(alice):
    with transaction.atomic():
        first = activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1")
        again = activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1")
    assert first == again
    assert Activity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_deed_outside_a_transaction_is_refused(alice):
    with pytest.raises(RuntimeError, match="transaction"):
        activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1")


def test_a_deed_taken_back_can_be_restored_and_taken_back_again(alice):
    kind = Activity.Kind.REPLY_POSTED
    with transaction.atomic():
        first = activity.record(alice, kind, cause="post:1", title="Hello")
        assert activity.undo(kind, cause="post:1").undoes == first
        assert activity.undo(kind, cause="post:1") is None
        second = activity.restore(kind, cause="post:1")
        assert second.restores == first
        assert second.title == "Hello"
        assert activity.restore(kind, cause="post:1") is None
        assert activity.undo(kind, cause="post:1").undoes == second


def test_the_doorbell_rings_after_commit_and_only_for_news(alice, django_capture_on_commit_callbacks):
    rung = []
    activity.recorded.connect(lambda **news: rung.append(news["activity_id"]), weak=False, dispatch_uid="test")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            row = activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1")
            activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1")
        assert rung == [row.pk]
    finally:
        activity.recorded.disconnect(dispatch_uid="test")


@pytest.mark.parametrize("year", [1, 1989, 2100, 9990])
def test_a_deed_of_another_age_is_refused(alice, year):
    with pytest.raises(ValueError, match=str(year)), transaction.atomic():
        activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1", happened_at=datetime.datetime(year, 6, 1, tzinfo=datetime.UTC))
    assert not Activity.objects.exists()
