"""The room's address for sockets."""

from django.urls import path

from focusgroups.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/groups/<int:pk>/", RoomConsumer.as_asgi())]
