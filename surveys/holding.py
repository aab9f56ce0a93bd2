from typing import Any

from survey.models import Answer

from members.models import Member


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member answered in django-survey's own record, question by question."""
    answers = Answer.objects.filter(response__user=member).select_related("question", "response__survey").order_by("pk")
    rows = [
        {"survey": answer.response.survey.name, "question": answer.question.text, "answer": answer.body, "answered_at": str(answer.created)}
        for answer in answers
    ]
    return {"surveys/record.json": rows} if rows else {}
