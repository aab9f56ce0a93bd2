from surveys.models.answer import Draft, EarlierAnswers, Participation, Submission, SubmissionQuerySet
from surveys.models.invitation import Quota, SurveyInvitation
from surveys.models.learning import BankQuestion, Coding, Export, Tally
from surveys.models.questionnaire import Questionnaire, QuestionnaireQuerySet
from surveys.models.version import EarlierDraft, QuestionLink, SchemaVersion

__all__ = [
    "BankQuestion",
    "Coding",
    "Draft",
    "EarlierAnswers",
    "EarlierDraft",
    "Export",
    "Participation",
    "QuestionLink",
    "Questionnaire",
    "QuestionnaireQuerySet",
    "Quota",
    "SchemaVersion",
    "Submission",
    "SubmissionQuerySet",
    "SurveyInvitation",
    "Tally",
]
