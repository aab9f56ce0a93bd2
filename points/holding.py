from typing import Any

from django.db.models import F, Q

from members.models import Member
from points import deferring
from points.models import Grant, VoucherCode


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """The codes of a member's vouchers, bought or given; and what rules brought them beside points, by its name; what rules hold."""
    mine = VoucherCode.objects.filter(Q(redemption__member=member) | Q(grant__member=member)).order_by("pk")
    codes = mine.values("code", "redemption", "grant", "used_at", "voided_at", reward_name=F("reward__name"))
    given = Grant.objects.filter(member=member, points=None).order_by("pk")
    names = given.values(
        "kind", "status", "until", "given_at", badge_name=F("badge__name"), reward_name=F("reward__name"), tier_name=F("tier__name")
    )
    files: dict[str, list[Any]] = {"points/vouchercode.json": list(codes), "points/given.json": list(names)}
    files["points/held.json"] = deferring.kept_of(member)
    return {name: rows for name, rows in files.items() if rows}
