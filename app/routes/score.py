"""`/v1/score` and `/v1/score/batch`: completions in, rewards out."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app import openapi, wire
from app.admission import Held
from app.auth import client_of
from app.batch import Tally, with_advantages
from app.connection import read_json, while_connected
from app.errors import FieldError, InvalidRequest
from app.lines import Lines
from app.outcomes import Failed
from app.requests import Facts, facts_of
from app.results import Arrival, result
from app.routes.direct import DirectRoute
from app.schemas import Batch, BatchResult, Item, Result, Summary
from app.service import Service, service_of
from app.validation import parse_model
from sandbox import Claim, Priority

router = APIRouter(tags=["scoring"], route_class=DirectRoute)

Deliver = Callable[[int, Result], Awaitable[None]]
NDJSON = "application/x-ndjson"
_PROBLEMS = (
    "malformed-json",
    "unauthorized",
    "body-too-slow",
    "body-too-large",
    "unsupported-media-type",
    "invalid-request",
    "queue-full",
    "stopping",
)


@router.post(
    "/v1/score",
    openapi_extra=openapi.body(Item),
    responses=openapi.gives(Result, "The score, or why there is none.", *_PROBLEMS),
)
async def score(request: Request) -> Response:
    """Score one completion."""
    service = service_of(request)
    with service.admission.hold(client_of(request)) as held:
        item, arrival = await _arrive(request, service, held)
        with service.admission.admit(arrival.claim.client):
            waited_s = arrival.elapsed_s()
            judging = service.scorer.judge(item, arrival)
            outcome = await while_connected(request.receive, judging)
    if isinstance(outcome, Failed) and outcome.kind == "request":
        raise InvalidRequest(outcome.fields)
    answer = result(item, outcome, arrival, waited_s=waited_s)
    tally = Tally()
    tally.add(answer)
    _note(facts_of(request), tally)
    return Response(wire.dump(answer), media_type="application/json")


@router.post(
    "/v1/score/batch",
    openapi_extra=openapi.body(Batch),
    responses=openapi.gives(
        BatchResult,
        f"All results, in the order of the items. With `Accept: {NDJSON}`, a line for each result "
        f"as soon as it is there, with its `index`, and the summary as the last line.",
        *_PROBLEMS,
    ),
)
async def score_batch(request: Request) -> Response:
    """Score many completions at once."""
    service = service_of(request)
    with ExitStack() as stack:
        held = stack.enter_context(service.admission.hold(client_of(request)))
        value, arrival = await _arrive(request, service, held)
        scoring = _BatchScoring(service, _batch(value, service), arrival, facts_of(request))
        if _prefers_lines(request.headers.get("accept", "")):
            return _LinesResponse(scoring, stack.pop_all())
        return await _whole(scoring, request)


def _batch(value: Any, service: Service) -> Batch:
    batch = parse_model(Batch, value)
    if len(batch.items) > (limit := service.settings.max_items):
        message = f"has {len(batch.items)} items, more than the limit of {limit}"
        remedy = "send several batches, or have max_items raised in the server's settings"
        raise InvalidRequest([FieldError("items", message, remedy)])
    return batch


class _BatchScoring:
    """One batch on its way from the queue to its summary."""

    def __init__(self, service: Service, batch: Batch, arrival: Arrival, facts: Facts) -> None:
        self.service = service
        self.batch = batch
        self.facts = facts
        claim = replace(
            arrival.claim,
            request=next(service.numbers),
            priority=batch.priority or Priority.NORMAL,
        )
        arrival = replace(arrival, items=len(batch.items), claim=claim)
        self._arrival = replace(arrival, deadline=arrival.deadline_in(batch.deadline_s))

    async def run(
        self, receive: Receive, deliver: Deliver, begin: Callable[[], Awaitable[None]] | None = None
    ) -> Summary:
        """Score all, handing out each result as it comes; `begin` is called when it was admitted.

        Raises Problem when there is no room, and ClientDisconnect.
        """
        self.facts.items = len(self.batch.items)
        client = self._arrival.claim.client
        with self.service.admission.admit(client, len(self.batch.items)) as admitted:
            if begin is not None:
                await begin()

            async def deliver_one(index: int, result: Result) -> None:
                await deliver(index, result)
                admitted.answered()

            return await while_connected(receive, self._score(deliver_one))

    async def _score(self, deliver: Deliver) -> Summary:
        tally = Tally()
        items, advantage = self.batch.items, self.batch.advantage
        try:
            async with self.service.scorer.stream(items, self._arrival) as results:
                ordered = with_advantages(results, items, advantage) if advantage else results
                async for index, result in ordered:
                    tally.add(result)
                    await deliver(index, result)
        finally:
            _note(self.facts, tally)
        return tally.summary(wall_s=self._arrival.elapsed_s())


async def _whole(scoring: _BatchScoring, request: Request) -> Response:
    # Encoded one by one as they come: encoding them all in the end would stop everything else.
    encoded = [b""] * len(scoring.batch.items)

    async def keep(index: int, result: Result) -> None:
        encoded[index] = wire.dump(result)

    summary = await scoring.run(request.receive, keep)
    parts = (b'{"results":[', b",".join(encoded), b'],"summary":', wire.dump(summary), b"}")
    return Response(b"".join(parts), media_type="application/json")


class _LinesResponse(Response):
    """Results as NDJSON, written while they come."""

    media_type = NDJSON

    def __init__(self, scoring: _BatchScoring, held: ExitStack) -> None:
        """`held` is what to let go of in the end."""
        # Told to reverse proxies that would otherwise collect the lines.
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._scoring = scoring
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._held:
            await self._write(receive, send)

    async def _write(self, receive: Receive, send: Send) -> None:
        async def begin() -> None:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})

        async with Lines(send) as lines:

            async def write_result(index: int, result: Result) -> None:
                await lines.write({"index": index, **result})

            try:
                summary = await self._scoring.run(receive, write_result, begin)
            except ClientDisconnect:
                self._scoring.facts.disconnected = True
                return
            await lines.end({"summary": summary})


async def _arrive(request: Request, service: Service, held: Held) -> tuple[Any, Arrival]:
    """The body of a request, and when it began to come in."""
    arrival = Arrival(claim=Claim(client=client_of(request)))
    settings = service.settings
    value, length = await read_json(request, held=held, settings=settings)
    facts_of(request).items = 1
    return value, replace(arrival, body_bytes=length)


def _prefers_lines(accept: str) -> bool:
    """Whether NDJSON is asked for, and JSON is not asked for before it."""
    for part in accept.lower().split(","):
        media_type = part.partition(";")[0].strip()
        if media_type in (NDJSON, "application/json"):
            return media_type == NDJSON
    return False


def _note(facts: Facts, tally: Tally) -> None:
    facts.verdicts, facts.errors = dict(tally.verdicts), dict(tally.errors)
