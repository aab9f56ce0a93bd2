"""A forgotten member sat under another name; what they let slip of their own goes from the record."""

import io
import json
import uuid
import zipfile

from django.core.management import call_command

from focusgroups import discussing
from live.models import Event


def test_what_was_let_slip_goes_and_the_rest_stays(open_group, seats, question, alice, charlie, tmp_path):
    discussing.say(open_group.pk, member=alice, client_id=uuid.uuid4(), body="Alice Chen here, alice@harbour.example. Stock ran out.")
    discussing.say(open_group.pk, member=charlie, client_id=uuid.uuid4(), body="So Alice Chen sits here!")
    call_command("export_member", alice.email, "--output", str(tmp_path / "alice.zip"))
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "alice.zip").read_bytes()))
    said = json.dumps(json.loads(archive.read("live/event.json")))
    assert "Stock ran out" in said
    assert "sits here" not in said

    call_command("erase_member", alice.email)
    record = json.dumps(list(Event.objects.values_list("body", flat=True)))
    assert "Stock ran out" in record
    assert "sits here" in record
    for trace in ("Alice Chen", "alice@harbour"):
        assert trace not in record
    seats["alice"].refresh_from_db()
    assert seats["alice"].removed_at
    # The room hears of it as when somebody is shown out.
    assert Event.objects.get(kind="removed").body == {"seat": seats["alice"].pk, "name": "Maple"}
