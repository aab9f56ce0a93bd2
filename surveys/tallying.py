"""Keeping the running counts: answers are folded in after they were taken, in bundles, so that no submission waits for a counter."""

from django.db import transaction

from live import streams
from surveys.counting import add, renamed
from surveys.judging import digest_of
from surveys.models import Questionnaire, Submission, Tally

BUNDLE = 2_000


def current(questionnaire: Questionnaire) -> Tally:
    """The counts with every answer in them. What is not folded in yet is folded in now, bundle by bundle."""
    while True:
        tally, is_complete = _fold(questionnaire)
        if is_complete:
            return tally


@transaction.atomic
def _fold(questionnaire: Questionnaire) -> tuple[Tally, bool]:
    """Fold in one bundle. Returns the counts, and whether nothing is left to fold."""
    if questionnaire.version is None:
        return Tally(questionnaire=questionnaire), True
    outline, key = questionnaire.version.outline["en"], _key(questionnaire)
    rows = Submission.objects.filter(questionnaire=questionnaire)
    waiting = rows.filter(is_counted=False, rejected_at=None)
    tally = Tally.objects.filter(questionnaire=questionnaire).first()
    if tally is not None and tally.digest == key and not waiting.exists():
        return tally, True
    Tally.objects.get_or_create(questionnaire=questionnaire)
    tally = Tally.objects.select_for_update().get(questionnaire=questionnaire)
    if tally.digest != key:
        rows.filter(is_counted=True).update(is_counted=False)
        tally.digest, tally.total, tally.counts = key, 0, {}
    bundle = list(waiting.select_for_update(of=("self",)).values_list("pk", "data")[:BUNDLE])
    for _pk, data in bundle:
        add(tally.counts, outline, renamed(data, questionnaire.equivalents))
    tally.total += len(bundle)
    tally.save()
    for start in range(0, len(bundle), 500):
        rows.filter(pk__in=[pk for pk, _data in bundle[start : start + 500]]).update(is_counted=True)
    if bundle:
        # Open results pages ask again. Told from here and not from the submission, so that an anonymous answer leaves no moment behind.
        streams.append(f"survey:{questionnaire.pk}:results", "results", {"total": tally.total})
    return tally, len(bundle) < BUNDLE


def hold(questionnaire_id: int) -> Tally:
    """The counts, held to the end of the caller's transaction: before any answer, as whoever folds does, or two would wait in a circle."""
    # Made here if need be, so that whoever folds for the first time waits until this is decided.
    Tally.objects.get_or_create(questionnaire_id=questionnaire_id)
    return Tally.objects.select_for_update().get(questionnaire=questionnaire_id)


def take_out(submission: Submission, tally: Tally) -> None:
    """Take an answer out of the counts (`hold`), inside the caller's transaction, before it is rejected or changed."""
    changed = Submission.objects.filter(pk=submission.pk, is_counted=True).update(is_counted=False)
    questionnaire = submission.questionnaire
    if not changed or questionnaire.version is None or tally.digest != _key(questionnaire):
        return
    add(tally.counts, questionnaire.version.outline["en"], renamed(submission.data, questionnaire.equivalents), -1)
    tally.total -= 1
    tally.save()


def _key(questionnaire: Questionnaire) -> str:
    """What the counts depend on: the outline, and which earlier questions count as which."""
    assert questionnaire.version is not None
    return digest_of({"version": questionnaire.version.digest, "equivalents": questionnaire.equivalents})


def fold_all() -> int:
    """The round that keeps results pages quick; safe to repeat. Returns how many surveys had something to fold."""
    waiting = Questionnaire.objects.filter(version__isnull=False, submissions__is_counted=False, submissions__rejected_at=None).distinct()
    surveys = list(waiting.select_related("version"))
    for questionnaire in surveys:
        current(questionnaire)
    return len(surveys)
