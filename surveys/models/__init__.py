from surveys.models.answer import Draft, EarlierAnswers, Participation, Submission, SubmissionQuerySet
from surveys.models.invitation import Quota, SurveyInvitation
from surveys.models.learning import BankQuestion, Code, Coding, Export, Tally
from surveys.models.questionnaire import Questionnaire, QuestionnaireQuerySet
from surveys.models.version import Loss, QuestionLink, SchemaVersion

__all__ = [
    "BankQuestion",
    "Code",
    "Coding",
    "Draft",
    "EarlierAnswers",
    "Export",
    "Loss",
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
