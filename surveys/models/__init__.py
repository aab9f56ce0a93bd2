from surveys.models.answer import Draft, Participation, Submission
from surveys.models.invitation import SurveyInvitation
from surveys.models.questionnaire import Questionnaire, QuestionnaireQuerySet
from surveys.models.version import Loss, QuestionLink, SchemaVersion

__all__ = [
    "Draft",
    "Loss",
    "Participation",
    "QuestionLink",
    "Questionnaire",
    "QuestionnaireQuerySet",
    "SchemaVersion",
    "Submission",
    "SurveyInvitation",
]
