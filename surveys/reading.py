"""What other parts of the club show of surveys: what waits for a member, and one survey's card."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from members.models import Member
from surveys import tallying
from surveys.blind_receipts import token_of
from surveys.counting import add, renamed
from surveys.losses import Loss, losses
from surveys.models import Draft, Participation, Questionnaire, QuestionnaireQuerySet, Submission, SurveyInvitation
from surveys.summaries import TEXTS_SHOWN, Summary, from_counts, texts_of

LEAST_GROUP = 5
# A survey of one page and no more questions than this opens by itself where it is met.
SHORT_QUESTIONS = 3


@dataclass(frozen=True)
class Card:
    """A survey as it lies on a table: its words in the reader's language, what it takes and gives."""

    questionnaire: Questionnaire
    title: str
    summary: str
    minutes: int
    points: int | None
    is_begun: bool = False
    is_answered: bool = False

    @property
    def url(self) -> str:
        return self.questionnaire.get_absolute_url()

    @property
    def is_short(self) -> bool:
        outline = (self.questionnaire.version.outline if self.questionnaire.version else {}).get("en")
        return outline is not None and len(outline["pages"]) == 1 and len(outline["questions"]) <= SHORT_QUESTIONS


def waiting_for(member: "Member | AnonymousUser", limit: int = 5) -> list[Card]:
    """Surveys that a member may answer now, those with an end first. One query."""
    if not member.is_authenticated:
        return []
    mine = {"questionnaire": OuterRef("pk"), "member": member.pk}
    rows = (
        Questionnaire.objects.waiting_for(member)
        .annotate(
            offer=Coalesce(Subquery(SurveyInvitation.objects.filter(**mine).values("points")[:1]), "points"),
            draft=Subquery(Draft.objects.filter(**mine).values("pk")[:1]),
        )
        .order_by(Coalesce("closes_at", "published_at").asc(), "-id")[:limit]
    )
    return [card(row, row.offer, is_begun=row.draft is not None) for row in rows]


def answered_by(member: Member, limit: int = 50) -> list[Card]:
    """Surveys that a member finished, newest survey first. One query."""
    receipt = Participation.objects.of(member.pk, token_of(member.pk), OuterRef("pk"))
    rows = Questionnaire.objects.filter(Exists(receipt)).annotate(paid=Subquery(receipt.values("points")[:1])).order_by("-pk")[:limit]
    return [card(row, row.paid, is_answered=True) for row in rows]


def card_of(slug: str, member: "Member | AnonymousUser") -> Card | None:
    """One survey's card for a member who may answer it or did; None for others. One query."""
    if not member.is_authenticated:
        return None
    rows = Questionnaire.objects.visible_to(member).with_terms_for(member.pk, token_of(member.pk), timezone.now()).filter(slug=slug)
    found: Any = rows.select_related("version").defer("draft_definition", "version__definition").first()
    if found is None or not (found.has_answered or (found.is_asking and found.asks_whom_it_was_read_for)):
        return None
    points = found.points if found.offer is None else found.offer
    return card(found, points, is_begun=found.draft_of is not None, is_answered=found.has_answered)


def card(questionnaire: Questionnaire, points: int | None = None, *, is_begun: bool = False, is_answered: bool = False) -> Card:
    """A survey in the words of the language that is on, without asking the database."""
    language = get_language() or "en"
    title, summary = questionnaire.title_in(language), questionnaire.summary_in(language)
    return Card(questionnaire, title, summary, questionnaire.minutes, points, is_begun, is_answered)


def with_counts(rows: QuestionnaireQuerySet) -> QuestionnaireQuerySet:
    """The same rows with `answer_count`."""
    counted = Submission.objects.filter(questionnaire=OuterRef("pk")).order_by().values("questionnaire")
    return rows.annotate(answer_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0))


@dataclass(frozen=True)
class Fieldwork:
    """How a survey was asked.

    answered   of those `invited`; None where answers are anonymous and others might answer too
    flagged    of `answers`, those with a sign of poor quality
    """

    began_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    answers: int
    invited: int
    answered: int | None
    rejected: int
    flagged: int


def fieldwork(questionnaire: Questionnaire) -> Fieldwork:
    """Three queries. Where answers are anonymous and no end was set, nobody knows when the last came."""
    invitations = SurveyInvitation.objects.filter(questionnaire=questionnaire)
    counted = Count("pk", filter=Q(rejected_at=None))
    flagged = Count("pk", filter=Q(rejected_at=None) & ~Q(quality_flags=[]))
    facts = Submission.objects.filter(questionnaire=questionnaire).aggregate(
        answers=counted, rejected=Count("pk", filter=Q(rejected_at__isnull=False)), flagged=flagged, last=Max("completed_at")
    )
    began, ended = days_of(questionnaire)
    if ended is None and questionnaire.state == Questionnaire.State.CLOSED:
        ended = facts["last"]
    invited = invitations.count()
    if not questionnaire.is_anonymous:
        took_part = Participation.objects.filter(questionnaire=questionnaire, member__in=invitations.values("member"))
        answered: int | None = took_part.count()
    elif questionnaire.audience == Questionnaire.Audience.INVITED:
        answered = min(invited, facts["answers"] + facts["rejected"])
    else:
        answered = None  # whether who answered was invited is what anonymity keeps to itself
    return Fieldwork(began, ended, facts["answers"], invited, answered, facts["rejected"], facts["flagged"])


def unfinished(questionnaire: Questionnaire) -> int:
    """How many began and have not sent anything yet; changes of what was sent are none."""
    sent = Participation.objects.filter(questionnaire=questionnaire, member__isnull=False).values("member")
    return Draft.objects.filter(questionnaire=questionnaire).exclude(member__in=sent).count()


def days_of(questionnaire: Questionnaire) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    """When a survey began to ask and is to end, as far as that is set."""
    return questionnaire.opens_at or questionnaire.published_at, questionnaire.closes_at


def may_see_results(questionnaire: Questionnaire, member: "Member | AnonymousUser") -> bool:
    """Researchers always; members after answering, where the survey says so."""
    if not member.is_authenticated:
        return False
    if member.has_perm("surveys.view_submission"):
        return True
    if questionnaire.results != Questionnaire.Results.ANSWERED:
        return False
    return Participation.objects.held_by(member, questionnaire).exists()


def results_for(questionnaire: Questionnaire, member: Member) -> tuple[int, list[Summary]]:
    """How many answers are counted, and each question's summary.

    A member sees the others' answers, in groups of five and more and without their words; a researcher sees all.
    """
    if member.has_perm("surveys.view_submission"):
        return all_results(questionnaire)
    outline = _outline(questionnaire)
    if outline is None:
        return 0, []
    tally = tallying.current(questionnaire)
    total, counts = tally.total, tally.counts
    mine = Submission.objects.filter(questionnaire=questionnaire, member=member, is_counted=True).counted().first()
    if mine is not None:
        total -= 1
        add(counts, outline, renamed(mine.data, questionnaire.equivalents), -1)
    if total < LEAST_GROUP:
        return 0, []
    return total, from_counts(outline, counts, least=LEAST_GROUP)


def all_results(questionnaire: Questionnaire) -> tuple[int, list[Summary]]:
    """Every counted answer, with words and small groups: for the club's researchers and systems only."""
    outline = _outline(questionnaire)
    if outline is None:
        return 0, []
    tally = tallying.current(questionnaire)
    newest = Submission.objects.filter(questionnaire=questionnaire).counted().values_list("data", flat=True)[:TEXTS_SHOWN]
    texts = texts_of(outline, (renamed(data, questionnaire.equivalents) for data in newest))
    return tally.total, from_counts(outline, tally.counts, texts=texts)


def _outline(questionnaire: Questionnaire) -> dict[str, Any] | None:
    version = questionnaire.version
    return None if version is None else version.outline.get(get_language() or "en") or version.outline["en"]


def losses_of(questionnaire: Questionnaire) -> list[Loss]:
    """What the record cannot hold of the version that members answer."""
    version = questionnaire.version
    if version is None:
        return []
    return losses(version.definition, version.outline["en"], title=questionnaire.title, summary=questionnaire.summary)


def losses_by_reason(questionnaire: Questionnaire) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """The same for a page: (what is said, [(property, places)]), in the order in which they are first met."""
    found: dict[str, dict[str, list[str]]] = {}
    for loss in losses_of(questionnaire):
        found.setdefault(str(loss.reason), {}).setdefault(loss.feature, []).append(loss.path)
    return [(reason, list(features.items())) for reason, features in found.items()]
