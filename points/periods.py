"""The days a member asks a statement for."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.moments import is_in_our_time
from points import balances
from points.lapsing import end_of
from points.models import Account


@dataclass(frozen=True)
class Period:
    """since, until   both included; None: without that bound
    query   as an address says it; "" for all of it
    opening, closing   the balance before and after
    """

    since: datetime.date | None = None
    until: datetime.date | None = None
    query: str = ""
    error: str = ""
    opening: int = 0
    closing: int = 0
    bounds: dict[str, Any] = field(default_factory=dict)


def in_our_time(day: datetime.date) -> None:
    """For a field of a form. Raises ValidationError for a day from which the calendar may end."""
    if not is_in_our_time(day):
        raise ValidationError(_("These days are out of bounds."))


def joined(*queries: str) -> str:
    """Several parts of an address's query as one."""
    return "&".join(query for query in queries if query)


def read(said: Mapping[str, str], wallet: Account | None) -> Period:
    """The period in an address. One that cannot be read shows all of it and says why."""
    texts = {name: said.get(name, "").strip()[:10] for name in ("from", "to")}
    try:
        since, until = (datetime.date.fromisoformat(texts[name]) if texts[name] else None for name in ("from", "to"))
    except ValueError:
        return Period(error=_("Give days as 2026-11-30."))
    if any(day and not is_in_our_time(day) for day in (since, until)):
        return Period(error=_("These days are out of bounds."))
    if since and until and since > until:
        return Period(since, until, error=_("The first day lies after the last."))
    bounds: dict[str, Any] = {}
    opening, closing = 0, wallet.posted if wallet else 0
    instant = datetime.timedelta(microseconds=1)
    if since:
        bounds["since"] = end_of(since - datetime.timedelta(days=1))
        opening = balances.balance_as_of(wallet, bounds["since"] - instant)[0] if wallet else 0
    if until:
        bounds["until"] = end_of(until)
        closing = balances.balance_as_of(wallet, bounds["until"] - instant)[0] if wallet else 0
    return Period(since, until, urlencode({name: text for name, text in texts.items() if text}), "", opening, closing, bounds)
