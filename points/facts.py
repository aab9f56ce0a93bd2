"""What a rule may ask about an activity, and how its answer is found."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from members import facts
from members.conditions import Field
from members.models import Activity

Kind = Activity.Kind


class Deed(NamedTuple):
    """An activity as rules see it. at is local time."""

    pk: int
    kind: str
    title: str
    details: dict[str, Any]
    thing: str
    at: datetime.datetime
    day: datetime.date
    cause: str
    url: str


class Payee(NamedTuple):
    """Whom a rule pays: the member's facts and tier at that time."""

    pk: int
    who: facts.Who
    tier: str


def deed(pk: int, kind: str, title: str, details: dict[str, Any], url: str, cause: str, happened_at: datetime.datetime) -> Deed:
    """happened_at in local time."""
    return Deed(pk, kind, title, details, details.get("object") or url or cause, happened_at, happened_at.date(), cause, url)


def tier_choices() -> list[tuple[str, str]]:
    """(slug, label) of all tiers, the club's own first; those of other programmes with their programme's name. One query."""
    from points.models import Tier
    from points.models.programme import DEFAULT_PROGRAMME

    rows = sorted(
        Tier.objects.select_related("programme"),
        key=lambda tier: (tier.programme.slug != DEFAULT_PROGRAMME, tier.programme_id, tier.threshold_points),
    )
    found: dict[str, str] = {}
    for tier in rows:
        found.setdefault(tier.slug, tier.label if tier.programme.slug == DEFAULT_PROGRAMME else f"{tier.label} · {tier.programme.name}")
    return list(found.items())


DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
WEEKDAYS = list(enumerate(DAYS, start=1))
COMMON = [
    Field("member.tier", _("Tier"), "choice", tier_choices),
    Field("activity.weekday", _("Day of the week"), "choice", lambda: WEEKDAYS),
    Field("activity.hour", _("Hour of the day, 0–23"), "number"),
    Field("activity.title", _("Title"), "text"),
]
LOOKED_AT = 2_000


def _text(name: str, label: Any) -> Field:
    """A text of the details, which offers what the latest deeds of its kinds said; they are asked only where it is shown."""

    def known() -> list[str]:
        rows = Activity.objects.filter(kind__in=kinds_of().get(name, [])).order_by("-pk").values_list("details", flat=True)[:LOOKED_AT]
        return sorted({value for details in rows if isinstance(value := details.get(name), str) and value})

    return Field(name, label, "text", known=known)


BOARD = [_text("board", _("Board (its slug)"))]
MONTHS = [Field("months", _("Months since the target was set"), "number")]
STEP = [_text("step", _("Step"))]
REPORTED = [
    Field("amount", _("Amount"), "number"),
    Field("quantity", _("Quantity"), "number"),
    _text("product", _("Product")),
    _text("category", _("Category")),
    _text("channel", _("Channel")),
]
OF_KIND: dict[str, list[Field]] = {
    Kind.ARTICLE_READ: [Field("minutes", _("Minutes of reading"), "number"), _text("topic", _("Topic"))],
    Kind.THREAD_STARTED: BOARD,
    Kind.REPLY_POSTED: BOARD,
    Kind.BLOG_ENTRY_POSTED: BOARD,
    Kind.REPLY_ACCEPTED: BOARD,
    Kind.REACTION_RECEIVED: BOARD,
    Kind.SURVEY_COMPLETED: [_text("survey", _("Survey (its slug)"))],
    Kind.EVENT_ATTENDED: [_text("event", _("Event (its slug)"))],
    Kind.REFERRAL_QUALIFIED: STEP,
    Kind.REFERRAL_MET: STEP,
    Kind.REFERRAL_BOUGHT: STEP,
    Kind.REVENUE_TARGET_MET: [*MONTHS, *REPORTED],
    Kind.RENEWED_ON_TIME: [*MONTHS, *REPORTED],
    Kind.CROSS_PURCHASE: [_text("product", _("Product")), Field("is_profiled", _("Profile was complete"), "yes")],
    Kind.PURCHASED: [
        Field("amount", _("Amount"), "number"),
        _text("product", _("Product")),
        Field("is_first", _("First order of the company"), "yes"),
    ],
    Kind.REPORTED: REPORTED,
}


def catalogue(kind: str, tiers: Callable[[], Iterable[tuple[str, str]]] = tier_choices) -> dict[str, Field]:
    """The fields that a rule for this kind of activity may ask for, by name; those of the kind first.

    tiers   (slug, label) where the caller has them, so that a list of rules asks for them once; asked for where a tier is named
    """
    common = [Field("member.tier", COMMON[0].label, "choice", tiers), *COMMON[1:]]
    return {field.name: field for field in [*OF_KIND.get(kind, []), *common, *facts.FIELDS.values()]}


def all_fields() -> dict[str, Field]:
    """Every field there is, by name; those that only some kinds of activity know come last."""
    some = {field.name: field for fields in OF_KIND.values() for field in fields}
    return {field.name: field for field in [*COMMON, *facts.FIELDS.values()]} | some


def kinds_of() -> dict[str, list[str]]:
    """The kinds of activity that know a field, by its name; none where all do."""
    found: dict[str, list[str]] = {}
    for kind, fields in OF_KIND.items():
        for field in fields:
            found.setdefault(field.name, []).append(str(kind))
    return found


def getter(name: str) -> Callable[[Deed, Payee], Any]:
    """The reader of a field. A name that no catalogue knows is looked for in the activity's details."""
    if name == "member.tier":
        return lambda deed, payee: payee.tier
    if name == "activity.weekday":
        return lambda deed, payee: deed.at.isoweekday()
    if name == "activity.hour":
        return lambda deed, payee: deed.at.hour
    if name == "activity.title":
        return lambda deed, payee: deed.title
    if name in facts.FIELDS:
        read = facts.getter(name)
        return lambda deed, payee: read(payee.who, deed.day)
    return lambda deed, payee: deed.details.get(name)
