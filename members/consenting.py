"""A member's decisions about their data: every decision is kept with the wording that was shown; the newest counts."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from members.models import Consent, Member

Purpose = Consent.Purpose

WORDING_VERSION = "2026-01"
# What is asked, purpose by purpose. The terms are accepted on joining; a recording is agreed to in its group.
ASKED = {
    Purpose.RESEARCH: _("The club may invite me to surveys and focus groups and use my answers for its research."),
    Purpose.MARKETING: _("The club may send me its news and offers."),
}


def standing(member: Member) -> dict[str, Consent]:
    """Purpose → the newest decision; no entry where a member was never asked. One query."""
    newest: dict[str, Consent] = {}
    for consent in Consent.objects.filter(member=member).order_by("decided_at", "id"):
        newest[consent.purpose] = consent
    return newest


@transaction.atomic
def decide(member: Member, decisions: dict[str, bool]) -> int:
    """Keep what changed of purpose → given, as new rows. Returns how many. Raises ValueError for what is not asked here."""
    Member.objects.select_for_update().get(pk=member.pk)
    before, changed = standing(member), 0
    for purpose, is_given in decisions.items():
        if purpose not in ASKED:
            raise ValueError(f"not asked here: {purpose}")
        if (purpose in before and before[purpose].is_given == is_given) or (purpose not in before and not is_given):
            continue
        wording = str(ASKED[Purpose(purpose)])
        Consent.objects.create(member=member, purpose=purpose, is_given=is_given, wording=wording, wording_version=WORDING_VERSION)
        changed += 1
    return changed
