"""The door of Wagtail's back office: whoever is signed in but does not work there is told so.

Wagtail would send them to the sign-in page, and that page sends whoever is signed in back: round and round.
"""

from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

from members.models import Member


@sync_only_middleware
def back_office_door(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def door(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated and not works_there(request.user):
            raise PermissionDenied
        return get_response(request)

    return door


def works_there(user: AbstractBaseUser | AnonymousUser) -> bool:
    return isinstance(user, Member) and user.has_perm("wagtailadmin.access_admin")
