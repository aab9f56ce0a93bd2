"""Points given or taken by hand, with a reason that the member reads."""

from members.models import Member
from points import accounts, ledger
from points.models import Account, Transfer
from points.refusals import BadAmount

MOST_POINTS = 10_000


def adjust(member: Member, *, points: int, reason: str, by: Member, reference: str) -> Transfer:
    """Move points between goodwill and a member's wallet: into it for points > 0, out of it below 0.

    The same reference again changes nothing. Raises BadAmount outside of ±10,000 or without a reason, InsufficientPoints.
    """
    if not reason.strip() or not 0 < abs(points) <= MOST_POINTS:
        raise BadAmount
    wallet, goodwill = accounts.wallet_of(member), accounts.system(Account.Kind.GOODWILL)
    source, target = (goodwill, wallet) if points > 0 else (wallet, goodwill)
    order = ledger.Order(
        source=source,
        target=target,
        amount_points=abs(points),
        reference=reference,
        client="goodwill",
        reason="goodwill",
        text=reason.strip()[:500],
        metadata={"by": by.pk},
    )
    return ledger.transfer(order)
