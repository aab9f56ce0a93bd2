from typing import Any

from focusgroups.models import Answer, HiddenMessage
from members.models import Member


def held(member: Member) -> dict[str, list[dict[str, Any]]]:
    """What a member answered to the tasks of their groups, and what a moderator hid of theirs; what else they said is among the events."""
    answers = Answer.objects.filter(seat__member=member).select_related("item", "seat").order_by("pk")
    rows = [
        {"group": answer.seat.group_id, "task": answer.item.text, "words": answer.body, "choices": answer.choices, "given": answer.given}
        for answer in answers
    ]
    hidden = HiddenMessage.objects.filter(seat__member=member)
    taken_out = [{"group": each.group_id, "wordings": each.wordings, "hidden_at": each.at.isoformat()} for each in hidden]
    files = {"focusgroups/answers.json": rows, "focusgroups/hidden_messages.json": taken_out}
    return {name: made for name, made in files.items() if made}
