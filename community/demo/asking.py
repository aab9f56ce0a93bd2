"""The surveys of the demo and what members answered."""

import datetime
from functools import partial
from typing import Any

from django.db import transaction

from community.demo import library
from community.demo.club import Club
from surveys import answering, publishing
from surveys.models import Questionnaire, SurveyInvitation

RESEARCHER = "nadia-rahman"


def note(club: Club) -> None:
    events = {event["slug"]: event for event in library.toml("events/events.toml")["event"]}
    for survey in library.toml("surveys/answers.toml")["survey"]:
        if "event" in survey:
            survey["invited"] = events[survey["event"]]["attended"]
        at = club.moment(library.day_of(survey, club.today), survey["time"])
        club.diary.note(at, partial(_publish, club, survey))
        for place, (handle, (after, data)) in enumerate(survey["answers"].items()):
            moment = at + datetime.timedelta(days=after, minutes=47 + 29 * (place % 12))
            club.diary.note(moment, partial(_answer, club, survey["slug"], handle, data))


def _publish(club: Club, survey: dict[str, Any]) -> None:
    definition = library.definition(survey["definition"])
    researcher = club.members[RESEARCHER]
    settings = {key: survey[key] for key in ("slug", "minutes", "points", "audience", "results")}
    words = {"title": definition["title"]["default"], "summary": definition["description"]["default"]}
    questionnaire = publishing.create(definition=definition, created_by=researcher, **words, **settings)
    publishing.publish(questionnaire, by=researcher)
    with transaction.atomic():
        for handle in survey.get("invited", []):
            SurveyInvitation.objects.get_or_create(
                questionnaire=questionnaire, member=club.members[handle], defaults={"invited_by": researcher}
            )


def _answer(club: Club, slug: str, handle: str, data: dict[str, Any]) -> None:
    member = club.members[handle]
    answering.complete(Questionnaire.objects.get(slug=slug), member=member, data=data, language=member.locale)
