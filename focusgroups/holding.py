from typing import Any

from focusgroups.models import Answer
from members.models import Member


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member answered to the tasks of their groups; what they said is among the events."""
    answers = Answer.objects.filter(seat__member=member).select_related("item", "seat").order_by("pk")
    rows = [
        {"group": answer.seat.group_id, "task": answer.item.text, "words": answer.body, "choices": answer.choices, "given": answer.given}
        for answer in answers
    ]
    return {"focusgroups/answers.json": rows} if rows else {}
