"""Around every request: its id, its line in the log, and its count. Never what was submitted."""

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.service import service_of
from app.watching.metrics import Metrics
from app.watching.tracing import RequestSpan

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
#: Asked for every few seconds by machines, and not worth a line each.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_TRACED = "/v1/"


@dataclass(slots=True)
class Facts:
    """What a route tells of its request for the log."""

    items: int | None = None
    verdicts: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    disconnected: bool = False


def facts_of(request: Request) -> Facts:
    facts: Facts = request.state.facts
    return facts


class RequestLog:
    """ASGI middleware; the outermost, so that it sees every answer."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        facts = scope.setdefault("state", {})["facts"] = Facts()
        started, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            self._span(scope) as span,
        ):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                self._record(scope, status, time.perf_counter() - started, facts)
                if span is not None:
                    span.answered(_route(scope), status, request_id)

    @contextmanager
    def _span(self, scope: Scope) -> Iterator[RequestSpan | None]:
        """Around a request that may have work in it, where traces are wanted."""
        if not scope["path"].startswith(_TRACED):
            yield None
            return
        tracing = service_of(Request(scope)).watch.tracing
        if tracing is None:
            yield None
            return
        with (
            tracing.request(scope["method"], Headers(scope=scope)) as span,
            structlog.contextvars.bound_contextvars(trace_id=span.trace_id),
        ):
            yield span

    def _record(self, scope: Scope, status: int, seconds: float, facts: Facts) -> None:
        name = _route(scope)
        method = scope["method"] if name and status != HTTPStatus.METHOD_NOT_ALLOWED else ""
        self._metrics.request_done(name, method, status, seconds=seconds)
        write = log.debug if scope["path"] in _QUIET and status < 500 else log.info
        write(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            seconds=round(seconds, 6),
            **_told(facts),
        )


def _route(scope: Scope) -> str:
    """The path as its route spells it, as callers could make up any number of others."""
    path: str = getattr(scope.get("route"), "path", "")
    return path


def _told(facts: Facts) -> dict[str, Any]:
    told = {
        "items": facts.items,
        "verdicts": facts.verdicts,
        "errors": facts.errors,
        "disconnected": facts.disconnected,
    }
    return {name: value for name, value in told.items() if value}


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else uuid.uuid4().hex
