"""What the calls about surveys answer, as JSON."""

from typing import Any

from ninja import Schema
from pydantic import Field

# People are whole numbers, and weights are not.
Number = int | float


class SurveyOut(Schema):
    """A survey as lists show it. `version`, `digest`: of what is asked now, null before it is published. points: null for the rule's."""

    slug: str
    title: str
    summary: str
    state: str
    audience: str
    is_anonymous: bool
    points: int | None
    minutes: int
    version: int | None
    digest: str | None


class DraftOut(Schema):
    """`mark` names the draft as it is now, for `If-Match`."""

    mark: str
    is_published: bool


class LossOut(Schema):
    """What django-survey-and-report cannot hold of the definition."""

    path: str
    feature: str
    reason: str


class SurveyWhole(SurveyOut):
    """`definition`: SurveyJS, as published, or else the draft."""

    definition: dict[str, Any]
    draft: DraftOut
    losses: list[LossOut]


class EarlierDraftOut(Schema):
    id: int
    replaced_at: str = Field(json_schema_extra={"format": "date-time"})
    replaced_through: str


class Redefined(SurveyWhole):
    """`replaced_draft`: the unpublished draft that stood there before, which is kept."""

    replaced_draft: EarlierDraftOut | None


class EarlierDraftWhole(EarlierDraftOut):
    definition: dict[str, Any]


class SurveysPage(Schema):
    items: list[SurveyOut]
    next: str | None


class EarlierDrafts(Schema):
    items: list[EarlierDraftWhole]
    next: None


class PlaceOut(Schema):
    """What is wrong, and where in the definition."""

    path: str
    message: str


class ProblemsOut(Schema):
    errors: list[PlaceOut]
    warnings: list[PlaceOut]


class AnswerProblem(Schema):
    """What is wrong, and at which question, such as `children[0].age`; empty for the whole."""

    question: str
    message: str


class VerdictOut(Schema):
    """`data`: what would be stored."""

    valid: bool
    errors: list[AnswerProblem]
    data: dict[str, Any]


class ResponseOut(Schema):
    """One set of answers. `member`: their public id; null, like the moment, where answers are nobody's. verdict: what the engine said."""

    id: int
    member: str | None
    version: int
    completed_at: str | None = Field(json_schema_extra={"format": "date-time"})
    data: dict[str, Any]
    verdict: dict[str, Any]
    quality_flags: list[str]
    rejected: bool


class ResponsesPage(Schema):
    items: list[ResponseOut]
    next: str | None


class ChoiceOut(Schema):
    """`count` is null where too few chose it to be told of. `interval`: 95 %, in percent like the share."""

    text: str
    count: Number | None
    share_percent: Number | None
    interval: list[Number | None] = Field(min_length=2, max_length=2)


class ScoreOut(Schema):
    name: str
    value: Number
    interval: list[Number] = Field(min_length=2, max_length=2)


class ResultOut(Schema):
    """One question's results; `rows` are those of a matrix. `answered`: how many people, or their weight."""

    name: str
    title: str
    type: str
    answered: Number
    choices: list[ChoiceOut]
    scores: list[ScoreOut]
    rows: list["ResultOut"]


class ResultsOut(Schema):
    survey: str
    answers: Number
    questions: list[ResultOut]
