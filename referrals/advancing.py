"""Moving a referral on: each step is reached once, is a fact in the log where the club values it, and is told to the referrer."""

from django.db import transaction
from django.utils import timezone

from members import activity
from members.models import Activity, Company, Member
from notifications.models import Notification
from notifications.telling import tell
from referrals.models import Referral, Station
from referrals.paths import CLUB_STEPS, WAYS
from referrals.refusals import StepRefused

Step = Station.Step

FACTS: dict[tuple[str, str], Activity.Kind] = {
    (Referral.Kind.INTERNAL, Step.REGISTERED): Activity.Kind.COLLEAGUE_REGISTERED,
    (Referral.Kind.INTERNAL, Step.TOOK_PART): Activity.Kind.COLLEAGUE_TOOK_PART,
    (Referral.Kind.EXTERNAL, Step.QUALIFIED): Activity.Kind.REFERRAL_QUALIFIED,
    (Referral.Kind.EXTERNAL, Step.MET): Activity.Kind.REFERRAL_MET,
    (Referral.Kind.EXTERNAL, Step.BOUGHT): Activity.Kind.REFERRAL_BOUGHT,
}
WON_BY = {Referral.Kind.INTERNAL: Step.TOOK_PART, Referral.Kind.EXTERNAL: Step.BOUGHT}
NOTICED_BY_THE_CLUB = (Step.NAMED, Step.REGISTERED, Step.TOOK_PART)
ORDER = list(Referral.Stage.values)


@transaction.atomic
def reach(referral: Referral, step: str, *, marked_by: Member | None = None, note: str = "") -> bool:
    """Mark a step as reached. Returns False if it was reached before, changing nothing.

    Raises StepRefused for a step of the other kind, and for a referral that is over (a purchase still counts).
    """
    referral = Referral.objects.select_for_update(of=("self",)).select_related("referrer", "invitee").get(pk=referral.pk)
    _refuse(referral, step)
    station, is_new = Station.objects.get_or_create(referral=referral, step=step, defaults={"marked_by": marked_by, "note": note[:300]})
    if not is_new:
        return False
    _note_progress(referral, step)
    _record(referral, step)
    if step not in CLUB_STEPS and step != Step.NAMED:
        _tell(referral, station)
    return True


@transaction.atomic
def take_back(referral: Referral, step: str) -> bool:
    """Undo a step that was marked by mistake; what it earned is taken back. Returns False where there was nothing to undo."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if step in NOTICED_BY_THE_CLUB or not Station.objects.filter(referral=referral, step=step).delete()[0]:
        return False
    if fact := FACTS.get((referral.kind, step)):
        activity.undo(fact, cause=f"referral:{referral.pk}")
    left = [stage for stage in referral.stations.values_list("step", flat=True) if stage in ORDER]
    referral.stage = max(left, key=ORDER.index, default=Referral.Stage.NAMED)
    if step == WON_BY[Referral.Kind(referral.kind)]:
        referral.outcome, referral.closed_at = Referral.Outcome.OPEN, None
    referral.save(update_fields=["stage", "outcome", "closed_at"])
    return True


@transaction.atomic
def close(referral: Referral, *, reason: str, further_names: str = "", marked_by: Member | None = None) -> None:
    """It did not come about: say why, and keep the names the contact gave instead. Raises StepRefused if it is over already."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.outcome != Referral.Outcome.OPEN:
        raise StepRefused
    referral.outcome, referral.closed_at = Referral.Outcome.LOST, timezone.now()
    referral.reason, referral.further_names = reason[:300], further_names[:1000]
    referral.save(update_fields=["outcome", "closed_at", "reason", "further_names"])
    station, _is_new = Station.objects.get_or_create(
        referral=referral, step=Step.CLOSED, defaults={"marked_by": marked_by, "note": reason[:300]}
    )
    _tell(referral, station)


@transaction.atomic
def assign_company(referral: Referral, company: Company | None) -> None:
    """Say which company in our books the contact belongs to, so that its purchases count for the referrer."""
    Referral.objects.filter(pk=referral.pk, kind=Referral.Kind.EXTERNAL).update(company=company)


def _refuse(referral: Referral, step: str) -> None:
    if step not in (*WAYS[Referral.Kind(referral.kind)], *CLUB_STEPS):
        raise StepRefused
    if referral.outcome == Referral.Outcome.KNOWN or (referral.outcome == Referral.Outcome.LOST and step != Step.BOUGHT):
        raise StepRefused


def _note_progress(referral: Referral, step: str) -> None:
    if step in ORDER and ORDER.index(step) > ORDER.index(referral.stage):
        referral.stage = step
    if step == WON_BY[Referral.Kind(referral.kind)]:
        referral.outcome, referral.closed_at = Referral.Outcome.WON, timezone.now()
    referral.save(update_fields=["stage", "outcome", "closed_at"])


def _record(referral: Referral, step: str) -> None:
    fact = FACTS.get((referral.kind, step))
    if fact is None:
        return
    cause = f"referral:{referral.pk}"
    # Facts are for ever: they name a company, and the person only by their row, which can be forgotten.
    # A step that was taken back and is reached again counts again.
    if not activity.restore(fact, cause=cause):
        activity.record(referral.referrer, fact, cause=cause, title=referral.contact_company, url="/refer/", counterpart=referral.invitee)


def _tell(referral: Referral, station: Station) -> None:
    tell(
        referral.referrer,
        Notification.Kind.REFERRAL_PROGRESS,
        cause=f"referral:{referral.pk}:{station.step}",
        title=referral.display_name,
        url="/refer/",
        details={"step": station.step, "kind": referral.kind},
    )
