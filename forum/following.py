"""How closely a member follows a thread or a board, and how far they have read."""

from django.db import transaction
from django.db.models import Case, CharField, F, IntegerField, When
from django.db.models.functions import Greatest
from django.utils import timezone

from forum.models import Board, BoardLevel, BoardMember, Level, Post, Thread, ThreadMember
from members import once
from members.models import Member
from members.ready import ReadyUpdate

# Levels at which whoever follows a board follows each thread with a new post.
FOLLOWED = (BoardLevel.EVERY, BoardLevel.WATCH, BoardLevel.TRACK)


@transaction.atomic
def follow_thread(thread: Thread, *, member: Member, level: Level) -> None:
    """The member chooses how closely to follow a thread; nothing changes it by itself afterwards."""
    ThreadMember.objects.update_or_create(member=member, thread=thread, defaults={"level": level, "is_chosen": True})


@transaction.atomic
def follow_board(board: Board, *, member: Member, level: BoardLevel | Level) -> None:
    BoardMember.objects.update_or_create(member=member, board=board, defaults={"level": level})


_READ = ReadyUpdate(
    lambda member, thread, no: (ThreadMember.objects.filter(member=member, thread=thread, last_read_no__lt=no), {"last_read_no": no})
)


def read_up_to(thread: Thread, *, member: Member, no: int) -> None:
    """The member has seen every post up to this number. Never goes back, whichever device comes last.

    Each of its two statements is whole in itself, so that reading a page opens no transaction.
    """
    if _READ.do(member=member.pk, thread=thread.pk, no=no):
        return
    ThreadMember.objects.bulk_create([ThreadMember(member=member, thread=thread, last_read_no=no)], ignore_conflicts=True)


@transaction.atomic
def read_board(board: Board, *, member: Member) -> None:
    """Everything on the board so far counts as read; what waits for a moderator does not, for nobody could read it."""
    newest = Post.objects.filter(thread__board=board).order_by("-id").values_list("id", flat=True).first() or 0
    BoardMember.objects.update_or_create(member=member, board=board, defaults={"read_up_to_post_id": newest, "read_at": timezone.now()})


_WROTE = ReadyUpdate(
    lambda member, thread, no, level: (
        ThreadMember.objects.filter(member=member, thread=thread),
        {
            "last_read_no": Greatest("last_read_no", no, output_field=IntegerField()),
            "level": Case(When(is_chosen=False, level=Level.NORMAL, then=level), default=F("level"), output_field=CharField()),
        },
    )
)


def took_part(thread: Thread, member: Member, *, no: int, level: Level) -> None:
    """Who writes has read what they wrote, and follows from now on, unless they chose otherwise. In the caller's transaction."""
    if not _WROTE.do(member=member.pk, thread=thread.pk, no=no, level=level.value):
        once.keep(ThreadMember(member=member, thread=thread, last_read_no=no, level=level))
