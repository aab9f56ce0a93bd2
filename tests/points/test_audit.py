import datetime
import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import IntegrityError
from django.utils import timezone

from members.models import Member
from points import accounts, auditing, guards, ledger, sealing
from points.models import Entry, Lot, LotUse, SealBlock, Transfer


@pytest.fixture
def books(funded, redeemed, issued, bob, move):
    """A few of everything."""
    now = timezone.now()
    move(funded, redeemed, 30)
    ledger.post(move(funded, redeemed, 10, kind="pending"), amount_points=4)
    move(funded, redeemed, 5, kind="pending")
    ledger.reverse(move(issued, funded, 7))
    move(issued, funded, 20, lapses_at=now + datetime.timedelta(days=1))
    ledger.lapse_due(funded, now=now + datetime.timedelta(days=2))
    sealing.seal()
    funded.refresh_from_db()
    return funded


def said():
    out = io.StringIO()
    call_command("audit_ledger", stdout=out)
    return out.getvalue()


def test_sound_books_balance(books):
    assert said().startswith("ledger balanced: ")
    assert f"{Transfer.objects.count()} transfers, total {books.posted} points" in said()


# Each with what the audit says of it, naming the row.
TAMPERING = {
    "a changed balance": (
        "UPDATE points_account SET posted = posted + 5 WHERE id = {account}",
        "account {code}: posted is 71, its transfers make 66",
    ),
    "a changed hold": ("UPDATE points_account SET held = held - 1 WHERE id = {account}", "account {code}: held is 4, its transfers make 5"),
    "a changed count of lines": (
        "UPDATE points_account SET seq = seq + 1 WHERE id = {account}",
        "account {code}: says 10 lines, there are 9",
    ),
    "a changed amount": (
        "UPDATE points_transfer SET amount_points = amount_points + 1 WHERE id = {transfer}",
        "does not say what transfer {transfer} did",
    ),
    "a changed reason": ("UPDATE points_transfer SET reason = 'gift' WHERE id = {transfer}", "seal {first}–{newest}: broken"),
    "a moved target": (
        "UPDATE points_transfer SET target_id = {lapsed} WHERE id = {transfer}",
        "seal {first}–{newest}: broken",
    ),
    "a removed entry": (
        "DELETE FROM points_entry WHERE account_id = {account} AND seq = 2",
        "entry {account}#3: the line before it is missing",
    ),
    "a changed entry": (
        "UPDATE points_entry SET balance_after = balance_after + 1 WHERE account_id = {account} AND seq = 2",
        "entry {account}#2: does not say what transfer {transfer} did",
    ),
    "a changed lot": ("UPDATE points_lot SET remaining = remaining - 1 WHERE id = {lot}", "lot {lot}: 60 remain, its uses leave 61"),
    "a lot that lapses later": (
        "UPDATE points_lot SET lapses_at = '2099-01-01T00:00:00+00:00' WHERE id = {lot}",
        "lot {lot}: lapses at another time",
    ),
    "a removed lot use": ("DELETE FROM points_lotuse WHERE id = {use}", "lot {lot}: 61 remain, its uses leave 91"),
    "a changed lot use": ("UPDATE points_lotuse SET amount = amount - 1 WHERE id = {use}", "lot {lot}: 61 remain, its uses leave 62"),
    "a doubled lot use": (
        "INSERT INTO points_lotuse (lot_id, transfer_id, amount) SELECT lot_id, {start}, amount FROM points_lotuse WHERE id = {use}",
        "lot {lot}: 61 remain, its uses leave 31",
    ),
    "a removed transfer": ("DELETE FROM points_transfer WHERE id = {last}", "does not say what transfer {last} did"),
    "a wallet that became another's": (
        "UPDATE points_accountowner SET member_id = {bob} WHERE account_id = {account}",
        "account {code}: belongs to member:{bob_id}",
    ),
    "a wallet that is nobody's": ("DELETE FROM points_accountowner WHERE account_id = {account}", "account {code}: is nobody's, and open"),
    "a broken seal": ("UPDATE points_sealblock SET hash = 'x'", "seal {first}–{newest}: broken"),
}
# What no guard can tell from an honest row: the audit does.
ALLOWED = {"a doubled lot use", "a wallet that became another's", "a wallet that is nobody's"}


def names(books):
    rows = Transfer.objects.order_by("id")
    bob = Member.objects.get(email="bob@harbour.example")
    return {
        "bob": bob.pk,
        "bob_id": bob.public_id,
        "account": books.pk,
        "code": books.code,
        "start": rows[0].pk,
        "first": rows[0].pk,
        "newest": rows.last().pk,
        "transfer": rows.filter(kind="single")[1].pk,
        "last": rows.filter(kind="lapse").first().pk,
        "lapsed": accounts.system("lapsed").pk,
        "lot": Lot.objects.filter(remaining__gt=0).get().pk,
        "use": LotUse.objects.filter(amount=30).get().pk,
    }


@pytest.mark.parametrize("name", sorted(TAMPERING.keys() - ALLOWED))
def test_the_database_refuses(books, name):
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(TAMPERING[name][0].format(**names(books)))


@pytest.mark.parametrize("name", TAMPERING)
@pytest.mark.django_db(transaction=True)
def test_with_the_guards_off_the_audit_finds_and_names(books, name):
    sql, finding = (text.format(**names(books)) for text in TAMPERING[name])
    guards.lift(connection)
    try:
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = DEFAULT")
    finally:
        guards.lay(connection)
    out = io.StringIO()
    with pytest.raises(CommandError, match="difference"):
        call_command("audit_ledger", stdout=out)
    assert finding in out.getvalue()
    assert "guards" not in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_sealed_over_breaks_every_later_seal(books, issued, move):
    """Whoever changes an old row, computes its block's seal anew and hangs the next block on it, has not sealed the next block."""
    move(issued, books, 1)
    sealing.seal()
    one, two = SealBlock.objects.order_by("id")
    changed = Transfer.objects.order_by("id").first()
    guards.lift(connection)
    try:
        Transfer.objects.filter(pk=changed.pk).update(reason="gift")
        rows = Transfer.objects.filter(id__lte=one.last_id).order_by("id").values_list(*sealing.SEALED)
        anew = sealing._hash(one.previous_hash, list(rows))
        SealBlock.objects.filter(pk=one.pk).update(hash=anew)
        SealBlock.objects.filter(pk=two.pk).update(previous_hash=anew)
    finally:
        guards.lay(connection)
    assert list(sealing.differences()) == [f"seal {two.first_id}–{two.last_id}: broken"]


def test_a_missing_guard_is_a_difference(books):
    with connection.cursor() as cursor:
        on = " ON points_transfer" if connection.vendor == "postgresql" else ""
        name = "kept" if connection.vendor == "postgresql" else "unchanged"
        cursor.execute(f"DROP TRIGGER points_transfer_{name}{on}")
    with pytest.raises(CommandError):
        said()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE points_account SET posted = posted + 5, seq = seq + 1 WHERE id = {account}",
        "UPDATE points_account SET posted = posted + 30, seq = seq + 1, last_transfer_id = {award} WHERE id = {account}",
        "DELETE FROM points_account WHERE id = {account}",
        "UPDATE points_account SET code = 'other' WHERE id = {account}",
        (
            "INSERT INTO points_entry (account_id, seq, transfer_id, delta, balance_after, held_after, at)"
            " SELECT account_id, seq + 100, transfer_id, 1, 1, 0, at FROM points_entry WHERE account_id = {account} AND seq = 1"
        ),
    ],
)
def test_an_unexplained_change_is_refused(books, sql):
    award = Transfer.objects.order_by("id").first().pk
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(sql.format(account=books.pk, award=award))


def test_truncate_is_refused(books):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError):
            cursor.execute("TRUNCATE points_lotuse")


def test_an_entry_cannot_be_saved_over(books):
    entry = Entry.objects.first()
    entry.delta = 999
    with pytest.raises(IntegrityError):
        entry.save()


@pytest.mark.django_db(transaction=True)
def test_the_audit_reads_the_books_as_of_one_moment(books, issued, move, monkeypatch):
    """Points that are given while it reads are in neither of what it compares."""

    class Meanwhile(threading.Thread):
        def run(self):
            move(issued, books, 1)
            connection.close()

    read = auditing._Recount.differences

    def after_something_moved(recount):
        if connection.vendor == "postgresql":
            other = Meanwhile()
            other.start()
            other.join()
        return read(recount)

    monkeypatch.setattr(auditing._Recount, "differences", after_something_moved)
    assert said().startswith("ledger balanced")
    assert not connection.in_atomic_block
    move(issued, books, 1)
    assert said().startswith("ledger balanced")
