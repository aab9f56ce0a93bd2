"""The club's front door for requests and sockets: pages to Django, `/ws/…` to the consumers, nothing from another origin."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup(set_prefix=False)


from channels.routing import ProtocolTypeRouter, URLRouter

from community.pages import Pages
from community.routing import websocket_urlpatterns
from live.origins import SameOrigin

application = ProtocolTypeRouter(
    {
        "http": Pages(),
        "websocket": SameOrigin(URLRouter(websocket_urlpatterns)),
    }
)
