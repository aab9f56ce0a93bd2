"""The gate of a survey's live results: the gate of the results page."""

from django.contrib.auth.models import AnonymousUser

from members.models import Member
from surveys.models import Questionnaire
from surveys.reading import may_see_results


def results(member: Member | AnonymousUser, key: str) -> str | None:
    """The stream of `survey:SLUG:results` for whoever may open the results, else None."""
    slug, _colon, what = key.partition(":")
    if what != "results" or len(slug) > 60:
        return None
    questionnaire = Questionnaire.objects.visible_to(member).filter(slug=slug).first()
    if questionnaire is None or not may_see_results(questionnaire, member):
        return None
    return f"survey:{questionnaire.pk}:results"
