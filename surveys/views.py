from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from live.streams import heads
from members.models import Member
from surveys import answering, json_limits, reading
from surveys.judging import EngineDown, engine_locale
from surveys.models import Draft, Participation, Questionnaire


class MemberRequest(HttpRequest):
    """A request behind `login_required`: somebody is signed in."""

    user: Member


@login_required
def index(request: MemberRequest) -> HttpResponse:
    context = {"waiting": reading.waiting_for(request.user, 50), "answered": reading.answered_by(request.user)}
    return render(request, "surveys/index.html", context)


def _find(request: MemberRequest, slug: str) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.visible_to(request.user).select_related("version"), slug=slug)


@login_required
@never_cache
def survey(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find(request, slug)
    if Participation.objects.filter(questionnaire=questionnaire, member=request.user).exists():
        return redirect("surveys:thanks", slug=slug)
    card = reading.card(questionnaire)
    if not questionnaire.is_asking or not _is_asked(request, questionnaire):
        return render(request, "surveys/closed.html", {"questionnaire": questionnaire, "card": card}, status=200)
    draft = Draft.objects.filter(questionnaire=questionnaire, member=request.user).select_related("version").first()
    version = draft.version if draft else questionnaire.version
    context = {
        "questionnaire": questionnaire,
        "card": card,
        "definition": version.definition if version else {},
        "draft": {"data": draft.data, "page": draft.page} if draft else None,
        "engine_locale": engine_locale(get_language()),
        "points": answering.promised_points(questionnaire, request.user),
    }
    return render(request, "surveys/survey.html", context)


def _is_asked(request: MemberRequest, questionnaire: Questionnaire) -> bool:
    return Questionnaire.objects.waiting_for(request.user).filter(pk=questionnaire.pk).exists()


def _body(request: MemberRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises BadJson."""
    value = json_limits.read(request.body, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH + 1)
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise json_limits.BadJson(_("The answers must be an object of question names and values."))
    return value


def _problems(problems: list[dict[str, str]], status: int) -> JsonResponse:
    return JsonResponse({"errors": problems}, status=status)


def _whole(message: str, status: int) -> JsonResponse:
    return _problems([{"question": "", "message": message}], status)


@login_required
@require_POST
def draft(request: MemberRequest, slug: str) -> JsonResponse:
    """Keep unfinished answers: `{"data": {…}, "page": 2}` → `{"saved": true}`."""
    questionnaire = _find(request, slug)
    if not _is_asked(request, questionnaire):
        return _whole(_("This survey takes no answers from you now."), 409)
    try:
        body = _body(request)
        page = body.get("page")
        kept = page if isinstance(page, int) and 0 <= page < 1000 else 0
        answering.save_draft(questionnaire, member=request.user, data=body["data"], page=kept)
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except (answering.NotAsking, answering.AlreadyAnswered):
        return _whole(_("This survey takes no answers from you now."), 409)
    return JsonResponse({"saved": True})


@login_required
@require_POST
def answers(request: MemberRequest, slug: str) -> JsonResponse:
    """Finish a survey: `{"data": {…}}` → `{"thanks": address}`, or `{"errors": [{"question": path, "message": text}]}`."""
    questionnaire = _find(request, slug)
    thanks_page = {"thanks": f"{questionnaire.get_absolute_url()}thanks/"}
    if Participation.objects.filter(questionnaire=questionnaire, member=request.user).exists():
        return JsonResponse(thanks_page)
    if not _is_asked(request, questionnaire):
        return _whole(_("This survey takes no answers from you now."), 409)
    try:
        data = _body(request)["data"]
        answering.complete(questionnaire, member=request.user, data=data, language=get_language() or "")
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except answering.Refused as refused:
        return _problems([vars(problem) for problem in refused.problems], 422)
    except answering.AlreadyAnswered:
        return JsonResponse(thanks_page)
    except answering.NotAsking:
        return _whole(_("This survey takes no answers from you now."), 409)
    except EngineDown:
        return _keep_for_later(request, questionnaire, data)
    return JsonResponse(thanks_page)


def _keep_for_later(request: MemberRequest, questionnaire: Questionnaire, data: dict[str, Any]) -> JsonResponse:
    answering.save_draft(questionnaire, member=request.user, data=data)
    response = _whole(_("Your answers are kept, but could not be checked just now. Please send them again in a minute."), 503)
    response["Retry-After"] = "30"
    return response


@login_required
@never_cache
def thanks(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find(request, slug)
    participation = get_object_or_404(Participation, questionnaire=questionnaire, member=request.user)
    context = {
        "questionnaire": questionnaire,
        "card": reading.card(questionnaire),
        "participation": participation,
        "may_see_results": reading.may_see_results(questionnaire, request.user),
        "next": reading.waiting_for(request.user, 1),
    }
    return render(request, "surveys/thanks.html", context)


@login_required
@never_cache
def results(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find(request, slug)
    if not reading.may_see_results(questionnaire, request.user):
        raise Http404
    # Asked before the counts: what comes in between is told again rather than missed.
    head = heads([f"survey:{questionnaire.pk}:results"])[f"survey:{questionnaire.pk}:results"]
    total, summaries = reading.results_for(questionnaire, request.user)
    context = {"questionnaire": questionnaire, "card": reading.card(questionnaire), "total": total, "summaries": summaries}
    context["sees_all"] = request.user.has_perm("surveys.view_submission")
    context["least"] = reading.LEAST_GROUP
    context["head"] = head
    return render(request, "surveys/results.html", context)
