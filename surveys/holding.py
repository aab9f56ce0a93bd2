from typing import Any

from survey.models import Answer

from members.models import Member
from surveys.models import EarlierAnswers


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member's answers were before they were changed or put right, and what they are in django-survey's own record."""
    answers = Answer.objects.filter(response__user=member).select_related("question", "response__survey").order_by("pk")
    rows = [
        {"survey": answer.response.survey.name, "question": answer.question.text, "answer": answer.body, "answered_at": str(answer.created)}
        for answer in answers
    ]
    files = {"surveys/earlieranswers.json": _earlier(member), "surveys/record.json": rows}
    return {name: listed for name, listed in files.items() if listed}


def _earlier(member: Member) -> list[dict[str, Any]]:
    """Who put them right is not the member's to know; that it was the club, and why, is."""
    rows = EarlierAnswers.objects.filter(submission__member=member).select_related("submission__questionnaire", "version").order_by("pk")
    return [
        {
            "submission": row.submission_id,
            "survey": row.submission.questionnaire.title,
            "version": row.version.number,
            "data": row.data,
            "verdict": row.verdict,
            "replaced_at": str(row.replaced_at),
            "replaced_by": "club" if row.reason else "member",
            "reason": row.reason,
        }
        for row in rows.iterator(chunk_size=500)
    ]
