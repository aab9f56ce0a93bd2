"""Why the forum says no. Each carries the sentence that the writer reads beside what they typed."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Refused(Exception):  # noqa: N818
    message: str | Promise = _("This cannot be done now.")

    def __str__(self) -> str:
        return str(self.message)


class ThreadLocked(Refused):
    message = _("A moderator has locked this thread. Your text is kept below.")


class ThreadGone(Refused):
    message = _("This thread is no longer shown. Your text is kept below.")


class ChangedMeanwhile(Refused):
    """Whoever edits began from words that are not the post's any more."""

    message = _("The post was changed while you were writing. Compare, then save again: your text replaces what it says now.")


class EditingOver(Refused):
    """On this board posts can be edited for so many minutes."""

    message = _("On this board a post can be edited for %(time)s after it was written. Add what is new in a reply, or ask a moderator.")

    def __init__(self, minutes: int) -> None:
        super().__init__()
        self.minutes = minutes

    def __str__(self) -> str:
        if self.minutes % 60:
            time = ngettext("%(n)d minute", "%(n)d minutes", self.minutes) % {"n": self.minutes}
        else:
            time = ngettext("%(n)d hour", "%(n)d hours", self.minutes // 60) % {"n": self.minutes // 60}
        return str(self.message) % {"time": time}


class BoardArchived(Refused):
    message = _("This board is archived: it can be read, but nothing new is written here.")


class NotYours(Refused):
    message = _("You may not do this here.")


class Silenced(Refused):
    message = _(
        "A moderator has asked you to pause for a while: until then no posts, messages, votes or reactions. You can still read everything."
    )


class Suspended(Refused):
    message = _("Your account is suspended.")


class ThreadMerged(ThreadGone):
    """The thread was merged into another: `target` is where its posts stand now."""

    def __init__(self, target: Any) -> None:
        super().__init__()
        self.target = target


class WordRefused(Refused):
    """Contains a word that the club does not want; `word` says which."""

    message = _("The club does not publish posts with this word: %(word)s")

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def __str__(self) -> str:
        return str(self.message) % {"word": self.word}


class TooManyLinks(Refused):
    message = _("This has too many links for a first post. Leave some out; later you may add more.")


class TooManyTags(Refused):
    message = _("At most five tags.")


class SaidAlready(Refused):
    message = _("You have just written the same. If it did not answer your question, say it in other words.")


class AppealedAlready(Refused):
    message = _("You have appealed against this decision already.")


class TooFast(Refused):
    """`retry_after` says after how many seconds there is a turn again."""

    message = _("You are writing very fast. Wait a moment, then send it again.")

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class SlowMode(TooFast):
    """The thread is in slow mode; `retry_after` says in how many seconds the next post of this member is welcome."""

    message = _("This thread is in slow mode: wait %(seconds)s seconds before your next post. Your text is kept below.")

    def __str__(self) -> str:
        return str(self.message) % {"seconds": self.retry_after}
