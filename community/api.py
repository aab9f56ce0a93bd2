"""The HTTP API at /api/v1/: one door for other systems, its calls kept beside the parts they belong to."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase

from focusgroups.api import router as groups_router
from members.api import router as members_router
from members.problems import Problem
from points.api import router as points_router
from points.member_api import router as member_router
from points.refusals import LedgerRefusal
from surveys.api import router as surveys_router

PROBLEM = "application/problem+json"


class OwnPage(DocsBase):
    """A page of ours, written from the OpenAPI document: no script from anybody else."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema()
        calls = [
            {"method": method.upper(), "path": path, **operation}
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        ]
        return render(request, "api_docs.html", {"document": document, "calls": calls})


REFUSAL = {
    "description": "Refused, as RFC 9457 problem details with a stable `type`.",
    "content": {
        PROBLEM: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "code"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}


class ClubAPI(NinjaAPI):
    """Every call may refuse; the document says so once for all of them."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        document = super().get_openapi_schema(**kwargs)
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].setdefault("4XX", REFUSAL)
        return document


api = ClubAPI(
    title="Clubroom",
    version="1",
    description="The shared ledger, members, activities, surveys and focus groups of the club. Errors are RFC 9457 problem details.",
    urls_namespace="api",
    docs=OwnPage(),
)
api.add_router("", members_router)
api.add_router("", points_router)
api.add_router("", member_router)
api.add_router("", groups_router)
api.add_router("", surveys_router)


def answer(problem: Problem) -> HttpResponse:
    """The problem as an HTTP answer."""
    response = HttpResponse(json.dumps(problem.as_json()), status=problem.status, content_type=PROBLEM)
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="clubroom"'
    if "retry_after" in problem.more:
        response["Retry-After"] = str(problem.more["retry_after"])
    return response


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer(problem)


@api.exception_handler(LedgerRefusal)
def on_refusal(request: HttpRequest, refusal: LedgerRefusal) -> HttpResponse:
    more = {"position": position} if (position := getattr(refusal, "position", None)) is not None else {}
    return answer(Problem(refusal.status, refusal.code, refusal.in_english, **more))


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": ".".join(map(str, each["loc"][1:])) or str(each["loc"][0]), "message": each["msg"]} for each in error.errors]
    return answer(Problem(422, "invalid-request", "Some of what was sent is not as it must be.", errors=errors[:50]))


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(Problem(404, "not-found"))


@api.exception_handler(AuthenticationError)
def on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer(Problem(401, "key-missing", "Send a valid key as Authorization: Bearer KEY."))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(Problem(error.status_code, CODES.get(error.status_code, "refused"), str(error)))


CODES = {
    400: "bad-request",
    401: "key-missing",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    500: "server-error",
    503: "unavailable",
}


class ProblemMiddleware:
    """Whatever refuses under /api/ (a missing address, a wrong method, a body too large), it answers in the API's words."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        from django.conf import settings

        size = request.META.get("CONTENT_LENGTH") or "0"
        if size.isdigit() and int(size) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return answer(Problem(413, "too-large", f"At most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes."))
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith(PROBLEM):
            return response
        problem = answer(Problem(response.status_code, CODES.get(response.status_code, "refused")))
        if allow := response.get("Allow"):
            problem["Allow"] = allow
        return problem
