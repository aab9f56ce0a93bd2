"""Mail for a club without a mail server: every message also lies in a folder and can be read at /dev/mail/ (DEBUG only)."""

import email
import email.policy
import time
import uuid
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

KEPT = 200


class MailboxBackend(BaseEmailBackend):
    """Writes each message into MAILBOX_DIR, then hands it to the backend that EMAIL_URL names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.next = get_connection(settings.MAILBOX_NEXT_BACKEND, **options)

    def send_messages(self, email_messages: Any) -> int:
        settings.MAILBOX_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
            (settings.MAILBOX_DIR / name).write_bytes(message.message().as_bytes())
        for old in _files()[KEPT:]:
            old.unlink(missing_ok=True)
        return self.next.send_messages(email_messages) or 0


class PlainConsole(ConsoleBackend):
    """A mail on the console as a person reads it: to whom, about what, its words. The rest lies in the mailbox."""

    def write_message(self, message: Any) -> None:
        self.stream.write(f"Mail to {', '.join(message.to)}: {message.subject}\n\n{message.body.strip()}\n\n{'-' * 79}\n")


def _files() -> list[Path]:
    return sorted(settings.MAILBOX_DIR.glob("*.eml"), reverse=True) if settings.MAILBOX_DIR.is_dir() else []


def _read(path: Path) -> dict[str, Any]:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "name": path.stem,
        "subject": message["subject"],
        "to": message["to"],
        "date": message["date"].datetime if message["date"] else None,
        "text": plain.get_content() if plain else "",
        "html": rich.get_content() if rich else "",
    }


def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, newest first, as /dev/mail/."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "community/mailbox.html", {"mails": [_read(path) for path in _files()[:50]]})


SANDBOX = ["allow-popups", "allow-top-navigation-by-user-activation"]


@csp_replace({"style-src": ["'unsafe-inline'"], "script-src": ["'none'"], "sandbox": SANDBOX})  # type: ignore[arg-type]
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One mail's HTML part by itself, in a sandbox: no script of it runs, no form of it posts."""
    path = settings.MAILBOX_DIR / f"{name}.eml"
    if not settings.DEBUG or path not in _files():
        raise Http404
    return HttpResponse(_read(path)["html"])
