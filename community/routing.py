"""Every websocket address of the club, and whose gate guards each live topic."""

from django.urls import URLPattern, path

from focusgroups import routing as groups
from forum import live_topics
from live.consumers import Gate, LiveConsumer
from surveys import live_topics as survey_topics

# topic word → gate(member, key) → the stream's name, or None where the page would be a 404 for them
gates: dict[str, Gate] = {
    "thread": live_topics.thread,
    "board": live_topics.board,
    "conversation": live_topics.conversation,
    "survey": survey_topics.results,
}

websocket_urlpatterns: list[URLPattern] = [
    path("ws/live/", LiveConsumer.as_asgi(gates=gates)),  # type: ignore[arg-type]
    *groups.websocket_urlpatterns,  # type: ignore[list-item]
]
