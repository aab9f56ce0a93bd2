"""Addresses of deeds beside Wagtail's pages: `/magazine/` and `/events/` themselves are pages of the tree."""

from django.urls import path
from wagtail.views import serve

from cms import event_views, views

magazine = (
    [
        path("", serve, {"path": "magazine/"}, name="index"),
        path("articles/<uuid:key>/", views.article, name="article"),
        path("articles/<int:pk>/readings/", views.finish, name="finish"),
    ],
    "magazine",
)

events = (
    [
        path("", serve, {"path": "events/"}, name="index"),
        path("all/<uuid:key>/", event_views.event, name="event"),
        path("<int:pk>/seat/", event_views.take_seat, name="take_seat"),
        path("<int:pk>/seat/give-up/", event_views.give_up_seat, name="give_up_seat"),
        path("<int:pk>/calendar.ics", event_views.calendar_entry, name="calendar"),
        path("<int:pk>/door/", event_views.door, name="door"),
        path("<int:pk>/door/<int:seat_pk>/", event_views.check_in, name="check_in"),
    ],
    "events",
)
