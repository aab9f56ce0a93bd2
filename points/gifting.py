"""Points given to another member or put into the company's pool: offered, then accepted or declined by the other side.

What is offered is held until it is decided; after a week it is free again. What a member gives in a day is limited, withdrawn gifts
aside, and counted with the wallet locked: two gifts at the same moment do not both slip under the limit.
"""

import datetime

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from members.models import Company, Member
from notifications.models import Notification
from notifications.telling import tell
from points import accounts, funnels, ledger
from points.models import Gift, Programme, Transfer
from points.models.programme import DEFAULT_PROGRAMME
from points.refusals import NotPending

Status = Gift.Status
DAYS_TO_DECIDE = 7
CLIENT = "gifting"
# Held by the ledger, and for somebody to decide: the other side, or a person where very many come to one.
OPEN = (Status.OFFERED, Status.HELD)


class GiftRefused(Exception):  # noqa: N818
    """Why a gift cannot be. `reason` is one of oneself, nobody, left, times, points, decided."""

    def __init__(self, reason: str, most: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.most = reason, most


@transaction.atomic
def offer(
    giver: Member, *, to: Member | Company, points: int, message: str = "", reference: str, programme: str = DEFAULT_PROGRAMME
) -> Gift:
    """Hold points of the giver's, of a programme, for somebody. The same reference again returns the same gift.

    Raises GiftRefused, InsufficientPoints.
    """
    reference = f"{giver.pk}:{reference}"[:100]
    if to == giver:
        raise GiftRefused("oneself")
    sides = _lock_sides(giver.pk, to.pk if isinstance(to, Member) else None)
    giver = sides[giver.pk]
    if giver.erased_at:
        raise GiftRefused("left")
    if isinstance(to, Member):
        to = sides[to.pk]
        if not to.is_active or to.erased_at:
            raise GiftRefused("nobody")
    if isinstance(to, Company) and giver.company_id != to.pk:
        raise GiftRefused("nobody")
    asset = accounts.default_asset(programme)
    wallet = accounts.wallet_of(giver, asset)
    target = accounts.wallet_of(to, asset) if isinstance(to, Member) else accounts.pool_of(to, asset)
    ledger.lock([wallet])
    if earlier := Gift.objects.filter(transfer__client=CLIENT, transfer__reference=reference).first():
        return earlier
    _check_day(giver, points, asset.programme)
    order = ledger.Order(
        source=wallet,
        target=target,
        amount_points=points,
        reference=reference,
        client=CLIENT,
        kind=Transfer.Kind.PENDING,
        reason="gift",
        object_type="gift",
        seconds=DAYS_TO_DECIDE * 86_400,
    )
    row = ledger.transfer(order)
    gift = Gift.objects.create(
        programme=asset.programme,
        giver=giver,
        recipient=to if isinstance(to, Member) else None,
        company=to if isinstance(to, Company) else None,
        amount_points=points,
        message=message.strip()[:200],
        transfer=row,
        times_out_at=timezone.now() + datetime.timedelta(days=DAYS_TO_DECIDE),
    )
    _tell(gift)
    return gift


def _check_day(giver: Member, points: int, programme: Programme) -> None:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Gift.objects.filter(giver=giver, programme=programme, created_at__gte=start).exclude(
        status__in=[Status.WITHDRAWN, Status.DECLINED]
    )
    given = int(today.aggregate(total=Sum("amount_points"))["total"] or 0)
    times, most = programme.gifts_per_day, programme.gift_points_per_day
    if today.count() >= times:
        raise GiftRefused("times", times)
    if given + points > most:
        raise GiftRefused("points", max(0, most - given))


def _tell(gift: Gift) -> None:
    told = [gift.recipient] if gift.recipient else _confirmers(gift)
    for member in told:
        title = f"+{gift.amount_points} {gift.message}".strip()
        tell(member, Notification.Kind.MESSAGE, cause=f"gift:{gift.pk}", title=title, actor=gift.giver, url="/points/gifts/")


def _confirmers(gift: Gift) -> list[Member]:
    """The company's administrators; its other members where the only one gives."""
    colleagues = Member.objects.filter(company=gift.company_id, is_active=True).exclude(pk=gift.giver_id).order_by("pk")
    admins = list(colleagues.filter(company_role=Member.CompanyRole.ADMIN)[:20])
    return admins or (list(colleagues[:20]) if gift.giver.company_role == Member.CompanyRole.ADMIN else [])


@transaction.atomic
def accept(gift: Gift, *, by: Member) -> Gift:
    """Move the points, or lay the gift before a person where very many come to one, or who gives is suspended. Again: nothing.

    Raises GiftRefused once it was decided otherwise, its time is over, or one side has left.
    """
    gift = _open(gift, by, Status.ACCEPTED, Status.HELD)
    if gift.status == Status.OFFERED:
        ledger.lock([gift.transfer.source, gift.transfer.target])
        _check_sides(gift)
        if evidence := funnels.evidence_of(gift):
            gift.evidence = evidence
            _decide(gift, Status.HELD, by)
        else:
            _move(gift, by)
    return gift


@transaction.atomic
def release(gift: Gift, *, by: Member, note: str = "") -> Gift:
    """A person looked at it and it stands. Again: nothing. Raises GiftRefused as `accept` does."""
    gift = _open(gift, by, Status.ACCEPTED, Status.HELD)
    if gift.status == Status.OFFERED:
        raise GiftRefused("decided")
    if gift.status == Status.HELD:
        _check_sides(gift)
        gift.note = note.strip()[:500]
        _move(gift, by)
    return gift


@transaction.atomic
def turn_down(gift: Gift, *, by: Member, note: str) -> Gift:
    """A person looked at it and it falls: the points are the giver's again. Again: nothing. Raises GiftRefused as `release` does."""
    gift = _open(gift, by, Status.REFUSED, Status.HELD)
    if gift.status == Status.OFFERED:
        raise GiftRefused("decided")
    if gift.status == Status.HELD:
        ledger.void(gift.transfer)
        gift.note = note.strip()[:500]
        _decide(gift, Status.REFUSED, by)
    return gift


def _check_sides(gift: Gift) -> None:
    """Both are as they were when it was offered. What is held stays the giver's: it can be taken back, and is free again in time.

    A colleague who meanwhile belongs to another company fills the pool of neither.
    """
    giver, recipient = gift.giver, gift.recipient
    if not giver.is_active or (gift.company_id and giver.company_id != gift.company_id) or (recipient and not recipient.is_active):
        raise GiftRefused("left")


def _move(gift: Gift, by: Member) -> None:
    try:
        ledger.post(gift.transfer)
    except NotPending:
        raise GiftRefused("decided") from None
    _decide(gift, Status.ACCEPTED, by)


@transaction.atomic
def refuse(gift: Gift, *, by: Member) -> Gift:
    """Decline it, or withdraw it by who gave it: the points are free again. Again: nothing. Raises GiftRefused as `turn_down` does."""
    status = Status.WITHDRAWN if gift.giver_id == by.pk else Status.DECLINED
    gift = _open(gift, by, status, Status.HELD)
    if gift.status in OPEN:
        ledger.void(gift.transfer)
        _decide(gift, status, by)
    return gift


def end_all(member: Member) -> None:
    """In the caller's transaction: one side leaves the club, and what was offered goes back."""
    for gift in lock_open(member):
        if not gift.transfer.settled_by.exists():
            ledger.void(gift.transfer)
        _decide(gift, Status.WITHDRAWN, None)
    Gift.objects.filter(Q(giver=member) | Q(recipient=member)).update(message="")


def lock_open(member: Member) -> list[Gift]:
    """In the caller's transaction: what is on its way from or to a member, locked as by whoever decides it, before any account."""
    rows = Gift.objects.select_for_update(no_key=True, of=("self",)).select_related("transfer").order_by("pk")
    return list(rows.filter(Q(giver=member) | Q(recipient=member), status__in=OPEN))


def _lock_sides(*members: int | None) -> dict[int, Member]:
    """Whoever a gift names, as they are now, so that nobody of them is erased meanwhile.

    Before any gift or account, as erasing locks them: otherwise each would wait for the other.
    """
    rows = Member.objects.filter(pk__in={pk for pk in members if pk}).select_related("company").order_by("pk")
    return {member.pk: member for member in rows.select_for_update(no_key=True, of=("self",))}


def _open(gift: Gift, by: Member, *wanted: str) -> Gift:
    """The gift, with both sides and who decides locked before it."""
    _lock_sides(gift.giver_id, gift.recipient_id, by.pk)
    rows = Gift.objects.select_for_update(no_key=True, of=("self",))
    gift = rows.select_related("programme", "giver", "recipient", "transfer__source", "transfer__target").get(pk=gift.pk)
    if gift.status not in (Status.OFFERED, *wanted) or (gift.status in OPEN and gift.times_out_at <= timezone.now()):
        raise GiftRefused("decided")
    return gift


def _decide(gift: Gift, status: str, by: Member | None) -> None:
    gift.status, gift.decided_at, gift.decided_by = status, timezone.now(), by
    gift.save(update_fields=["status", "decided_at", "decided_by", "evidence", "note"])


def let_time_out(*, now: datetime.datetime | None = None) -> int:
    """Give back what nobody answered in time. Returns how many; repeating it changes nothing."""
    now = now or timezone.now()
    late = list(Gift.objects.filter(status__in=OPEN, times_out_at__lte=now).order_by("pk")[:500])
    for gift in late:
        with transaction.atomic():
            row = Gift.objects.select_for_update(no_key=True, of=("self",)).select_related("transfer").get(pk=gift.pk)
            if row.status in OPEN:
                if not row.transfer.settled_by.exists():
                    ledger.settle(row.transfer, Transfer.Kind.LAPSE, now=now)
                _decide(row, Status.TIMED_OUT, None)
    return len(late)
