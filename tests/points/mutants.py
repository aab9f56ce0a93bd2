# ruff: noqa: E501
"""Bugs sown one at a time into a copy of `points/`; the suite must catch each. `make mutants`; `--only WORD`, `--list`.

Python's bugs are looked for on SQLite, those of the SQL function on PostgreSQL at TEST_DATABASE_URL (left out where none answers).
The copy shares everything but `points/` with this tree by links, so that nothing here is touched and the migrated template is the same.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres").rsplit("/", 1)[0]
LEDGER, WALKS, RACES, REWARDS = "test_ledger.py", "test_ledger_walks.py", "test_races.py", "test_pages.py"
DEED_RACES, LEAVING = "test_accruing_races.py", "test_leaving_races.py"


@dataclass(frozen=True)
class Mutant:
    """In `file`, `old` (there once) becomes `new`; one of the `tests` must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = (LEDGER, WALKS)


IN_PYTHON = [
    Mutant("no lapse before spend", "ledger.py", "    for lot in lots.due(source, now):\n        _lapse(lot, source, now)\n    if source.available",
           "    if source.available"),
    Mutant("last to lapse is used first", "lots.py", 'order_by(F("lapses_at").asc(nulls_last=True), "id"):  # type',
           'order_by(F("lapses_at").desc(nulls_first=True), "id"):  # type'),
    Mutant("a void gives nothing back", "lots.py", "    _use(row, back)\n    return kept", "    return kept"),
    Mutant("delete on reverse", "ledger.py", "    locked = lock([moved.source, moved.target])\n",
           "    locked = lock([moved.source, moved.target])\n    from points.models import Entry\n    Entry.objects.filter(transfer=moved).delete()\n"),
    Mutant("a reversal takes all of it from the wallet", "ledger.py", "    if not target.keeps_lots:\n        return [(",
           "    if target.keeps_lots:\n        return [("),
    Mutant("a reversal may be repeated", "ledger.py", "    if done := list(Transfer.objects.filter(reverses=moved)",
           "    if done := list(Transfer.objects.none()"),
    Mutant("the same key for another request is taken for the same", "ledger.py", "        if stored.digest != row.digest:\n            raise ReferenceReused\n",
           ""),
    Mutant("a refused request uses up its key", "ledger.py", "@transaction.atomic\ndef _transfer(", "def _transfer("),
    Mutant("reserved points can be spent", "models/account.py", "return self.posted - self.held", "return self.posted"),
    Mutant("a reservation can be posted after its time", "ledger.py",
           "    if kind == Kind.POST and pending.times_out_at and pending.times_out_at <= now:\n        raise NotPending\n", ""),
    Mutant("a reservation can be settled twice", "ledger.py", '            raise NotPending\n        done.is_replay = True\n        return done',
           "            pass\n        done.is_replay = True\n        return done"),
    Mutant("a debt is forgotten", "ledger.py", "    if debt is None or owed <= 0:\n", "    if debt is None or owed > 0:\n"),
    Mutant("half a batch stays", "ledger.py", "    with transaction.atomic():\n        lock([account for order",
           "    if True:\n        lock([account for order"),
    Mutant("a gift lasts for ever", "lots.py", "row.lapses_at or lot.lapses_at", "row.lapses_at"),
    Mutant("a statement line for half", "statements.py", "delta_points=entry.delta,", "delta_points=entry.delta // 2 * 2,", (REWARDS, "test_api.py")),
    Mutant("a reward is sold without looking at the shelf", "redeeming.py",
           'filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):\n        raise RewardRefused("sold_out")\n    asset',
           'filter(pk=reward.pk).update(stock=F("stock")):\n        raise RewardRefused("sold_out")\n    asset', (RACES,)),
    Mutant("a seal is not chained", "sealing.py", "(previous + json.dumps(", "(json.dumps(", ("test_audit.py",)),
    Mutant("the audit overlooks entries", "auditing.py", "    found.differences += _entries(accounts, moved)\n", "", ("test_audit.py",)),
]  # fmt: skip
ACCRUING, LIMITS, REVIEWS, TIERS, GIFTS, API = (f"test_{name}.py" for name in ("accruing", "limits", "reviews", "tiers", "gifts", "api"))
PARTNERS, RETURNS, POOLS, SHARED = (f"test_{name}.py" for name in ("partners", "returns", "pools", "shared_limits"))
GRANTS, QUALIFYING, HOLDS, FOLLOWS, TELLS = (
    f"test_{name}.py" for name in ("grants", "qualifying", "held_by_rules", "held_till_a_deed", "rules_that_tell")
)
IN_LOYALTY = [
    Mutant("a deed that is taken back keeps its points", "accruing.py", "            if row.outcome in awards.STANDING and not self._undo(row, note):\n", "            if False:\n",
           (ACCRUING,)),
    Mutant("a deed is weighed each time that the bell rings", "accruing.py", "    if Weighing.objects.filter(activity=activity).exists():\n        return False\n    tiers",
           "    Weighing.objects.filter(activity=activity).delete()\n    tiers", (ACCRUING,)),
    Mutant("a suspicious award is paid at once", "accruing.py", "is_held=bool(suspicion or wait)", "is_held=bool(wait)", (REVIEWS,)),
    Mutant("points lapse counted from the weighing", "accruing.py", "wait.due_at if wait else row.activity.happened_at",
           "wait.due_at if wait else self.now", (ACCRUING,)),
    Mutant("the last of a day are paid", "awards.py", "    return Q(activity__happened_at__lt=at) |", "    return Q(activity__happened_at__gt=at) |", (LIMITS, ACCRUING)),
    Mutant("what is held takes up no room", "awards.py", "PAID = (Outcome.AWARDED, Outcome.HELD, Outcome.DEFERRED)", "PAID = (Outcome.AWARDED, Outcome.DEFERRED)", (REVIEWS,)),
    Mutant("nothing moves up into the room that a deed leaves", "limits.py", "if any(map(awards.standing, rows))]", "if not rows]", (ACCRUING, LIMITS)),
    Mutant("colleagues are limited each alone", "caps.py", 'whose == "company" and unit.company else', 'whose == "company" and not unit.company else', (SHARED,)),
    Mutant("a late deed takes no colleague's place", "capping.py", 'is_cut or (is_over and bool(found["later"]))', "is_cut", (SHARED,)),
    Mutant("nobody waits for room that many share", "capping.py", "keeps_back |= stands_now >= cap.most", "keeps_back |= False", (SHARED,)),
    Mutant("what a deed brought stays when it goes", "granting.py", "else _take_back(known.get(row.pk, {}).values())", "else set()", (GRANTS,)),
    Mutant("a used voucher is taken back", "granting.py", "not live.filter(used_at=None).update(voided_at=now)", "not live.update(voided_at=now)", (GRANTS,)),
    Mutant("a tier for a time has no end", "standings.py", "standing.lifted_until < timezone.localdate()", "False", (GRANTS,)),
    Mutant("what is held brings a badge at once", "granting.py", "return row.outcome == Accrual.Outcome.AWARDED", "return row.outcome in (Accrual.Outcome.AWARDED, Accrual.Outcome.HELD)", (GRANTS,)),
    Mutant("qualifying points are counted among others", "purses.py", "Kind.QUALIFYING if rule.is_qualifying else Kind.REDEEMABLE", "Kind.REDEEMABLE", (QUALIFYING,)),
    Mutant("qualifying points stay when the deed goes", "granting.py", "            ledger.reverse(grant.transfer)\n", "            pass\n", (QUALIFYING,)),
    Mutant("a tier asks for points of either kind", "standings.py", "points |= {(By.QUALIFYING, window): total for", "points |= {(By.QUALIFYING, window): standing.earned_points for", (QUALIFYING,)),
    Mutant("a tier goes when the window moves on", "standings.py", "elif standing.lasts_until is None or today > standing.lasts_until:", "elif True:", (TIERS,)),
    Mutant("no days of grace", "standings.py", "datetime.timedelta(days=now.grace_days)", "datetime.timedelta(days=0)", (TIERS,)),
    Mutant("points that are taken back leave the tier they reached", "standings.py", "    return points < asked\n", "    return False\n", (TIERS,)),
    Mutant("what one is given counts for the tier", "standings.py", "Transfer.objects.filter(target=wallet, source__kind=Account.Kind.ISSUED, kind__in",
           "Transfer.objects.filter(target=wallet, kind__in", (TIERS, ACCRUING, GIFTS)),
    Mutant("gifts of a day have no limit", "gifting.py", "    if given + points > most:", "    if points > most:", (GIFTS,)),
    Mutant("a declined gift is paid", "gifting.py", "    if gift.status in OPEN:\n        ledger.void(gift.transfer)", "    if gift.status in OPEN:\n        ledger.post(gift.transfer)", (GIFTS,)),
    Mutant("who puts into the pool says yes to it too", "models/gift.py", "pool = Q(company=asker.company_id) & ~Q(giver=asker)", "pool = Q(company=asker.company_id)", (GIFTS,)),
    Mutant("the gift that is looked at is not counted", "funnels.py", 'int(found["points"] or 0) + gift.amount_points', 'int(found["points"] or 0)', (GIFTS,)),
    Mutant("gifts of any age are a funnel", "funnels.py", ", decided_at__gt=since)", ")", (GIFTS,)),
    Mutant("a pool's statement overlooks what came back", "pools.py", '(CAME_BACK, "spent", -1)', '(CAME_BACK, "spent", 0)', (POOLS,)),
    Mutant("what a person decided is decided again", "reviewing.py", "    if review.status not in (Status.WAITING, wanted):\n        raise NotPending\n",
           "    if review.status != wanted:\n        review.status = Status.WAITING\n", (REVIEWS,)),
    Mutant("a dry run may guess codes", "partnering.py", "partner=partner) for _each in range(wrong)]", "partner=partner) for _each in range(0 if dry_run else wrong)]", (PARTNERS,)),
    Mutant("a code pays twice", "partnering.py", "    SpendCode.objects.filter(pk=row.pk).update(transfer=done)\n", "", (PARTNERS,)),
    Mutant("a broken piece is sold again", "redeeming.py", "    if is_whole and not is_code:", "    if not is_code:", (RETURNS,)),
    Mutant("points that come back after their day can be spent", "redeeming.py", "    ledger.lapse_due(redemption.transfer.source, now=timezone.now())\n", "", (RETURNS,)),
    Mutant("a reward that came back counts as had", "models/reward.py", "[Redemption.Status.CANCELLED, Redemption.Status.RETURNED]", "[Redemption.Status.CANCELLED]", (RETURNS,)),
    Mutant("a colleague who has left fills the old pool", "gifting.py", "(gift.company_id and giver.company_id != gift.company_id)", "(False)", ("test_gifts_on_the_way.py",)),
    Mutant("what a suspended member gave is handed on", "funnels.py", "    if gift.giver.is_suspended:\n", "    if False:\n", ("test_gifts_on_the_way.py",)),
    Mutant("every programme pays for what one programme's key reports", "rulebook.py", "self.only in (None, rule.programme_id)", "True", ("test_reported_deeds.py",)),
    Mutant("what two keys tell of counts twice in one programme", "rulebook.py", " and rule.programme.slug not in self.but", "", ("test_reported_deeds.py",)),
    Mutant("a back-test asks more programmes than the living club", "backtesting.py", "is_meant = reach is None or reach.covers(scorer.rule)", "is_meant = True", ("test_reported_deeds.py",)),
    Mutant("an answer that breaks off stops the round", "webhooks.py", "    except (urllib3.exceptions.HTTPError, OSError):\n        return \"\"\n", "    except ZeroDivisionError:\n        return \"\"\n", ("test_webhooks.py",)),
    Mutant("what a rule holds is paid at once", "accruing.py", "is_held=bool(suspicion or wait)", "is_held=bool(suspicion)", (HOLDS,)),
    Mutant("what a rule holds takes up no room", "awards.py", "PAID = (Outcome.AWARDED, Outcome.HELD, Outcome.DEFERRED)", "PAID = (Outcome.AWARDED, Outcome.HELD)", (HOLDS,)),
    Mutant("what is held is given again at each round", "maturing.py", "    row.status, row.ended_at = Status.POSTED, timezone.now()\n    row.save(update_fields=[\"status\", \"ended_at\"])\n", "", (HOLDS,)),
    Mutant("what nothing followed is given when its time is over", "maturing.py", "        return _drop(row, Outcome.UNMET, note=\"not followed\") if row.due_at <= now else None\n",
           "        return _post(row, now=now) if row.due_at <= now else None\n", (FOLLOWS,)),
    Mutant("anything that follows will do", "deferring.py", "    if not wait.is_same:\n        return found.exists()\n", "    if True:\n        return found.exists()\n", (FOLLOWS,)),
    Mutant("a deed that is undone leaves its held points pending", "deferring.py", "        ledger.void(row.transfer, now=now)\n", "        pass\n", (HOLDS,)),
    Mutant("held points lapse counted from their deed", "accruing.py", "earned_at = wait.due_at if wait else row", "earned_at = row", (HOLDS,)),
    Mutant("what is reviewed and held is given when it is released", "reviewing.py", "if wait := deferring.wait_of(accrual, timezone.now()):", "if False:", (HOLDS,)),
    Mutant("what multiplies does not wait for what it multiplies", "deferring.py", "_of_bases(row) if row.bonus_percent is not None else", "None if row.bonus_percent is not None else", (HOLDS,)),
    Mutant("a member is told at each award", "announcing.py", 'cause=f"rule:{rule.pk}"', 'cause=f"rule:{rule.pk}:{row.pk}"', (TELLS,)),
    Mutant("a gift is offered to whoever was there when the page was read", "gifting.py", "        to = sides[to.pk]\n", "", ("test_gift_races.py",)),
    Mutant("one system's keys are another's", "asking.py", 'client=f"key:{key.pk}"', 'client="key"', (API,)),
    Mutant("a replay answers as if it were new", "api.py", "    return Status(200 if row.is_replay else 201, out(row))", "    return Status(201, out(row))", (API,)),
    Mutant("a replay is compared with what was worked out", "asking.py", "        asked=body.asked(),\n", "", (API,)),
    Mutant("one that is refused moves the results of a batch", "api.py", "            refused[position] = refusal\n", "            refused[len(body.transfers) - 1] = refusal\n", (API,)),
]  # fmt: skip
IN_SQL = [
    Mutant("no lock", "in_postgres.py", "ORDER BY a.id FOR NO KEY UPDATE\n        LOOP", "ORDER BY a.id\n        LOOP", (RACES,)),
    Mutant("nobody queues for what many share", "capping.py", "        if keys:\n", "        if not keys:\n", (DEED_RACES,)),
    Mutant("key written after the fact", "in_postgres.py", "        ON CONFLICT (client, reference) DO NOTHING RETURNING id INTO transfer_id;",
           "        RETURNING id INTO transfer_id;", (LEDGER, RACES)),
    Mutant("key of an award written after the fact", "in_postgres.py", "ON CONFLICT ON CONSTRAINT points_transfer_reference_once DO NOTHING RETURNING",
           "RETURNING", (LEDGER, RACES)),
    Mutant("an award overlooks a debt", "in_postgres.py", "AND a.code = debt)", "AND false)"),
    Mutant("lapsed points are spent", "in_postgres.py", "l.remaining > 0 AND l.lapses_at <= moment)", "l.remaining > 0 AND false)"),
    Mutant("accounts locked as they are named", "in_postgres.py", "o.target) AND a.floor IS NOT NULL ORDER BY a.id FOR",
           "o.target) AND a.floor IS NOT NULL ORDER BY a.id = o.target, a.id FOR", (RACES,)),
    Mutant("an account is opened with others in hand", "purses.py", "in found) or (absent and found):", "in found):", (LEAVING,)),
    Mutant("an account is opened for who leaves at that moment", "accounts.py", "    if not Member.objects.select_for_update(no_key=True).filter(pk=member.pk, erased_at=None):\n        raise UnknownAccount\n",
           "", (LEAVING,)),
    Mutant("who leaves locks accounts as they come", "erasing.py", "    _lock(member)\n", "", (LEAVING,)),
    Mutant("a set of awards overlooks a debt", "in_sets.py", "AND a.code = ANY (debts))", "AND false)"),
]  # fmt: skip


def sow(mutant: Mutant, folder: Path) -> None:
    """Lay a copy of this tree in the folder with the bug in it. Raises ValueError where the place is not there once."""
    for path in ROOT.iterdir():
        if path.name not in ("points", ".git"):
            (folder / path.name).symlink_to(path)
    shutil.copytree(ROOT / "points", folder / "points", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "points" / mutant.file
    if places(mutant) != 1:
        raise ValueError(f"{mutant.name}: its place is in {mutant.file} {places(mutant)} times")
    file.write_text(file.read_text().replace(mutant.old, mutant.new))


def places(mutant: Mutant) -> int:
    return (ROOT / "points" / mutant.file).read_text().count(mutant.old)


def is_caught(mutant: Mutant, url: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        sow(mutant, folder)
        # One database for each: a copy of the template, with the functions as the mutant has them.
        environment = os.environ | {
            "DATABASE_URL": url or f"sqlite:///{folder}/mutant.sqlite3",
            "LAY_FUNCTIONS": "1" if url else "",
            "WALKS": "6",
        }
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *(f"tests/points/{test}" for test in mutant.tests)]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{mutant.name}: the tests did not run\n{done.stdout[-3_000:]}{done.stderr[-3_000:]}")
    return done.returncode == 1


def answers() -> bool:
    import psycopg

    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only those whose name holds this")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    chosen = [(mutant, "") for mutant in IN_PYTHON + IN_LOYALTY] + [(mutant, f"{SERVER}/clubroom_mutant") for mutant in IN_SQL]
    chosen = [(mutant, url) for mutant, url in chosen if asked.only in mutant.name]
    if not asked.list and any(url for _mutant, url in chosen) and not answers():
        print(f"{sum(bool(url) for _mutant, url in chosen)} bugs of the SQL functions are left out: no PostgreSQL at {SERVER}")
        chosen = [(mutant, url) for mutant, url in chosen if not url]
    escaped = []
    for mutant, url in chosen:
        began = time.monotonic()
        caught = None if asked.list else is_caught(mutant, url)
        word = {None: "", True: "caught  ", False: "ESCAPED "}[caught]
        print(
            f"{word}{mutant.name} ({mutant.file}{', PostgreSQL' if url else ''}) {'' if caught is None else f'{time.monotonic() - began:.0f} s'}",
            flush=True,
        )
        escaped += [mutant.name] if caught is False else []
    if escaped:
        sys.exit(f"{len(escaped)} of {len(chosen)} escaped")
    print(f"{len(chosen)} bugs{'' if asked.list else ', every one caught'}")


if __name__ == "__main__":
    main()
