"""The gates of the forum's live topics: the gate of the page is the gate of the topic."""

from django.contrib.auth.models import AnonymousUser

from forum.models import Board, Conversation, Thread
from members.models import Member


def thread(member: Member | AnonymousUser, key: str) -> str | None:
    """The stream of `thread:ID` for whoever may open the thread's page, else None."""
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return f"thread:{int(key)}" if Thread.objects.visible_to(member).filter(pk=int(key)).exists() else None


def board(member: Member | AnonymousUser, key: str) -> str | None:
    """The stream of `board:ID` for whoever may open the board's page, else None."""
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return f"board:{int(key)}" if Board.objects.visible_to(member).filter(pk=int(key)).exists() else None


def conversation(member: Member | AnonymousUser, key: str) -> str | None:
    """The stream of `conversation:ID` for whoever takes part in it, else None."""
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        return None
    return f"conversation:{int(key)}" if Conversation.objects.visible_to(member).filter(pk=int(key)).exists() else None
