"""Definitions and single questions to begin with, in both languages of the club. Pure."""

from typing import Any

from surveys.starters.basic import CSAT, EASY, EFFORT, NPS, PRODUCT, RECOMMEND, SATISFIED
from surveys.starters.longer import COMPANY_SIZE, CONTACT, EVENT, REASON, ROLE, SCREENER, SINCE, TELEPHONE

STARTERS: dict[str, dict[str, Any]] = {
    "nps": NPS,
    "csat": CSAT,
    "effort": EFFORT,
    "product": PRODUCT,
    "event": EVENT,
    "screener": SCREENER,
    "telephone": TELEPHONE,
}
STANDARD: dict[str, dict[str, Any]] = {
    "recommend": RECOMMEND,
    "satisfied": SATISFIED,
    "easy": EASY,
    "reason": REASON,
    "role": ROLE,
    "company_size": COMPANY_SIZE,
    "since": SINCE,
    "contact": CONTACT,
}
