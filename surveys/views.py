from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from live.streams import heads
from members.models import Member
from surveys import answering, charts, inviting, json_limits, quotas, reading, statements, verbatims
from surveys.judging import EngineDown, engine_locale
from surveys.models import Draft, Participation, Questionnaire, Submission
from surveys.summaries import bars_at


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in, or who came by the personal link of an invitation to this very survey."""

    user: Member


KIOSK_A_MINUTE = 60
LINKS = "survey_links"
Answered = Callable[..., HttpResponse]


def answering_member(view: Answered) -> Answered:
    """Let in whoever is signed in, and whoever holds the survey's personal link, as its member and for this survey only."""

    @wraps(view)
    def entered(request: HttpRequest, slug: str) -> HttpResponse:
        if not request.user.is_authenticated:
            invitation = inviting.invitation_by(request.session.get(LINKS, {}).get(slug, ""))
            if invitation is None or invitation.questionnaire.slug != slug:
                return redirect_to_login(request.get_full_path())
            request.respondent = invitation.member  # type: ignore[attr-defined]  # not `user`: the page is not theirs to look around in
        return view(request, slug)

    return entered


@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A personal link: remembered for this browser, then the survey itself, so that the secret leaves the address."""
    invitation = inviting.invitation_by(token)
    if invitation is None:
        raise Http404
    slug = invitation.questionnaire.slug
    request.session[LINKS] = {**request.session.get(LINKS, {}), slug: token}
    with translation.override(invitation.member.locale):
        return redirect("surveys:survey", slug=slug)


def _who(request: MemberRequest) -> Member:
    respondent: Member = getattr(request, "respondent", None) or request.user
    return respondent


@login_required
def index(request: MemberRequest) -> HttpResponse:
    context = {"waiting": reading.waiting_for(_who(request), 50), "answered": reading.answered_by(_who(request))}
    return render(request, "surveys/index.html", context)


def _find(request: MemberRequest, slug: str) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.visible_to(_who(request)).select_related("version"), slug=slug)


@answering_member
@never_cache
def survey(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find(request, slug)
    if Participation.objects.filter(questionnaire=questionnaire, member=_who(request)).exists():
        held = _editable(request, questionnaire) if request.GET.get("edit") else None
        return _edit(request, questionnaire, held) if held else redirect("surveys:thanks", slug=slug)
    card = reading.card(questionnaire)
    if not questionnaire.is_asking or not _is_asked(request, questionnaire) or quotas.is_full_for(questionnaire, _who(request)):
        return render(request, "surveys/closed.html", {"questionnaire": questionnaire, "card": card}, status=200)
    draft = Draft.objects.filter(questionnaire=questionnaire, member=_who(request)).select_related("version").first()
    version = draft.version if draft else questionnaire.version
    context = {
        "questionnaire": questionnaire,
        "card": card,
        "definition": version.definition if version else {},
        "draft": {"data": draft.data, "page": draft.page} if draft else None,
        "engine_locale": engine_locale(get_language()),
        "points": answering.promised_points(questionnaire, _who(request)),
    }
    return render(request, "surveys/survey.html", context)


def _editable(request: MemberRequest, questionnaire: Questionnaire) -> Submission | None:
    """The answers that this member may still change."""
    if not questionnaire.is_editable or not questionnaire.is_asking:
        return None
    return Submission.objects.filter(questionnaire=questionnaire, member=_who(request), rejected_at=None).select_related("version").first()


def _edit(request: MemberRequest, questionnaire: Questionnaire, held: Submission) -> HttpResponse:
    context = {
        "questionnaire": questionnaire,
        "card": reading.card(questionnaire),
        "definition": held.version.definition,
        "draft": {"data": held.data, "page": 0},
        "engine_locale": engine_locale(get_language()),
        "points": answering.promised_points(questionnaire, _who(request)),
        "is_editing": True,
    }
    return render(request, "surveys/survey.html", context)


def _is_asked(request: MemberRequest, questionnaire: Questionnaire) -> bool:
    return Questionnaire.objects.waiting_for(_who(request)).filter(pk=questionnaire.pk).exists()


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises BadJson."""
    value = json_limits.read(request.body, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH + 1)
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise json_limits.BadJson(_("The answers must be an object of question names and values."))
    return value


def _problems(problems: list[dict[str, str]], status: int) -> JsonResponse:
    return JsonResponse({"errors": problems}, status=status)


def _whole(message: str, status: int) -> JsonResponse:
    return _problems([{"question": "", "message": message}], status)


def _terms(request: MemberRequest, slug: str) -> Questionnaire:
    """A survey with all that decides about this member's answers, in one query; whoever is no member of it gets 404."""
    return statements.with_terms(slug, _who(request).pk) or _find(request, slug)


def _may_answer(questionnaire: Questionnaire) -> bool:
    is_invited = questionnaire.__dict__.get("is_invited", False)
    return questionnaire.is_asking and (is_invited or questionnaire.audience == Questionnaire.Audience.EVERYONE)


@answering_member
@require_POST
def draft(request: MemberRequest, slug: str) -> JsonResponse:
    """Keep unfinished answers: `{"data": {…}, "page": 2}` → `{"saved": true}`."""
    questionnaire = _terms(request, slug)
    if not _may_answer(questionnaire):
        return _whole(_("This survey takes no answers from you now."), 409)
    try:
        body = _body(request)
        page = body.get("page")
        kept = page if isinstance(page, int) and 0 <= page < 1000 else 0
        answering.save_draft(questionnaire, member=_who(request), data=body["data"], page=kept)
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except (answering.NotAsking, answering.AlreadyAnswered):
        return _whole(_("This survey takes no answers from you now."), 409)
    return JsonResponse({"saved": True})


@answering_member
@require_POST
def answers(request: MemberRequest, slug: str) -> JsonResponse:
    """Finish a survey: `{"data": {…}}` → `{"thanks": address}`, or `{"errors": [{"question": path, "message": text}]}`."""
    questionnaire = _terms(request, slug)
    thanks_page = {"thanks": f"{questionnaire.get_absolute_url()}thanks/"}
    if answering.terms_of(questionnaire, _who(request)).has_answered:
        return _take_changes(request, questionnaire, thanks_page) if request.GET.get("edit") else JsonResponse(thanks_page)
    if not _may_answer(questionnaire):
        return _whole(_("This survey takes no answers from you now."), 409)
    try:
        data = _body(request)["data"]
        answering.complete(questionnaire, member=_who(request), data=data, language=get_language() or "")
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except answering.Refused as refused:
        return _problems([vars(problem) for problem in refused.problems], 422)
    except answering.AlreadyAnswered:
        return JsonResponse(thanks_page)
    except quotas.QuotaFull:
        return _whole(_("Enough answers like yours have come in, so yours are no longer needed. Thank you!"), 409)
    except answering.NotAsking:
        return _whole(_("This survey takes no answers from you now."), 409)
    except EngineDown:
        return _keep_for_later(request, questionnaire, data)
    return JsonResponse(thanks_page)


def _take_changes(request: MemberRequest, questionnaire: Questionnaire, done: dict[str, str]) -> JsonResponse:
    try:
        answering.change(questionnaire, member=_who(request), data=_body(request)["data"], language=get_language() or "")
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except answering.Refused as refused:
        return _problems([vars(problem) for problem in refused.problems], 422)
    except (answering.NotAsking, quotas.QuotaFull):
        return _whole(_("These answers cannot be changed any more."), 409)
    except EngineDown:
        return _whole(_("Your answers could not be checked just now. Please send them again in a minute."), 503)
    return JsonResponse(done)


def _kiosk(token: str) -> Questionnaire:
    return get_object_or_404(Questionnaire.objects.select_related("version"), kiosk_token=token)


@never_cache
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The survey for whoever stands before it: no names, and anew after every answer."""
    questionnaire = _kiosk(token)
    card = reading.card(questionnaire)
    context: dict[str, Any] = {"questionnaire": questionnaire, "card": card, "token": token, "is_done": request.GET.get("done")}
    if not questionnaire.is_asking or questionnaire.version is None:
        return render(request, "surveys/closed.html", context)
    context |= {"definition": questionnaire.version.definition, "engine_locale": engine_locale(get_language())}
    return render(request, "surveys/kiosk.html", context)


@require_POST
def kiosk_answers(request: HttpRequest, token: str) -> JsonResponse:
    questionnaire = _kiosk(token)
    if not _has_room(f"kiosk:{questionnaire.pk}"):
        return _whole(_("Too many answers at once. Please try again in a minute."), 429)
    try:
        answering.complete_at_kiosk(questionnaire, data=_body(request)["data"], language=get_language() or "")
    except json_limits.BadJson as problem:
        return _whole(str(problem), 400)
    except answering.Refused as refused:
        return _problems([vars(problem) for problem in refused.problems], 422)
    except (answering.NotAsking, quotas.QuotaFull):
        return _whole(_("This survey takes no answers from you now."), 409)
    except EngineDown:
        return _whole(_("Your answers could not be checked just now. Please send them again in a minute."), 503)
    return JsonResponse({"thanks": f"/surveys/kiosk/{token}/?done=1"})


def _has_room(name: str) -> bool:
    cache.add(name, 0, 60)
    try:
        return cache.incr(name) <= KIOSK_A_MINUTE
    except ValueError:  # it expired between the two
        return True


def _keep_for_later(request: MemberRequest, questionnaire: Questionnaire, data: dict[str, Any]) -> JsonResponse:
    answering.save_draft(questionnaire, member=_who(request), data=data)
    response = _whole(_("Your answers are kept, but could not be checked just now. Please send them again in a minute."), 503)
    response["Retry-After"] = "30"
    return response


@answering_member
@never_cache
def thanks(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find(request, slug)
    participation = get_object_or_404(Participation, questionnaire=questionnaire, member=_who(request))
    context = {
        "questionnaire": questionnaire,
        "card": reading.card(questionnaire),
        "participation": participation,
        "may_see_results": reading.may_see_results(questionnaire, _who(request)),
        "next": reading.waiting_for(_who(request), 1),
        "may_edit": _editable(request, questionnaire) is not None,
    }
    return render(request, "surveys/thanks.html", context)


@login_required
@never_cache
def results(request: MemberRequest, slug: str) -> HttpResponse:
    questionnaire = _find_results(request, slug)
    # Asked before the counts: what comes in between is told again rather than missed.
    head = heads([f"survey:{questionnaire.pk}:results"])[f"survey:{questionnaire.pk}:results"]
    total, summaries = reading.results_for(questionnaire, _who(request))
    context = {"questionnaire": questionnaire, "card": reading.card(questionnaire), "total": total, "summaries": summaries}
    context["sees_all"] = _who(request).has_perm("surveys.view_submission")
    if context["sees_all"]:
        words = verbatims.words_by_question(questionnaire, [summary.value_name for summary in summaries if summary.texts])
        for summary in summaries:
            summary.words = words.get(summary.value_name, [])
    context["least"] = reading.LEAST_GROUP
    context["head"] = head
    context["now"] = timezone.now()
    return render(request, "surveys/results.html", context)


@login_required
@never_cache
def chart(request: MemberRequest, slug: str, question: str) -> HttpResponse:
    """One chart of the results page as a file, of the same figures that its reader sees there."""
    questionnaire = _find_results(request, slug)
    _total, summaries = reading.results_for(questionnaire, _who(request))
    listed = bars_at(summaries, question)
    if listed is None:
        raise Http404
    response = HttpResponse(charts.bars_svg(*listed, standalone=True), content_type="image/svg+xml")
    response["Content-Disposition"] = content_disposition_header(True, f"{slug}-{question}.svg")
    return response


def _find_results(request: MemberRequest, slug: str) -> Questionnaire:
    """A survey whose results are for whoever asks; to others there is no such page."""
    questionnaire = _find(request, slug)
    if not reading.may_see_results(questionnaire, _who(request)):
        raise Http404
    return questionnaire
