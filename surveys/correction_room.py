"""The researchers' page on which a member's answers are put right, in the player that the member had."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from members.meanwhile import ChangedMeanwhile
from surveys import answering, correcting, json_limits
from surveys.judging import EngineDown, engine_locale
from surveys.models import Submission
from surveys.office import DeskRequest, wants
from surveys.quotas import QuotaFull
from surveys.views import body_of, come_again, problems, whole


def _find(pk: int, submission_pk: int) -> Submission:
    rows = Submission.objects.select_related("version", "questionnaire", "member")
    return get_object_or_404(rows, pk=submission_pk, questionnaire=pk)


@wants("change_submission")
def correct(request: DeskRequest, pk: int, submission_pk: int) -> HttpResponse:
    """The answers to be put right; sent as `{"data": {…}, "reason": text, "seen": what they were}`."""
    submission = _find(pk, submission_pk)
    if request.method == "POST":
        return _take(request, submission)
    if not correcting.may_correct(submission):
        raise Http404
    context: dict[str, Any] = {"submission": submission, "questionnaire": submission.questionnaire, "seen": correcting.seen(submission)}
    context |= {"definition": submission.version.definition, "draft": {"data": submission.data, "page": 0}}
    context["engine_locale"] = engine_locale(get_language())
    return render(request, "surveys/office/correct.html", context)


def _take(request: DeskRequest, submission: Submission) -> JsonResponse:
    try:
        body = body_of(request)
        reason, seen = (value if isinstance(value := body.get(name), str) else "" for name in ("reason", "seen"))
        if not reason.strip():
            return whole(_("Please give a reason."), 422)
        correcting.correct(
            submission, by=request.user, data=body["data"], reason=reason, began_from=seen or "-", language=get_language() or ""
        )
    except json_limits.BadJson as problem:
        return whole(str(problem), 400)
    except answering.Refused as refused:
        return problems([vars(problem) for problem in refused.problems], 422)
    except correcting.NothingChanged:
        return whole(_("These are the answers as they are: nothing was changed."), 422)
    except correcting.NotCorrectable:
        return whole(_("Answers without a name are not corrected, nor are rejected ones."), 409)
    except ChangedMeanwhile:
        return whole(_("These answers were changed meanwhile. Open the page anew to see them as they are."), 409)
    except QuotaFull:
        return whole(_("Another answer has taken the last place of its quota."), 409)
    except EngineDown:
        return come_again(_("The engine is not answering. Nothing was changed; try again in a minute."))
    return JsonResponse({"thanks": reverse("surveys_office:answer", args=[submission.questionnaire_id, submission.pk])})
