"""A refusal that an API answers with, as RFC 9457 writes it."""

from typing import Any

# Where a `type` points: documentation pages of the API, stable for ever.
TYPES = "/api/v1/docs#problem-"


class Problem(Exception):  # noqa: N818
    """Raise it in any router. code is the last part of the stable `type`; more is added to the answer as it is."""

    def __init__(self, status: int, code: str, detail: str = "", **more: Any) -> None:
        super().__init__(detail or code)
        self.status, self.code, self.detail, self.more = status, code, detail, more

    def as_json(self) -> dict[str, Any]:
        title = self.code.replace("-", " ").capitalize()
        body = {"type": f"{TYPES}{self.code}", "title": title, "status": self.status, "code": self.code}
        return body | ({"detail": self.detail} if self.detail else {}) | self.more
