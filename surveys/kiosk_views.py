"""The survey for whoever stands before it: no names, and anew after every answer."""

import uuid
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from surveys import answering, json_limits, quotas, reading
from surveys.judging import EngineDown, engine_locale
from surveys.models import Questionnaire
from surveys.views import body_of, come_again, problems, whole

KIOSK_A_MINUTE = 60
DAY_SECONDS = 86_400


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
    context |= {
        "definition": questionnaire.version.definition,
        "engine_locale": engine_locale(get_language()),
        "answers_address": reverse("surveys:kiosk_answers", args=[token]),
        "draft": None,
        "draft_address": "",
        "keep": f"kiosk:{questionnaire.pk}",
    }
    return render(request, "surveys/kiosk.html", context)


@require_POST
def kiosk_answers(request: HttpRequest, token: str) -> JsonResponse:
    """Take one visitor's answers: `{"data": {…}, "once": name, "seconds": 40}`; what comes again under the same name is taken once.

    The kiosk itself keeps what could not be judged (503) and sends it again.
    """
    questionnaire = _kiosk(token)
    if not _has_room(f"kiosk:{questionnaire.pk}"):
        return whole(_("Too many answers at once. Please try again in a minute."), 429)
    try:
        body = body_of(request)
        said: dict[str, Any] = {"once_named": _name_of(body.get("once")), "seconds": _seconds_of(body.get("seconds"))}
        answering.complete_at_kiosk(questionnaire, data=body["data"], language=get_language() or "", **said)
    except json_limits.BadJson as problem:
        return whole(str(problem), 400)
    except answering.Refused as refused:
        return problems([vars(problem) for problem in refused.problems], 422)
    except (answering.NotAsking, quotas.QuotaFull):
        return whole(_("This survey takes no answers from you now."), 409)
    except EngineDown:
        return come_again(_("Your answers could not be checked just now. Please send them again in a minute."))
    return JsonResponse({"thanks": f"{reverse('surveys:kiosk', args=[token])}?done=1"})


def _name_of(said: Any) -> uuid.UUID | None:
    """The name by which a kiosk knows one set of answers; None where it said none that can be one."""
    try:
        return uuid.UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _seconds_of(said: Any) -> int | None:
    """How long a kiosk says that somebody answered; None where it says nothing that can be true."""
    return said if type(said) is int and 0 <= said <= DAY_SECONDS else None


def _has_room(name: str) -> bool:
    cache.add(name, 0, 60)
    try:
        return cache.incr(name) <= KIOSK_A_MINUTE
    except ValueError:  # it expired between the two
        return True
