import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from live.streams import heads
from members import meanwhile
from members.models import Member
from surveys import answering, charts, closing, history, inviting, json_limits, quotas, reading, releasing, statements, verbatims
from surveys.judging import EngineDown, engine_locale
from surveys.models import Draft, Participation, Questionnaire, Submission
from surveys.summaries import bars_at


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in, or who came by the personal link of an invitation to this very survey."""

    user: Member


LINKS = "survey_links"
BEGAN = "surveys.began"
CORRECTIONS_SHOWN = 10
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
    slug, questionnaire = invitation.questionnaire.slug, invitation.questionnaire
    is_known_here = request.session.get(LINKS, {}).get(slug) == token
    if not is_known_here and Participation.objects.held_by(invitation.member, questionnaire).exists():
        # Used: whoever finds the letter later sees neither the thanks nor, where answers may be changed, the answers.
        context = {"questionnaire": questionnaire, "card": reading.card(questionnaire), "is_used": True}
        return render(request, "surveys/closed.html", context, status=410)
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
    if _has_answered(request, questionnaire):
        held = answering.changeable(questionnaire, _who(request)) if request.GET.get("edit") else None
        return _edit(request, questionnaire, held) if held else redirect("surveys:thanks", slug=slug)
    if not _takes_answers(request, questionnaire):
        return render(request, "surveys/closed.html", {"questionnaire": questionnaire, "card": reading.card(questionnaire)})
    return render(request, "surveys/survey.html", _playing(request, questionnaire))


@answering_member
@never_cache
def here(request: MemberRequest, slug: str) -> HttpResponse:
    """A part of a page: the survey to be answered where it was met, its thanks, or that it takes no answers."""
    questionnaire = _find(request, slug)
    stage: dict[str, Any] = {"questionnaire": questionnaire, "card": reading.card(questionnaire), "stage": "closed"}
    if _has_answered(request, questionnaire):
        stage = {**_thanked(request, questionnaire), "stage": "thanked"}
    elif _takes_answers(request, questionnaire):
        stage = {**_playing(request, questionnaire), "stage": "playing"}
    return render(request, "surveys/here.html", {**stage, "suffix": f"-{slug}"})


def _has_answered(request: MemberRequest, questionnaire: Questionnaire) -> bool:
    return Participation.objects.held_by(_who(request), questionnaire).exists()


def _takes_answers(request: MemberRequest, questionnaire: Questionnaire) -> bool:
    return questionnaire.is_asking and _is_asked(request, questionnaire) and not quotas.is_full_for(questionnaire, _who(request))


def _playing(request: MemberRequest, questionnaire: Questionnaire) -> dict[str, Any]:
    draft = Draft.objects.filter(questionnaire=questionnaire, member=_who(request)).select_related("version").first()
    version = draft.version if draft else questionnaire.version
    return {
        "questionnaire": questionnaire,
        "card": reading.card(questionnaire),
        "definition": version.definition if version else {},
        "draft": {"data": draft.data, "page": draft.page} if draft else None,
        "draft_at": answering.state_of(draft) if draft else "",
        "engine_locale": engine_locale(get_language()),
        "points": releasing.promised_points(questionnaire, _who(request)),
        "answers_address": reverse("surveys:answers", args=[questionnaire.slug]),
        "draft_address": reverse("surveys:draft", args=[questionnaire.slug]),
        "began": signing.dumps([questionnaire.pk, _who(request).pk, timezone.now().timestamp()], salt=BEGAN),
    }


def _elsewhere(draft: Draft) -> JsonResponse:
    there = {"data": draft.data, "page": draft.page, "at": answering.state_of(draft)}
    message = _("You went on in another window or on another device. The answers from there are here now.")
    return JsonResponse({"errors": [{"question": "", "message": message}], "elsewhere": there}, status=409)


def _since(body: dict[str, Any]) -> str | None:
    """What a page says that it knows of the draft; None where it says nothing, as other programs do."""
    at = body.get("at")
    return at[:40] if isinstance(at, str) else None


def _edit(request: MemberRequest, questionnaire: Questionnaire, held: Submission) -> HttpResponse:
    """What was sent, to be changed; or the changes that were kept and not sent yet."""
    stands = answering.standing(held)
    unsent = stands if stands.pk and request.GET.get("edit") != "sent" else None
    context = (
        _playing(request, questionnaire)
        | {
            "definition": held.version.definition,
            "draft": {"data": unsent.data, "page": unsent.page} if unsent else {"data": held.data, "page": 0},
            "draft_at": answering.state_of(stands),  # also of changes that are gone back from: then what is saved takes their place
            "unsent": unsent is not None,
            "seen": meanwhile.packed(held.data),
            "corrections": [each for each in history.changes_of(held, get_language() or "en") if each.is_correction][:CORRECTIONS_SHOWN],
        }
    )
    for address in ("answers_address", "draft_address"):
        context[address] += "?edit=1"
    return render(request, "surveys/survey.html", context)


def _is_asked(request: MemberRequest, questionnaire: Questionnaire) -> bool:
    return Questionnaire.objects.waiting_for(_who(request)).filter(pk=questionnaire.pk).exists()


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises BadJson."""
    value = json_limits.read(request.body, most_bytes=json_limits.ANSWERS_BYTES, most_levels=json_limits.ANSWERS_DEPTH + 1)
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise json_limits.BadJson(_("The answers must be an object of question names and values."))
    return value


def problems(found: list[dict[str, str]], status: int) -> JsonResponse:
    return JsonResponse({"errors": found}, status=status)


def whole(message: str, status: int) -> JsonResponse:
    return problems([{"question": "", "message": message}], status)


def _terms(request: MemberRequest, slug: str) -> Questionnaire:
    """A survey with all that decides about this member's answers, in one query; whoever is no member of it gets 404."""
    return statements.with_terms(slug, _who(request).pk) or _find(request, slug)


def _may_answer(questionnaire: Questionnaire) -> bool:
    return questionnaire.is_asking and questionnaire.asks_whom_it_was_read_for


@answering_member
@require_POST
def draft(request: MemberRequest, slug: str) -> JsonResponse:
    """Keep unfinished answers: `{"data": {…}, "page": 2}` → `{"saved": true}`.

    A page also says from which state of the draft it goes on (`at`) and is told the new one; where the draft is in another by now, the
    answer is 409 and has it (`elsewhere`).
    """
    questionnaire = _terms(request, slug)
    is_change = bool(request.GET.get("edit")) and answering.terms_of(questionnaire, _who(request)).has_answered
    if not is_change and not _may_answer(questionnaire):
        return whole(_("This survey takes no answers from you now."), 409)
    try:
        body = body_of(request)
        page = body.get("page")
        kept = {"member": _who(request), "data": body["data"], "page": page if isinstance(page, int) and 0 <= page < 1000 else 0}
        keep, since = answering.keep_changes if is_change else answering.save_draft, _since(body)
        at = keep(questionnaire, since=since, **kept)
    except json_limits.BadJson as problem:
        return whole(str(problem), 400)
    except answering.WentOnElsewhere as other:
        return _elsewhere(other.draft)
    except (answering.NotAsking, answering.AlreadyAnswered):
        return whole(_("This survey takes no answers from you now."), 409)
    return JsonResponse({"saved": True} if since is None else {"saved": True, "at": at})


@answering_member
@require_POST
def answers(request: MemberRequest, slug: str) -> JsonResponse:
    """Finish a survey: `{"data": {…}}` → `{"thanks": address}`, or `{"errors": [{"question": path, "message": text}]}`.

    Of an anonymous survey the thanks bring its own words (`words`, safe HTML): the page of thanks could not know them.
    """
    questionnaire = _terms(request, slug)
    thanks_page = {"thanks": f"{questionnaire.get_absolute_url()}thanks/"}
    if answering.terms_of(questionnaire, _who(request)).has_answered:
        return _take_changes(request, questionnaire, thanks_page) if request.GET.get("edit") else JsonResponse(thanks_page)
    if not _may_answer(questionnaire):
        return whole(_("This survey takes no answers from you now."), 409)
    try:
        body = body_of(request)
        data, began_at = body["data"], _began_at(request, questionnaire, body.get("began"))
        known: dict[str, Any] = {"language": get_language() or "", "began_at": began_at, "since": _since(body)}
        done = answering.complete(questionnaire, member=_who(request), data=data, **known)
    except json_limits.BadJson as problem:
        return whole(str(problem), 400)
    except answering.Refused as refused:
        return problems([vars(problem) for problem in refused.problems], 422)
    except answering.WentOnElsewhere as other:
        return _elsewhere(other.draft)
    except answering.AlreadyAnswered:
        return JsonResponse(thanks_page)
    except quotas.QuotaFull:
        return whole(_("Enough answers like yours have come in, so yours are no longer needed. Thank you!"), 409)
    except answering.NotAsking:
        return whole(_("This survey takes no answers from you now."), 409)
    except EngineDown:
        return _keep_for_later(request, questionnaire, data)
    return JsonResponse({**thanks_page, "words": done.words} if done.words else thanks_page)


def _began_at(request: MemberRequest, questionnaire: Questionnaire, said: Any) -> datetime.datetime | None:
    """When this member's page of this survey was made, by the page's own signed word; None where it says nothing that we said."""
    try:
        survey, member, moment = signing.loads(said if isinstance(said, str) else "", salt=BEGAN)
    except signing.BadSignature:
        return None
    if (survey, member) != (questionnaire.pk, _who(request).pk):
        return None
    return datetime.datetime.fromtimestamp(moment, datetime.UTC)


def _take_changes(request: MemberRequest, questionnaire: Questionnaire, done: dict[str, str]) -> JsonResponse:
    try:
        body = body_of(request)
        data, seen = body["data"], body.get("seen")
        marks = meanwhile.unpacked(seen) if isinstance(seen, str) else None
        known: dict[str, Any] = {"language": get_language() or "", "seen": marks, "since": _since(body)}
        answering.change(questionnaire, member=_who(request), data=data, **known)
    except json_limits.BadJson as problem:
        return whole(str(problem), 400)
    except answering.Refused as refused:
        return problems([vars(problem) for problem in refused.problems], 422)
    except meanwhile.ChangedMeanwhile as changed:
        return _tell_changed(questionnaire, _who(request), changed.now)
    except answering.WentOnElsewhere as other:
        return _elsewhere(other.draft)
    except (answering.NotAsking, quotas.QuotaFull):
        return whole(_("These answers cannot be changed any more."), 409)
    except EngineDown:
        return _keep_for_later(request, questionnaire, data, keep=answering.keep_changes)
    return JsonResponse(done)


def _tell_changed(questionnaire: Questionnaire, member: Member, now: dict[str, Any]) -> JsonResponse:
    """What of the answers others put right, or another window changed, since the page was opened; and the marks to send with it again."""
    held = answering.changeable(questionnaire, member)
    if held is None:
        return whole(_("These answers cannot be changed any more."), 409)
    told = _("Others changed this meanwhile, or you in another window; it is now: %(value)s. Send again to put yours in its place.")
    words = history.words_of(held.version, now, get_language() or "en")
    found = [{"question": name, "message": told % {"value": value or "–"}} for name, value in words]
    if not found:
        found = [{"question": "", "message": _("These answers were changed meanwhile. Open the page anew to see them as they are.")}]
    return JsonResponse({"errors": found, "seen": meanwhile.packed(held.data)}, status=409)


def _keep_for_later(
    request: MemberRequest, questionnaire: Questionnaire, data: dict[str, Any], keep: Callable[..., object] = answering.save_draft
) -> JsonResponse:
    try:
        keep(questionnaire, member=_who(request), data=data)
    except (answering.NotAsking, answering.AlreadyAnswered):  # closed a moment ago, or answered in another window
        return whole(_("This survey takes no answers from you now."), 409)
    return come_again(_("Your answers are kept, but could not be checked just now. Please send them again in a minute."))


def come_again(message: str) -> JsonResponse:
    response = whole(message, 503)
    response["Retry-After"] = "30"
    return response


@answering_member
@never_cache
def thanks(request: MemberRequest, slug: str) -> HttpResponse:
    context = _thanked(request, _find(request, slug)) | {"next": reading.waiting_for(_who(request), 1)}
    return render(request, "surveys/thanks.html", context)


def _thanked(request: MemberRequest, questionnaire: Questionnaire) -> dict[str, Any]:
    participation = get_object_or_404(Participation.objects.held_by(_who(request), questionnaire))
    if participation.blind:
        participation.points = releasing.promised_points(questionnaire, _who(request))
    return {
        "questionnaire": questionnaire,
        "card": reading.card(questionnaire),
        "participation": participation,
        "may_see_results": reading.may_see_results(questionnaire, _who(request)),
        "may_edit": answering.changeable(questionnaire, _who(request)) is not None,
        "words": "" if questionnaire.is_anonymous else _closing_words(questionnaire, _who(request)),
    }


def _closing_words(questionnaire: Questionnaire, member: Member) -> str:
    held = Submission.objects.filter(questionnaire=questionnaire, member=member).select_related("version").first()
    return closing.words(held.version, held.data, get_language() or "") if held else ""


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
    context["days"] = reading.days_of(questionnaire)
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
