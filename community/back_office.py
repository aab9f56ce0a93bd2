"""The door of Wagtail's back office: whoever is signed in but does not work there is told so, and who does is spoken to in their language.

Wagtail would send the first to the sign-in page, and that page sends whoever is signed in back: round and round. Its addresses name no
language, so that everybody would read English who has not chosen another there as well.
"""

from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.decorators import sync_only_middleware

from members.models import Member


@sync_only_middleware
def back_office_door(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def door(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/admin/") or not isinstance(request.user, Member):
            return get_response(request)
        if not works_there(request.user):
            raise PermissionDenied
        with translation.override(request.user.locale):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.user.locale)
        return response

    return door


def works_there(user: AbstractBaseUser | AnonymousUser) -> bool:
    return isinstance(user, Member) and user.has_perm("wagtailadmin.access_admin")
