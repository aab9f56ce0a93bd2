"""Versions of rules before a second person: nobody puts a rule of their own in force.

A version is a Wagtail revision. What was laid before the second person is what goes live: its digest is kept, so that
a version which was written over since counts as another.
"""

import hashlib
import json
import logging

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from members.models import Member, Segment
from points.models import Approval, Rule

Verdict = Approval.Verdict
log = logging.getLogger(__name__)


class ApprovalRefused(PermissionDenied):
    """Says why, in the reader's language."""


def digest_of(revision: Revision) -> str:
    """SHA-256 of what the version says, with the condition of the segment that it names."""
    content = {key: value for key, value in revision.content.items() if key not in ("latest_revision", "live", "has_unpublished_changes")}
    segment = Segment.objects.filter(pk=content.get("segment") or 0).values_list("condition", flat=True).first()
    return hashlib.sha256(json.dumps([content, segment], sort_keys=True, default=str).encode()).hexdigest()


def is_approved(revision: Revision) -> bool:
    approved = Approval.objects.filter(revision_id=revision.pk, verdict=Verdict.APPROVED).order_by("-pk").first()
    return approved is not None and approved.digest == digest_of(revision)


def waiting(rule: Rule) -> Approval | None:
    return Approval.objects.filter(rule=rule, verdict=Verdict.WAITING).select_related("asked_by").first()


def authors_of(rule: Rule, revision: Revision) -> set[int]:
    """Whoever wrote a version since the one in force, up to this one: each of them may have slipped something in."""
    rows = rule.revisions.filter(pk__lte=revision.pk)
    if rule.live_revision_id:
        rows = rows.filter(pk__gt=rule.live_revision_id)
    return {pk for pk in rows.values_list("user", flat=True) if pk} | ({revision.user_id} if revision.user_id else set())


@transaction.atomic
def ask(rule: Rule, revision: Revision, *, by: Member) -> Approval:
    """Lay a version before a second person; one that waited is overtaken."""
    Approval.objects.filter(rule=rule, verdict=Verdict.WAITING).update(verdict=Verdict.WITHDRAWN, decided_at=timezone.now())
    # As it is stored: in memory a moment may still be an object.
    digest = digest_of(Revision.objects.get(pk=revision.pk))
    return Approval.objects.create(rule=rule, revision_id=revision.pk, digest=digest, asked_by=by)


def why_not(approval: Approval, revision: Revision, *, by: Member) -> str:
    """Why this person may not decide, in words; empty where they may."""
    if not by.has_perm("points.publish_rule"):
        return _("You may not put rules in force.")
    if approval.verdict != Verdict.WAITING:
        return _("This was already decided.")
    if by.pk == approval.asked_by_id or by.pk in authors_of(approval.rule, revision):
        return _("You wrote this version, so somebody else has to approve it.")
    if approval.digest != digest_of(revision):
        return _("The version was changed after it was submitted. Its author has to submit it again.")
    if revision.as_object().would_move_its_trial():
        return _("The groups stay as they are once the rule was in force. Copy the rule to draw them anew.")
    return ""


@transaction.atomic
def approve(approval: Approval, *, by: Member) -> None:
    """Put the version in force, at once or when it is scheduled. Raises ApprovalRefused."""
    approval, revision = _decide(approval, by=by)
    _close(approval, Verdict.APPROVED, by=by)
    revision.publish(user=by)


@transaction.atomic
def send_back(approval: Approval, *, by: Member, note: str) -> None:
    """Leave the version a draft, with a word to its author. Raises ApprovalRefused."""
    approval, _revision = _decide(approval, by=by)
    _close(approval, Verdict.RETURNED, by=by, note=note)


@transaction.atomic
def turn_back(revision: Revision) -> None:
    """A version that is due is no longer what was approved: it stays a draft, its author hears why, and whatever else is due goes on."""
    log.warning("version %s of rule %s was due and is no longer what was approved", revision.pk, revision.object_id)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    approval = Approval.objects.filter(revision_id=revision.pk, verdict=Verdict.APPROVED).order_by("-pk").first()
    if approval is None:
        return
    approval.verdict = Verdict.STALE
    approval.save(update_fields=["verdict"])


def _decide(approval: Approval, *, by: Member) -> tuple[Approval, Revision]:
    approval = Approval.objects.select_for_update(of=("self",)).select_related("rule").get(pk=approval.pk)
    revision = Revision.objects.get(pk=approval.revision_id)
    if reason := why_not(approval, revision, by=by):
        raise ApprovalRefused(reason)
    return approval, revision


def _close(approval: Approval, verdict: str, *, by: Member, note: str = "") -> None:
    approval.verdict, approval.decided_by, approval.decided_at, approval.note = verdict, by, timezone.now(), note[:500]
    approval.save(update_fields=["verdict", "decided_by", "decided_at", "note"])
