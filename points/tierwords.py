"""A member's tier in plain words: why it is theirs, until when, and what keeps it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from points import standings
from points.models import Account, Standing, Tier, TierChange
from points.models.programme import DEFAULT_PROGRAMME

Reason = TierChange.Reason
NEXT = ("name", "name_zh", "threshold_points", "qualifies_by")


@dataclass(frozen=True)
class Explained:
    """lines: sentences, the most important first; changes: what happened before, newest first; counted_points: for the tier, now."""

    standing: Standing | None
    lines: list[str]
    benefits: list[str]
    changes: list[tuple[TierChange, str]]
    counted_points: int = 0


def explain(member: Member, wallet: Account | None, programme: str = DEFAULT_PROGRAMME) -> Explained:
    """What the member's page says of the tier. At most three queries."""
    own = Standing.objects.filter(member=member, programme__slug=programme).select_related("programme", "tier", "own_tier")
    above = Tier.objects.filter(programme=OuterRef("programme"), threshold_points__gt=OuterRef("tier__threshold_points"))
    nearest = {f"next_{name}": Subquery(above.order_by("threshold_points").values(name)[:1]) for name in NEXT}
    standing: Any = own.annotate(**nearest).first()
    if standing is None or standing.tier is None:
        return Explained(standing, [_("You are a member. Your first points open the way to the next tier.")], [], [])
    standing.member = member
    changes = list(
        TierChange.objects.filter(member=member, programme=standing.programme_id).select_related("tier", "was").order_by("-id")[:10]
    )
    lines = [_lifted(standing)] if standing.own_tier else []
    lines.append(_why(standing, changes))
    if standing.lasts_until:
        lines.append(_keeping(standing, wallet))
    if standing.next_name is not None:
        tier = Tier(**{name: getattr(standing, f"next_{name}") for name in NEXT})
        missing = max(1, tier.threshold_points - counted(standing, tier))
        said = (
            ngettext("%(points)s more qualifying point to %(tier)s", "%(points)s more qualifying points to %(tier)s", missing)
            if tier.qualifies_by == Tier.By.QUALIFYING
            else ngettext("%(points)s more point to %(tier)s", "%(points)s more points to %(tier)s", missing)
        )
        lines.append(said % {"points": missing, "tier": tier.label})
    # Of what leads on, or of what led here for who is at the top.
    towards = tier if standing.next_name is not None else _own(standing)
    words = [(change, of_change(change)) for change in changes]
    return Explained(standing, lines, standing.tier.benefit_lines, words, counted(standing, towards))


def counted(standing: Standing, tier: Tier) -> int:
    """The points that count for a tier now, within its window."""
    return standing.qualifying_points if tier.qualifies_by == Tier.By.QUALIFYING else standing.earned_points


def _lifted(standing: Standing) -> str:
    assert standing.tier is not None
    said = _("%(tier)s until %(day)s: you were lifted to it for a time.")
    return said % {"tier": standing.tier.label, "day": _day(standing.lifted_until)}


def _own(standing: Standing) -> Tier:
    """The tier that the member's points reach."""
    tier = standing.own_tier or standing.tier
    assert tier is not None
    return tier


# Why a tier is one's own by points: what only began or ended a time above it does not say.
_BY_POINTS = (Reason.REACHED, Reason.KEPT, Reason.LOST, Reason.TAKEN_BACK)


def _why(standing: Standing, changes: list[TierChange]) -> str:
    tier = _own(standing)
    last = next((change for change in changes if change.tier_id == tier.pk and change.reason in _BY_POINTS), None)
    if standing.lasts_until is None or last is None:
        return (_("By your points your tier is %(tier)s.") if standing.own_tier else _("Your tier is %(tier)s.")) % {"tier": tier.label}
    said = ngettext(
        "%(tier)s until %(day)s, because you gathered %(points)s qualifying point",
        "%(tier)s until %(day)s, because you gathered %(points)s qualifying points",
        last.points,
    )
    return said % {"tier": tier.label, "day": _day(standing.lasts_until), "points": last.points}


def _keeping(standing: Standing, wallet: Account | None) -> str:
    assert standing.lasts_until is not None
    missing = standings.missing_to_keep(standing, wallet)
    if missing == 0:
        return _("You have gathered enough to keep it.")
    if standing.is_in_grace:
        import datetime

        ends = standing.lasts_until + datetime.timedelta(days=_own(standing).grace_days)
        said = ngettext(
            "Its time is over; %(points)s more point by %(day)s still keeps it",
            "Its time is over; %(points)s more points by %(day)s still keep it",
            missing,
        )
        return said % {"points": missing, "day": _day(ends)}
    return ngettext("%(points)s more point keeps it", "%(points)s more points keep it", missing) % {"points": missing}


def of_change(change: TierChange) -> str:
    """One change as a sentence."""
    words: dict[str, Any] = {
        "tier": change.tier.label if change.tier else "–",
        "was": change.was.label if change.was else "–",
        "points": change.points,
        "day": _day(change.lasts_until) if change.lasts_until else "–",
    }
    said = {
        Reason.REACHED: _("%(tier)s reached with %(points)s points; yours until %(day)s"),
        Reason.KEPT: _("%(tier)s kept with %(points)s points; yours until %(day)s"),
        Reason.GRACE: _("%(tier)s ran out on %(day)s with %(points)s points; the days of grace began"),
        Reason.LOST: _("From %(was)s to %(tier)s: %(points)s points were not enough to keep it"),
        Reason.LIFTED: _("Lifted from %(was)s to %(tier)s until %(day)s"),
        Reason.LIFT_ENDED: _("From %(was)s back to %(tier)s: the time above it is over, or was taken back"),
        Reason.TAKEN_BACK: _("From %(was)s to %(tier)s: points that had reached it were taken back"),
    }
    return said[Reason(change.reason)] % words


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT")
