"""Drafts from doors that do not show what stands there: what they replace is kept where it was never published, and brought back."""

from typing import Any

from django.db import transaction

from members import meanwhile
from members.meanwhile import ChangedMeanwhile
from surveys import bank, publishing
from surveys.judging import digest_of
from surveys.models import EarlierDraft, Questionnaire

KEPT_MOST = 30  # of one survey; a definition may be half a megabyte


@transaction.atomic
def put(
    questionnaire: Questionnaire, *, definition: dict[str, Any], through: str, seen: str = ""
) -> tuple[Questionnaire, EarlierDraft | None]:
    """Make a definition the draft. Returns the survey, and what was kept of the draft before: None where nothing would be lost.

    through   the door, as researchers read it: a key's name, a command
    seen      the mark (`members.meanwhile`) of the draft that is meant to be replaced
    Raises ChangedMeanwhile where it is another by now.
    """
    held = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if seen and seen != meanwhile.mark(held.draft_definition):
        raise ChangedMeanwhile({"definition": held.draft_definition})
    kept = _keep(held, definition, through)
    publishing.revise(questionnaire, definition=definition)
    return questionnaire, kept


@transaction.atomic
def bring_back(earlier: EarlierDraft, *, seen: str, through: str) -> EarlierDraft | None:
    """Make an earlier draft the draft again, in the place of what was `seen`, which is kept in its turn. Raises ChangedMeanwhile."""
    _questionnaire, kept = put(earlier.questionnaire, definition=earlier.definition, through=through, seen=seen)
    earlier.delete()
    return kept


def _keep(held: Questionnaire, definition: dict[str, Any], through: str) -> EarlierDraft | None:
    before = held.draft_definition
    if before == definition or not bank.elements(before) or held.versions.filter(digest=digest_of(before)).exists():
        return None
    kept = EarlierDraft.objects.create(questionnaire=held, definition=before, replaced_through=through[:120])
    too_many = held.earlier_drafts.values_list("pk", flat=True)[KEPT_MOST:]
    EarlierDraft.objects.filter(pk__in=list(too_many)).delete()
    return kept
