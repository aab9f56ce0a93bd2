import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from members import activity
from members.models import Activity, Member
from notifications.models import Notification
from notifications.telling import tell
from referrals import naming
from referrals.models import Door, Referral


@pytest.fixture
def lives(alice, bob, charlie):
    """Alice named somebody, was told something by Charlie, and did something."""
    naming.name_somebody(alice, Door.COMPANY, name="Emil Ernst", company="Willow Works", email="emil@willow.example")
    with transaction.atomic():
        tell(alice, Notification.Kind.REPLY, cause="post:1", title="Paper prices", actor=charlie)
        tell(bob, Notification.Kind.REPLY, cause="post:2", title="Only for Bob", actor=charlie)
        activity.record(alice, Activity.Kind.REPLY_POSTED, cause="post:1", title="Paper prices")
        activity.record(bob, Activity.Kind.REPLY_POSTED, cause="post:2", title="Only for Bob")


def files_in(packed):
    archive = zipfile.ZipFile(io.BytesIO(packed))
    return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def test_an_export_holds_ones_own_and_nothing_of_others(lives, alice, bob, charlie, tmp_path, capsys):
    path = tmp_path / "alice.zip"
    call_command("export_member", "Alice@harbour.example", "--output", str(path))
    files = files_in(path.read_bytes())
    assert files["members/profile.json"][0]["email"] == alice.email
    assert files["members/activity.json"][0]["title"] == "Paper prices"
    assert files["referrals/referral.json"][0]["contact_name"] == "Emil Ernst"
    assert files["notifications/notification.json"][0]["title"] == "Paper prices"
    whole = json.dumps(files)
    for foreign in ("Only for Bob", bob.email, charlie.email, "Charlie", "pbkdf2", "password"):
        assert foreign not in whole, foreign


def test_a_member_downloads_their_own_data_by_a_post(client, lives, alice):
    page = "/members/settings/data/download/"
    assert client.post(page).status_code == 302
    client.force_login(alice)
    assert client.get(page).status_code == 405
    answer = client.post(page)
    assert answer["Content-Disposition"] == 'attachment; filename="alice-chen.zip"'
    assert files_in(answer.content)["members/profile.json"][0]["name"] == "Alice Chen"


@pytest.mark.parametrize("command", ["export_member", "erase_member"])
def test_nobody_of_that_address_is_an_error(db, command):
    with pytest.raises(CommandError, match="no member"):
        call_command(command, "nobody@far.example")


def test_an_erased_member_leaves_no_name_and_cannot_come_in(client, lives, alice, bob):
    client.post("/accounts/login/", {"login": alice.email, "password": "a-long-password-for-tests"})
    call_command("erase_member", alice.email)
    assert client.get("/members/settings/").status_code == 302, "signed out"
    client.post("/accounts/login/", {"login": "alice@harbour.example", "password": "a-long-password-for-tests"})
    assert client.get("/members/settings/").status_code == 302
    gone = Member.objects.get(pk=alice.pk)
    assert str(gone) == "Former member"
    left = str(list(Member.objects.filter(pk=alice.pk).values())) + str(list(Referral.objects.values()))
    for trace in ("alice", "Alice", "Emil", "emil@"):
        assert trace not in left
    assert not Notification.objects.filter(member=gone).exists()
    assert Notification.objects.filter(member=bob).exists()
    client.force_login(bob)
    assert client.get(f"/members/{gone.handle}/").status_code == 404


def test_erasing_leaves_the_log_and_the_books_whole(lives, alice, capsys):
    before = Activity.objects.count()
    call_command("accrue_points")
    call_command("erase_member", alice.email)
    assert Activity.objects.count() == before
    call_command("audit_ledger")
    assert "ledger balanced" in capsys.readouterr().out


def test_a_referrer_no_longer_reads_the_name_of_a_forgotten_colleague(client, alice, bob, settings):
    referral = naming.name_somebody(bob, Door.COLLEAGUE, name="Dora Ding", email="dora@harbour.example")
    dora = Member.objects.create_user("dora@harbour.example", name="Dora Ding")
    referral.invitee = dora
    referral.save()
    call_command("erase_member", dora.email)
    client.force_login(bob)
    assert "Dora" not in client.get("/refer/").content.decode()
