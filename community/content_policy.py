"""Two content security policies by path: a strict one for the club, a second for the back offices.

Wagtail's page editor and Django's admin need inline scripts and styles; nobody but the club's own people gets in there.
"""

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

BACK_OFFICES = ("/admin/", "/django-admin/")


class ContentPolicyMiddleware(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(BACK_OFFICES) and not hasattr(response, "_csp_update"):
            inline = [SELF, UNSAFE_INLINE]
            response._csp_replace = {"script-src": inline, "style-src": inline}  # type: ignore[attr-defined]
        return super().process_response(request, response)
