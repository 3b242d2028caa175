"""What a caller is told when a whole request cannot be answered: RFC 9457 problem documents.

What goes wrong with one item is no problem document but its `error`; see `app.scoring`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app import wire
from sandbox import SandboxError

MEDIA_TYPE = "application/problem+json"
CLIENT_GONE = 499
"""Nobody reads it; it is what the log says of a request whose client went away."""

#: Kind of problem to its status and title.
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed-json": (400, "The body is not JSON"),
    "unauthorized": (401, "An API key is needed"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "Not this method"),
    "body-too-slow": (408, "The body took too long"),
    "body-too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "The body must be JSON"),
    "invalid-request": (422, "The request is not valid"),
    "queue-full": (429, "The queue is full"),
    "internal": (500, "The service has a fault"),
    "stopping": (503, "The service is stopping"),
    "unavailable": (503, "The sandbox cannot be used now"),
}
_KIND_OF_STATUS = {status: kind for kind, (status, _) in KINDS.items()}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field."""

    field: str
    """Path into the body, such as `items.3.options.limits.cpu_s`; empty for the body itself."""
    message: str
    remedy: str | None = None

    def __str__(self) -> str:
        named = f"{self.field}: {self.message}" if self.field else self.message
        return f"{named}; {self.remedy}" if self.remedy else named


class InvalidRequest(Exception):
    """What was posted is malformed."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(str(error) for error in errors))
        self.errors = tuple(errors)


class Problem(Exception):
    """A whole request that cannot be answered."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers

    @classmethod
    def invalid(cls, errors: Sequence[FieldError]) -> "Problem":
        return cls("invalid-request", "; ".join(str(error) for error in errors), errors=errors)

    @property
    def status(self) -> int:
        return KINDS[self.kind][0]

    def response(self) -> Response:
        status, title = KINDS[self.kind]
        document: dict[str, Any] = {
            "type": f"urn:rewardbox:problem:{self.kind}",
            "title": title,
            "status": status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = self.errors
        return Response(
            wire.dump(document), status, media_type=MEDIA_TYPE, headers=dict(self.headers or {})
        )


async def _problem(_: Request, error: Exception) -> Response:
    if isinstance(error, InvalidRequest):
        error = Problem.invalid(error.errors)
    elif isinstance(error, HTTPException):
        kind = _KIND_OF_STATUS.get(error.status_code, "internal")
        error = Problem(kind, error.detail, headers=_with_head(error.headers or {}))
    elif isinstance(error, SandboxError):
        error = Problem("unavailable", str(error), headers={"Retry-After": "5"})
    elif not isinstance(error, Problem):
        error = Problem("internal", "The fault is in the log; the same request may work later.")
    return error.response()


def _with_head(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Whatever answers GET answers HEAD, though by a route that `Allow` is not made of."""
    allowed = set(headers.get("Allow", "").split(", "))
    return (
        {**headers, "Allow": ", ".join(sorted({*allowed, "HEAD"}))} if "GET" in allowed else headers
    )


async def _client_gone(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)


def add_handlers(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    for kind in (Problem, InvalidRequest, HTTPException, SandboxError, Exception):
        app.add_exception_handler(kind, _problem)
    app.add_exception_handler(ClientDisconnect, _client_gone)
