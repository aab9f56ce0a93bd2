"""What waits for the club's own people, by what each of them may do."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.models import EventIndexPage, EventPage, IssuePage
from focusgroups.models import Group
from forum.models import Review
from members.models import Member
from points.models import Approval, Redemption


@dataclass(frozen=True)
class Task:
    """So many things of a kind, and where they are done."""

    words: str | Promise
    count: int
    address: str


def tasks_for(member: Member) -> list[Task]:
    """The kinds of work that wait for this member now; at most one query each."""
    found = [
        ("wagtailadmin.access_admin", _("Page drafts of yours"), _own_drafts(member), reverse("wagtailadmin_home")),
        ("cms.change_seat", _("Events that are coming"), _coming_events(), reverse("events:index")),
        ("points.change_redemption", _("Rewards to hand over"), _redemptions(), reverse("points_redemptions")),
        ("points.publish_rule", _("Rules to approve"), _rules_to_approve(member), reverse("points_approvals")),
        ("forum.change_review", _("Reports waiting"), Review.objects.filter(status=Review.Status.OPEN), reverse("forum:queue")),
        ("focusgroups.change_group", _("Focus groups that are open"), _open_groups(), reverse("groups:index")),
    ]
    rows = [Task(words, query.count(), address) for right, words, query, address in found if member.has_perm(right)]
    return [row for row in rows if row.count]


@dataclass(frozen=True)
class Start:
    """Something one may begin from the desk."""

    words: str | Promise
    address: str


def starts_for(member: Member) -> list[Start]:
    """What this member may begin: where to write, plan and look."""
    # Of what stands in several languages, that which the back office is read in.
    own = Case(When(locale__language_code=get_language(), then=0), default=1)
    issue = IssuePage.objects.order_by("-number", own, "id").first()
    calendar = EventIndexPage.objects.order_by(own, "id").first()
    found = [
        ("cms.add_articlepage", _("Write an article"), _new_page("articlepage", issue)),
        ("cms.add_eventpage", _("Plan an event"), _new_page("eventpage", calendar)),
        ("surveys.add_questionnaire", _("Make a survey"), reverse("surveys_office:begin")),
        ("focusgroups.add_group", _("Plan a focus group"), reverse("wagtailsnippets_focusgroups_group:add")),
        ("points.add_rule", _("Set a rule for points"), reverse("wagtailsnippets_points_rule:add")),
        ("points.change_rule", _("Read the insights"), reverse("insights:overview")),
        ("surveys.change_questionnaire", _("Read the insights"), reverse("insights:overview")),
        ("forum.change_review", _("Read the moderation log"), reverse("forum:log")),
    ]
    starts = [Start(words, address) for right, words, address in found if address and member.has_perm(right)]
    return list({start.address: start for start in starts}.values())


def _new_page(model: str, parent: Page | None) -> str:
    return reverse("wagtailadmin_pages:add", args=("cms", model, parent.pk)) if parent else ""


def _own_drafts(member: Member) -> QuerySet[Any]:
    return Page.objects.filter(has_unpublished_changes=True, latest_revision__user=member)


def _coming_events() -> QuerySet[Any]:
    return EventPage.objects.live().filter(starts_at__gt=timezone.now(), locale__language_code="en")


def _redemptions() -> QuerySet[Any]:
    return Redemption.objects.filter(status=Redemption.Status.RESERVED)


def _rules_to_approve(member: Member) -> QuerySet[Any]:
    return Approval.objects.filter(verdict=Approval.Verdict.WAITING).exclude(asked_by=member)


def _open_groups() -> QuerySet[Any]:
    return Group.objects.exclude(status__in=(Group.Status.CLOSED, Group.Status.PLANNED))
