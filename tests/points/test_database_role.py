"""The club's processes under a role that owns nothing: on PostgreSQL the database itself keeps the journal from them."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from members import activity
from members.models import Activity
from points import accounts, erasing, gifting, lapsing, ledger, redeeming, sealing
from points.models import Entry, Reward, SealBlock, Transfer

ROLE = "clubroom_tester"
pytestmark = pytest.mark.django_db


@pytest.fixture
def on_postgres(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")


@pytest.fixture
def restricted(on_postgres):
    """Everything from here on is done by the role; with the test's transaction it goes."""
    call_command("create_database_role", ROLE, stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def says(sql):
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refusal.value)


@pytest.mark.parametrize("is_plain", [False, True])
def test_every_deed_of_the_ledger_is_done_by_a_role_that_only_adds(
    client, alice, bob, funded, issued, redeemed, move, monkeypatch, restricted, is_plain
):
    monkeypatch.setattr("points.in_postgres.is_on", not is_plain)
    now = timezone.now()
    award = move(issued, funded, 20, lapses_at=now + datetime.timedelta(days=1))
    ledger.batch([ledger.Order(source=issued, target=wallet, amount_points=3, reference=f"b:{wallet.pk}") for wallet in both(funded, bob)])
    move(funded, redeemed, 5)
    ledger.post(move(funded, redeemed, 10, kind="pending"), amount_points=4)
    ledger.void(move(funded, redeemed, 10, kind="pending"))
    move(funded, redeemed, 9, kind="pending", seconds=60)
    ledger.reverse(award)
    gifting.accept(gifting.offer(alice, to=bob, points=7, reference="g"), by=bob)
    mug = Reward.objects.create(programme=issued.asset.programme, name="Mug", slug="mug", price_points=5, stock=5, live=True)
    redeeming.cancel(redeeming.redeem(mug, member=alice, reference="1"), by=alice)
    with transaction.atomic():
        activity.record(alice, Activity.Kind.EVENT_ATTENDED, cause="event:1")
    call_command("accrue_points", stdout=io.StringIO())
    assert Transfer.objects.filter(reason=Activity.Kind.EVENT_ATTENDED).exists()
    move(issued, funded, 6, lapses_at=now + datetime.timedelta(days=1))
    # With the 9 that time out: they were of the award that was taken back, and were offset meanwhile.
    assert [points for _wallets, points in lapsing.expire(now=now + datetime.timedelta(days=2))] == [6 + 9]
    with transaction.atomic():
        erasing.erase(alice)
    sealing.seal()
    assert SealBlock.objects.last().last_id == Transfer.objects.order_by("id").last().pk
    out = io.StringIO()
    call_command("audit_ledger", stdout=out)
    assert out.getvalue().startswith("ledger balanced: ")
    client.force_login(bob)
    assert client.get("/points/").status_code == 200


def both(wallet, other):
    return [wallet, accounts.wallet_of(other)]


@pytest.mark.parametrize("table", ["points_transfer", "points_entry", "points_lotuse", "points_sealblock"])
def test_the_database_lets_that_role_change_or_remove_no_line_of_the_journal(funded, redeemed, move, restricted, table):
    move(funded, redeemed, 5)
    sealing.seal()
    column = {"points_entry": "delta", "points_lotuse": "amount", "points_sealblock": "hash"}.get(table, "reason")
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"SELECT 1 FROM {table} FOR UPDATE",
    ):
        assert "permission denied" in says(sql), sql
    for sql in (f"ALTER TABLE {table} DISABLE TRIGGER ALL", f"DROP TRIGGER {table}_kept ON {table}", f"DROP TABLE {table}"):
        assert "must be owner" in says(sql), sql


def test_that_role_lifts_no_guard_and_rewrites_no_account(funded, restricted):
    assert "permission denied" in says("SET session_replication_role = replica")
    other = "CREATE OR REPLACE FUNCTION points_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    assert "permission denied" in says(other)
    for sql in (
        "UPDATE points_account SET code = 'member:mine'",
        "UPDATE points_lot SET original = 10000",
        "DELETE FROM points_account",
        "DELETE FROM points_lot",
        "DELETE FROM django_migrations",
    ):
        assert "permission denied" in says(sql), sql
    assert "a transfer that explains it" in says(f"UPDATE points_account SET posted = 1000, seq = seq + 1 WHERE id = {funded.pk}")
    assert Entry.objects.filter(account=funded).count() == 1


def test_the_role_may_be_laid_again_and_one_that_could_do_all_is_refused(on_postgres):
    for said in ("made", "known already"):
        out = io.StringIO()
        call_command("create_database_role", ROLE, stdout=out)
        assert said in out.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        cursor.execute("CREATE ROLE clubroom_twin LOGIN")
        cursor.execute(f"GRANT {connection.ops.quote_name(owner)} TO clubroom_twin")
    for name, why in ((owner, "may do everything"), ("clubroom_twin", "owns the club's tables"), ("No name", "small letters")):
        with pytest.raises(CommandError, match=why):
            call_command("create_database_role", name, stdout=io.StringIO())


def test_the_role_signs_in_with_the_password_it_was_given_and_its_sql_can_be_read(on_postgres, tmp_path):
    word = tmp_path / "word"
    word.write_text("a-long-password\n")
    call_command("create_database_role", ROLE, password_file=word, stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin, rolpassword FROM pg_authid WHERE rolname = %s", [ROLE])
        can, hashed = cursor.fetchone()
    assert can
    assert hashed.startswith("SCRAM-SHA-256$")
    out = io.StringIO()
    call_command("create_database_role", ROLE, print=True, stdout=out)
    assert 'REVOKE UPDATE, DELETE ON "points_transfer"' in out.getvalue()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("create_database_role", ROLE, password_file=tmp_path / "none", stdout=io.StringIO())


def test_on_sqlite_there_is_no_such_role(db):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL has roles")
    with pytest.raises(CommandError, match="Only PostgreSQL"):
        call_command("create_database_role", ROLE)
