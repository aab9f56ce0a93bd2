"""What a partner does: give members points from its block, take points that a member agreed to pay.

The block's floor is minus the partner's credit limit, so the ledger itself refuses what goes beyond it. A member pays with a code made
a few minutes before on a page of their own: a partner alone takes nothing.
"""

import csv
import datetime
import hashlib
import io
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member
from points import accounts, ledger
from points.lapsing import lapse_moment
from points.models import Account, Entry, Partner, SpendCode, Transfer, WrongCode
from points.refusals import InsufficientPoints, LedgerRefusal

MOST_LINES = 1_000
CODE_MINUTES = 15
# So many codes that nobody made within so many minutes: to find one of a hundred that are good takes centuries.
MOST_WRONG, WRONG_MINUTES = 10, 15
EARN, BURN, REVERSAL = "earn", "burn", "reversal"


class LineRefused(Exception):  # noqa: N818
    """Why a partner's transaction is not taken, in words for the partner."""


class WrongCodeSent(LineRefused):
    """A code that nobody made: mistyped, or guessed."""


@dataclass(frozen=True)
class Result:
    """What became of one line. said: in words; outcome: done, repeated or refused."""

    number: int
    reference: str
    outcome: str
    said: str


def partner_of(member: Any) -> Partner | None:
    """The partner that a signed-in person acts for."""
    return Partner.objects.select_related("programme").filter(users__member=member.pk).first() if member.is_authenticated else None


@transaction.atomic
def make_code(member: Member, *, most_points: int) -> str:
    """A code with which a partner takes up to so many points, once, within minutes. The codes before it end."""
    now = timezone.now()
    SpendCode.objects.filter(member=member, transfer=None, times_out_at__gt=now).update(times_out_at=now)
    code = f"{secrets.randbelow(10**10):010d}"
    until = now + datetime.timedelta(minutes=CODE_MINUTES)
    SpendCode.objects.create(member=member, digest=_digest(code), most_points=most_points, times_out_at=until)
    return code


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


@transaction.atomic
def take(partner: Partner, line: dict[str, str]) -> Transfer:
    """One transaction: {"reference", "kind": earn or burn, "points", "member": handle (earn) or "code" (burn)}.

    The same reference again changes nothing. Raises LineRefused.
    """
    kind, reference = line.get("kind", "").strip().lower(), line.get("reference", "").strip()
    points = _points(line.get("points", ""), partner)
    if not 0 < len(reference) <= 80:
        raise LineRefused(_("A reference of 1 to 80 characters is missing."))
    block = accounts.block_of(partner)
    common: dict[str, Any] = {"amount_points": points, "reference": reference, "client": f"partner:{partner.slug}"[:60]}
    common |= {"reason": f"partner_{kind}", "object_type": "partner", "object_id": partner.pk, "origin": Transfer.Origin.PURCHASE}
    try:
        if kind == EARN:
            wallet = accounts.wallet_of(_member(line.get("member", "")), block.asset)
            lapses_at = lapse_moment(partner.programme, timezone.now())
            earlier = Transfer.objects.filter(client=common["client"], reference=reference).first()
            return ledger.transfer(
                ledger.Order(source=block, target=wallet, lapses_at=earlier.lapses_at if earlier else lapses_at, **common)
            )
        if kind == BURN:
            return _burn(line.get("code", "").strip(), points, block, common)
    except InsufficientPoints:
        said = _("Your credit limit is reached.") if kind == EARN else _("The member has not enough points.")
        raise LineRefused(said) from None
    except LedgerRefusal as refusal:
        raise LineRefused(str(refusal.says)) from None
    raise LineRefused(_("The kind is “earn” or “burn”."))


def _burn(code: str, points: int, block: Account, common: dict[str, Any]) -> Transfer:
    rows = SpendCode.objects.select_for_update(no_key=True, of=("self",)).select_related("member")
    row = rows.filter(digest=_digest(code)).first()
    if row is None:
        raise WrongCodeSent(_("This code is not valid, or its time is over."))
    if row.transfer is None and row.times_out_at <= timezone.now():
        raise LineRefused(_("This code is not valid, or its time is over."))
    if row.transfer is not None and (row.transfer.client, row.transfer.reference) != (common["client"], common["reference"]):
        raise LineRefused(_("This code was used already."))
    if points > row.most_points:
        raise LineRefused(_("The member agreed to %(most)s points at most.") % {"most": row.most_points})
    done = ledger.transfer(ledger.Order(source=accounts.wallet_of(row.member, block.asset), target=block, **common))
    SpendCode.objects.filter(pk=row.pk).update(transfer=done)
    return done


def _points(said: str, partner: Partner) -> int:
    most = partner.programme.partner_points_each
    if not (said.strip().isascii() and said.strip().isdecimal() and len(said.strip()) < 9 and 0 < int(said) <= most):
        raise LineRefused(_("Points are a whole number from 1 to %(most)s.") % {"most": most})
    return int(said)


def _member(handle: str) -> Member:
    found = Member.objects.filter(handle=handle.strip().lstrip("@"), is_active=True, erased_at=None).first()
    if found is None:
        raise LineRefused(_("There is no such member."))
    return found


def read_file(text: str) -> list[dict[str, str]]:
    """The lines of a CSV file with the columns reference, kind, points, member, code. Raises LineRefused."""
    # Lines may end as any system ends them. A null character is text to Python and no text to PostgreSQL.
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff").replace("\0", "\ufffd"), newline=""))
    try:
        if not {"reference", "kind", "points"} <= set(rows.fieldnames or []):
            raise LineRefused(_("The first line names the columns: reference, kind, points, member, code."))
        found = [{key: value or "" for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)} for row in rows]
    except csv.Error:
        raise LineRefused(_("This is no CSV file.")) from None
    if len(found) > MOST_LINES:
        raise LineRefused(_("At most %(most)s lines at a time.") % {"most": MOST_LINES})
    return found


def take_all(partner: Partner, lines: list[dict[str, str]], *, dry_run: bool) -> list[Result]:
    """Every line for itself, with what became of it; a dry run says the same and changes nothing.

    Codes that nobody made are counted, by dry runs too: after too many, the partner's codes are looked at no more for a while.
    """
    with transaction.atomic():
        # One submission of a partner after another: two at once do not have twice the guesses.
        partner = Partner.objects.select_for_update(no_key=True, of=("self",)).select_related("programme").get(pk=partner.pk)
        since = timezone.now() - datetime.timedelta(minutes=WRONG_MINUTES)
        WrongCode.objects.filter(partner=partner, at__lte=since).delete()
        before = WrongCode.objects.filter(partner=partner).count()
        results, wrong = _take_each(partner, lines, dry_run=dry_run, may_miss=MOST_WRONG - before)
        WrongCode.objects.bulk_create([WrongCode(partner=partner) for _each in range(wrong)])
    return results


def _take_each(partner: Partner, lines: list[dict[str, str]], *, dry_run: bool, may_miss: int) -> tuple[list[Result], int]:
    """What became of each line, and how many codes were wrong. may_miss: wrong codes until no more are looked at."""
    results, wrong = [], 0
    with transaction.atomic():
        for number, line in enumerate(lines, start=1):
            try:
                if wrong >= may_miss and line.get("kind", "").strip().lower() == BURN:
                    raise LineRefused(_("Too many codes were wrong. Try again in %(minutes)s minutes.") % {"minutes": WRONG_MINUTES})
                with transaction.atomic():
                    done = take(partner, line)
                outcome, said = ("repeated", _("Taken before")) if done.is_replay else ("done", _("Taken"))
            except LineRefused as refusal:
                outcome, said = "refused", str(refusal)
                wrong += isinstance(refusal, WrongCodeSent)
            results.append(Result(number, line.get("reference", "")[:80], outcome, said))
        if dry_run:
            transaction.set_rollback(True)
    return results, wrong


def clearing(partner: Partner, year: int, month: int) -> dict[str, Any]:
    """A month's account: opening balance, points given, taken and corrected, closing balance, and every line that moved points.

    Balance below 0: owed to the club. `rows` is a queryset, for a month may have more lines than a page holds.
    """
    block = accounts.block_of(partner)
    start = timezone.make_aware(datetime.datetime(year, month, 1))
    end = timezone.make_aware(datetime.datetime(year + month // 12, month % 12 + 1, 1))
    rows = Entry.objects.filter(account=block, at__gte=start, at__lt=end).exclude(delta=0).select_related("transfer").order_by("seq")
    is_back = Q(transfer__kind=Transfer.Kind.REVERSAL)
    sums = rows.aggregate(
        given=Sum("delta", filter=Q(delta__lt=0) & ~is_back),
        taken=Sum("delta", filter=Q(delta__gt=0) & ~is_back),
        back=Sum("delta", filter=is_back),
    )
    before = Entry.objects.filter(account=block, at__lt=start).order_by("-seq").first()
    last = Entry.objects.filter(account=block, at__lt=end).order_by("-seq").first()
    return {
        "opening": before.balance_after if before else 0,
        "given": -int(sums["given"] or 0),
        "taken": int(sums["taken"] or 0),
        "corrected": int(sums["back"] or 0),
        "closing": last.balance_after if last else 0,
        "rows": rows,
        "start": start,
    }


def kind_of(row: Entry) -> str:
    """What a line of the clearing statement is: earn, burn or reversal."""
    if row.transfer.kind == Transfer.Kind.REVERSAL:
        return REVERSAL
    return EARN if row.delta < 0 else BURN
