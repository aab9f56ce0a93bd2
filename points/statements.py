"""A member's statement: every line with its reason and where it leads. Reads only, a fixed number of queries."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.models import Activity, Member
from notifications import subjects
from notifications.addresses import in_language
from points import accounts, balances, deferring, lapsing
from points.models import Account, Deferral, Entry, Gift, Partner, Review, Reward, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.models.transfer import BONUS

Kind, Origin = Transfer.Kind, Transfer.Origin
PAGE = 30


@dataclass(frozen=True)
class Line:
    """One line of a statement. delta_points signed; balance_points after it; url "" where it leads nowhere."""

    seq: int
    at: datetime.datetime
    occurred_at: datetime.datetime
    delta_points: int
    balance_points: int
    reason: str
    title: str
    url: str
    origin: str
    transfer: Transfer
    lapses_at: datetime.datetime | None


def wallet_if_any(member: Member, programme: str = DEFAULT_PROGRAMME) -> Account | None:
    return Account.objects.redeemable(programme).filter(code=f"member:{member.public_id}").select_related("asset__programme").first()


def lines(
    account: Account, *, reader: Member, before: int | None = None, since: Any = None, until: Any = None, most: int = PAGE
) -> list[Line]:
    """Lines with a movement, newest first.

    reader   who reads them: what a deed was about is called as they may read it now, and not at all where it is not for them any more
    before   only lines with a smaller number: the cursor of the next page
    since, until   recorded from (inclusive) and before (exclusive), as datetimes
    Three queries, and one for each kind of what has to be asked for.
    """
    rows = Entry.objects.filter(account=account).exclude(delta=0)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    found = list(rows.select_related("transfer__note").order_by("-seq")[:most])
    return _worded(found, reader)


def _worded(entries: list[Entry], reader: Member) -> list[Line]:
    objects: dict[str, dict[int, Any]] = {}
    for kind, rows in (("activity", Activity.objects), ("reward", Reward.objects), ("partner", Partner.objects)):
        ids = {entry.transfer.object_id for entry in entries if entry.transfer.object_type == kind}
        objects[kind] = rows.in_bulk(ids) if ids else {}  # type: ignore[attr-defined]
    call_as_now(objects["activity"].values(), reader)
    gifts = _gifts(entries)
    return [
        _line(entry, gifts.get(_reserved_by(entry)) or objects.get(entry.transfer.object_type, {}).get(entry.transfer.object_id or 0))
        for entry in entries
    ]


def _gifts(entries: list[Entry]) -> dict[int, Gift]:
    """The gifts among the lines, by the reservation that each began as. One query, none where there are none."""
    ids = {_reserved_by(entry) for entry in entries if entry.transfer.object_type == "gift"}
    rows = Gift.objects.filter(transfer__in=ids).select_related("giver", "recipient", "company") if ids else []
    return {gift.transfer_id: gift for gift in rows}


def _reserved_by(entry: Entry) -> int:
    return entry.transfer.settles_id or entry.transfer_id


def call_as_now(activities: Iterable[Activity], reader: Member) -> None:
    """Give activities at hand the title and address that their reader may know them by now. They stay unsaved: facts are not changed."""
    named = [(activity, name) for activity in activities if (name := subjects.named_by(activity.cause))]
    found = subjects.of((name for _activity, name in named), reader)
    for activity, name in named:
        activity.title, activity.url = (found[name].title, found[name].path) if name in found else ("", "")


def _line(entry: Entry, about: Any) -> Line:
    row = entry.transfer
    title, url = "", ""
    if isinstance(about, Activity):
        title, url = about.title, about.url
    elif isinstance(about, Reward):
        title, url = about.label, "/points/rewards/"
    elif isinstance(about, Partner):
        title = about.name
    elif isinstance(about, Gift):
        title, url = _other_side(about, is_given=entry.delta < 0), "/points/gifts/"
    return Line(
        seq=entry.seq,
        at=entry.at,
        occurred_at=row.effective_at,
        delta_points=entry.delta,
        balance_points=entry.balance_after,
        reason=reason_of(row, about),
        title=title,
        url=in_language(url, get_language() or "en") if url else "",
        origin=row.origin,
        transfer=row,
        lapses_at=row.lapses_at,
    )


def _other_side(gift: Gift, *, is_given: bool) -> str:
    if not is_given:
        return _("from %(name)s") % {"name": gift.giver.display_name}
    return _("to %(name)s") % {"name": gift.recipient.display_name if gift.recipient else gift.company.name if gift.company else ""}


def reason_of(row: Transfer, about: Any = None) -> str:
    """Why points moved, in the reader's language."""
    if row.kind == Kind.LAPSE:
        return _("Lapsed")
    words = {
        "reward": _("Reward"),
        "gift": _("Gift"),
        "partner_earn": _("Earned at a partner"),
        "partner_burn": _("Paid at a partner"),
        "debt_offset": _("Set against points taken back after they were spent"),
        "erased": _("Account closed"),
    }
    said = words.get(row.reason, row.reason)
    if row.reason in Activity.Kind.values:
        said = str(Activity.Kind(row.reason).label)
    elif row.reason == BONUS:
        said = _("Bonus: %(activity)s") % {"activity": about.get_kind_display()} if isinstance(about, Activity) else _("Bonus")
    elif row.reason == "goodwill":
        said = _("Goodwill")
        if note := getattr(row, "note", None):
            said = f"{said}: {note.text}" if note.text else said
    if row.kind == Kind.REVERSAL and row.reason == "reward_returned":
        return _("Reward returned")
    if row.kind == Kind.REVERSAL:
        return _("Taken back: %(reason)s") % {"reason": said}
    if isinstance(about, Activity) and about.restores_id:
        return _("Given back: %(reason)s") % {"reason": said}
    return said


@dataclass(frozen=True)
class OriginBar:
    """Points from one origin, net of what was taken back. share 0..100 of the largest."""

    origin: str
    label: str
    points: int
    share: int


def origins(account: Account | None) -> list[OriginBar]:
    """Points earned by origin: the three sources of the relationship first, others where there are any. One query."""
    net: dict[str, int] = {}
    if account is not None:
        into = Q(target=account, source__kind__in=[Account.Kind.ISSUED, Account.Kind.GOODWILL], kind__in=[Kind.SINGLE, Kind.POST])
        back = Q(reverses__target=account, reverses__source__kind__in=[Account.Kind.ISSUED, Account.Kind.GOODWILL], kind=Kind.REVERSAL)
        rows = Transfer.objects.filter(into | back).values("origin", "kind").annotate(total=Sum("amount_points"))
        for row in rows:
            sign = -1 if row["kind"] == Kind.REVERSAL else 1
            net[row["origin"]] = net.get(row["origin"], 0) + sign * int(row["total"])
    always = (Origin.ENGAGEMENT, Origin.INTERNAL_REFERRAL, Origin.EXTERNAL_REFERRAL)
    largest = max([*net.values(), 1])
    return [
        OriginBar(origin, str(Origin(origin).label), net.get(origin, 0), max(0, round(100 * net.get(origin, 0) / largest)))
        for origin in [*always, *(other for other in (Origin.PURCHASE, Origin.ADJUSTMENT) if net.get(other))]
    ]


def debt_points(wallet: Account | None) -> int:
    """What the member owes after spent points were taken back: 0 or more."""
    debt = accounts.debt_if_any(wallet) if wallet else None
    return max(0, -balances.sum_of(debt)) if debt else 0


def debt_and_waiting(wallet: Account | None, member: Member, programme: str = DEFAULT_PROGRAMME) -> tuple[int, int, bool]:
    """(points owed, points that wait for a person to decide, whether rules hold anything). One query."""
    code = f"{wallet.code}:debt" if wallet else ""
    moved = Transfer.objects.filter(balances.MOVES).order_by()
    into = moved.filter(target__code=code, target__asset=wallet.asset_id if wallet else None)
    out = moved.filter(source__code=code, source__asset=wallet.asset_id if wallet else None)
    held = Review.objects.filter(
        accrual__member=member, status=Review.Status.WAITING, accrual__rule__programme__slug=programme, accrual__rule__is_qualifying=False
    ).order_by()
    waiting = Deferral.objects.filter(status=Deferral.Status.WAITING, accrual__outcome="deferred", accrual__rule__programme__slug=programme)
    row = (
        Member.objects.filter(pk=member.pk)
        .annotate(
            into=Subquery(into.values("target").annotate(total=Sum("amount_points")).values("total")),
            out=Subquery(out.values("source").annotate(total=Sum("amount_points")).values("total")),
            is_held=Exists(waiting.filter(accrual__member=OuterRef("pk"))),
            waiting=Subquery(held.values("accrual__member").annotate(total=Sum("accrual__amount_points")).values("total")),
        )
        .values("into", "out", "waiting", "is_held")
        .get()
    )
    return max(0, int(row["out"] or 0) - int(row["into"] or 0)), int(row["waiting"] or 0), row["is_held"]


def statement(member: Member, *, since: datetime.datetime, until: datetime.datetime, programme: str = DEFAULT_PROGRAMME) -> dict[str, Any]:
    """Opening balance, lines oldest first, closing balance and what lapses soon, as plain data. At most 1,000 lines."""
    wallet = wallet_if_any(member, programme)
    held = deferring.plain(deferring.of(member, programme))
    if wallet is None:
        return {"opening_balance_points": 0, "closing_balance_points": 0, "lines": [], "lapsing_soon": [], "held_by_rules": held}
    instant = datetime.timedelta(microseconds=1)
    opening, _held = balances.balance_as_of(wallet, since - instant)
    closing, _held = balances.balance_as_of(wallet, until - instant)
    rows = lines(wallet, reader=member, since=since, until=until, most=1_000)
    return {
        "opening_balance_points": opening,
        "closing_balance_points": closing,
        "lines": [_plain(line) for line in reversed(rows)],
        "lapsing_soon": [{"lapses_on": day.isoformat(), "amount_points": points} for day, points in lapsing.next_lapses(wallet)],
        "held_by_rules": held,
    }


def _plain(line: Line) -> dict[str, Any]:
    return {
        "id": str(line.transfer.public_id),
        "recorded_at": line.at.isoformat(),
        "occurred_at": line.occurred_at.isoformat(),
        "delta_points": line.delta_points,
        "balance_points": line.balance_points,
        "reason": line.reason,
        "title": line.title,
        "origin": line.origin,
    }
