"""Why a deed was not done. A door turns these into a frame, a form's error or a closed socket."""

from typing import Any


class Refused(Exception):  # noqa: N818
    """The room says no.

    code      stable, for programs: not-open, muted, no-such-item, …
    message   for people, translatable
    """

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class NotAdmitted(Exception):  # noqa: N818
    """The member has no seat here, or has it no more."""


class NoSuchGroup(Exception):  # noqa: N818
    """There is no such group."""
