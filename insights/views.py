"""The reports for the club's own people: what the club does for its customers, and what they do in it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from insights import answers, engagement, origins, periods, referral_figures
from insights.charts import columns
from insights.files import as_csv
from members.models import Member, Segment
from surveys.models import Questionnaire

SURVEYS_SHOWN = 200


def may_see(request: HttpRequest) -> None:
    """Those who publish rules and those who do research; nobody else learns who earns what. Raises PermissionDenied."""
    member = request.user
    rights = ("points.change_rule", "surveys.change_questionnaire")
    if not isinstance(member, Member) or not any(member.has_perm(right) for right in rights):
        raise PermissionDenied


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    may_see(request)
    n = periods.chosen(request.GET.get("months", ""))
    months, points = engagement.by_month(n), origins.by_month(n)
    together = [sum(row.points[place] for row in points) for place in range(len(origins.ORIGINS))]
    total = sum(together)
    shares = [
        (origins.LABELS.get(origin, origin.label), amount, 100 * amount / total if total > 0 else 0.0)
        for origin, amount in zip(origins.ORIGINS, together, strict=True)
    ]
    shown: dict[str, Any] = {
        "months": n,
        "choices": periods.CHOICES,
        "members": engagement.active_members(),
        "companies": engagement.active_companies(),
        "engagement": months,
        "engagement_chart": columns([(row.first, row.members) for row in months]),
        "kinds": engagement.by_kind(n),
        "origins": shares,
        "origins_with_points": [share for share in shares if share[1]],
        "points_total": total,
        "points": points,
        "points_chart": columns([(row.name, row.total) for row in points]),
        "by_company": origins.by_company(n),
        "funnel": referral_figures.funnel(n),
    }
    return render(request, "insights/overview.html", shown)


@login_required
@require_safe
def beside(request: HttpRequest) -> HttpResponse:
    """What people answered beside what they do. For those who may read answers."""
    if not isinstance(request.user, Member) or not request.user.has_perm("surveys.view_submission"):
        raise PermissionDenied
    # Anonymous answers lead to nobody, so nothing can stand beside them.
    surveys = Questionnaire.objects.filter(is_anonymous=False, version__isnull=False).select_related("version")
    survey = get_object_or_404(surveys, slug=request.GET["survey"]) if request.GET.get("survey") else surveys.first()
    questions = answers.questions_of(survey) if survey else []
    question = next((each for each in questions if each["name"] == request.GET.get("question")), questions[0] if questions else None)
    measure = request.GET.get("measure", "")
    measure = measure if measure in answers.MEASURES else "engagement"
    segment = Segment.objects.filter(slug=request.GET["segment"]).first() if request.GET.get("segment") else None
    n = periods.chosen(request.GET.get("months", ""))
    shown: dict[str, Any] = {
        "survey": survey,
        "surveys": surveys[:SURVEYS_SHOWN],
        "question": question,
        "questions": questions,
        "measure": measure,
        "measures": [(name, label) for name, (label, _bands) in answers.MEASURES.items()],
        "segment": segment,
        "segments": Segment.objects.all(),
        "months": n,
        "choices": periods.CHOICES,
        "least": answers.LEAST,
        "found": answers.beside(survey, question, measure, n, segment) if survey and question else None,
    }
    return render(request, "insights/answers.html", shown)


@login_required
@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The tables of the overview for a spreadsheet: engagement.csv, points.csv, companies.csv."""
    may_see(request)
    n = periods.chosen(request.GET.get("months", ""))
    labels = [str(origins.LABELS.get(origin, origin.label)) for origin in origins.ORIGINS]
    tables: dict[str, Any] = {
        "engagement": lambda: (
            [_("Month"), _("Members"), _("Companies"), _("Contributions")],
            [[f"{row.first:%Y-%m}", row.members, row.companies, row.deeds] for row in engagement.by_month(n)],
        ),
        "points": lambda: ([_("Month"), *labels], [[f"{row.name:%Y-%m}", *row.points] for row in origins.by_month(n)]),
        "companies": lambda: (
            [_("Company"), *labels],
            [[row.name, *row.points] for row in origins.by_company(n, most=10_000)],
        ),
    }
    if name not in tables:
        raise Http404
    head, rows = tables[name]()
    return as_csv(name, head, rows)
