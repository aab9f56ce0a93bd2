"""Wagtail says that an event was published, perhaps with more seats: whoever waits moves up."""

from typing import Any

from wagtail.signals import page_published

from cms.models import EventPage


def listen() -> None:
    page_published.connect(_published, sender=EventPage, dispatch_uid="cms.waiting_list")


def _published(instance: EventPage, **_ignored: Any) -> None:
    from cms import seating

    seating.fill(instance)
