"""The door of Wagtail's back office: whoever is signed in but does not work there is told so, and who does is spoken to in their language.

Wagtail would send the first to the sign-in page, and that page sends whoever is signed in back: round and round. Its addresses name no
language, so that everybody would read English who has not chosen another there as well.
"""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.decorators import sync_only_middleware
from django.utils.translation import gettext as _

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

    door.process_exception = what_is_in_use_stays  # type: ignore[attr-defined]
    return door


def what_is_in_use_stays(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    """Whoever deletes what others hold on to is told who does, where they were: Wagtail looks only into its own index of references."""
    if not request.path_info.startswith("/admin/") or not isinstance(exception, ProtectedError | RestrictedError):
        return None
    objects = exception.protected_objects if isinstance(exception, ProtectedError) else exception.restricted_objects
    kinds = sorted({str(each._meta.verbose_name_plural) for each in objects})
    messages.error(request, _("This is in use (%(kinds)s), so it stays.") % {"kinds": ", ".join(kinds)})
    return redirect(request.get_full_path())


def works_there(user: AbstractBaseUser | AnonymousUser) -> bool:
    return isinstance(user, Member) and user.has_perm("wagtailadmin.access_admin")
