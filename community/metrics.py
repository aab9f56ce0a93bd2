"""Figures for Prometheus, read from the tables when they are asked for, so that any process can answer for the club."""

import secrets
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from live.models import Event
from members.models import Activity, Member

OWN_ADDRESSES = ("127.0.0.1", "::1")


def members() -> Iterable[GaugeMetricFamily]:
    yield GaugeMetricFamily("clubroom_members", "Active members", value=Member.objects.filter(is_active=True).count())


def activities() -> Iterable[GaugeMetricFamily]:
    family = GaugeMetricFamily("clubroom_activities", "Activities ever recorded, by kind", labels=["kind"])
    for kind, count in Activity.objects.values_list("kind").annotate(Count("id")):
        family.add_metric([kind], count)
    yield family
    newest = Activity.objects.aggregate(newest=Max("recorded_at"))["newest"]
    if newest:
        age = (timezone.now() - newest).total_seconds()
        yield GaugeMetricFamily("clubroom_last_activity_age_seconds", "Seconds since the newest activity", value=age)


def events() -> Iterable[GaugeMetricFamily]:
    yield GaugeMetricFamily(
        "clubroom_live_events", "Highest event number in the database", value=Event.objects.aggregate(top=Max("id"))["top"] or 0
    )


FAMILIES: list[Callable[[], Iterable[GaugeMetricFamily]]] = [members, activities, events]


class _Tables:
    def collect(self) -> Iterable[GaugeMetricFamily]:
        for family in FAMILIES:
            yield from family()


def metrics(request: HttpRequest) -> HttpResponse:
    """/metrics: for the machine itself, or for whoever shows METRICS_TOKEN as a bearer; for everybody else there is no such page."""
    token = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    is_own = request.META.get("REMOTE_ADDR") in OWN_ADDRESSES and "X-Forwarded-For" not in request.headers
    if not (is_own or (token and secrets.compare_digest(shown, token))):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Tables())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")
