"""What is agreed to before a room: kept whole with its version, which follows the wording; asked again where the wording changed."""

import pytest

from focusgroups import rooms, seating
from focusgroups.models import Group
from focusgroups.models.study import next_version
from focusgroups.refusals import Refused
from members.models import Consent

LONG = "I take part of my own free will. " * 100


def test_the_register_keeps_the_whole_wording_and_its_whole_version(group, alice):
    Group.objects.filter(pk=group.pk).update(consent_text=LONG, consent_version="returns-autumn-2026")
    seating.consent(seating.invite(group, member=alice))
    kept = Consent.objects.get(member=alice, purpose=Consent.Purpose.RECORDING)
    assert kept.wording == LONG
    assert kept.wording_version == f"group {group.pk} vreturns-autumn-2026"


def test_the_version_follows_the_wording_and_nothing_else(group):
    group.refresh_from_db()
    group.title = "Stock"
    group.consent_text = group.consent_text.replace(" ", "\r\n", 1)
    group.save()
    assert group.consent_version == "1"
    group.consent_text += " Sound is recorded too."
    group.save(update_fields=["consent_text"])
    group.refresh_from_db()
    assert group.consent_version == "2"


@pytest.mark.parametrize(
    ("version", "following"),
    [("9", "10"), ("2026-01", "2026-02"), ("draft", "draft-2"), ("", "-2"), ("a" * 19 + "9", "a" * 18 + "10")],
)
def test_versions_count_up_whatever_they_look_like(version, following):
    assert next_version(version) == following


def test_who_agreed_to_older_words_is_asked_again_before_they_come_in(client, open_group, seats, alice):
    client.force_login(alice)
    assert "Before you come in" not in client.get(f"/groups/{open_group.pk}/").content.decode()
    open_group.consent_text += " Sound is recorded too."
    open_group.seats_wanted = 2
    open_group.save()
    page = client.get(f"/groups/{open_group.pk}/").content.decode()
    assert "The wording has changed since you agreed to it" in page
    assert "Sound is recorded too." in page
    assert client.get(f"/groups/{open_group.pk}/frames/").status_code == 403
    client.post(f"/groups/{open_group.pk}/seat/", {"agree": "on", "version": "2"})
    assert rooms.seat_of(open_group.pk, alice).may_enter
    kept = Consent.objects.filter(member=alice, purpose=Consent.Purpose.RECORDING).order_by("pk")
    assert [row.wording_version.rpartition("v")[2] for row in kept] == ["1", "2"]


def test_agreeing_to_words_that_changed_while_they_were_read_counts_for_nothing(client, group, alice):
    seat = seating.invite(group, member=alice)
    group.consent_text += " Sound is recorded too."
    group.save()
    with pytest.raises(Refused, match="reworded"):
        seating.consent(seat, version="1")
    client.force_login(alice)
    page = client.post(f"/groups/{group.pk}/seat/", {"agree": "on", "version": "1"}, follow=True).content.decode()
    assert "The wording has just been changed" in page
    assert not Consent.objects.filter(member=alice, purpose=Consent.Purpose.RECORDING).exists()
