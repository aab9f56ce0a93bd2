"""Why the forum says no. Each carries the sentence that the writer reads beside what they typed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818
    message: str | Promise = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.message)


class ThreadLocked(Refused):
    message = _("A moderator has locked this thread. Your text is kept below.")


class ThreadGone(Refused):
    message = _("This thread is no longer shown. Your text is kept below.")


class BoardArchived(Refused):
    message = _("This board is archived: it can be read, but nothing new is written here.")


class NotYours(Refused):
    message = _("You may not do this here.")


class Silenced(Refused):
    message = _("A moderator has asked you to pause writing for a while. You can still read everything.")


class TooFast(Refused):
    """`retry_after` says after how many seconds there is a turn again."""

    message = _("You are writing very fast. Wait a moment, then send it again.")

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after
