"""A middleware that does nothing but stand last and be synchronous.

Under ASGI Django asks every middleware that can be asynchronous to be so, and ours then hop between the loop and a thread for
each of them, 17 times a request. With a synchronous one next to the views the whole chain stays synchronous: one hop in, one hop out.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware


@sync_only_middleware
def one_hop(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    return get_response
