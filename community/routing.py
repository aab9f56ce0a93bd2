"""Every websocket address of the club, and whose gate guards each live topic."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
