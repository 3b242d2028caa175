"""Scores rows with a running service: in chunks, streamed, and patient with what may pass."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import httpx

from app import wire
from app.cli.parallel import Deliver, in_parallel
from app.cli.rows import Row, RowFile
from app.cli.terminal import UserError
from app.outcomes import Failed
from app.results import Arrival, result

Answered: TypeAlias = tuple[Row, Mapping[str, Any]]

REQUESTS = 4
RETRIES = 8
CHUNK_ROWS = 64
CHUNK_BYTES = 8 * 1024 * 1024
_CONNECT_TIMEOUT_S = 10.0
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_MAY_PASS = frozenset({408, 425, 429, 500, 502, 503, 504})
_TOO_LARGE = frozenset({413, 422})
_NO_KEY = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service, and how to deal with it."""

    url: str
    api_key: str | None = None
    requests: int = REQUESTS
    """Requests at once, each of up to CHUNK_ROWS rows and CHUNK_BYTES."""
    retries: int = RETRIES
    """Times in a row that a request may bring nothing before its rows are given up."""
    timeout_s: float = 900.0
    """How long the service may be silent in the middle of an answer."""


class _Refused(Exception):
    """The service does not take these rows together, and never will."""


class _Unanswered(Exception):
    """The service did not answer for all rows, but may when it is asked again."""

    def __init__(self, message: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@asynccontextmanager
async def scored_there(
    source: RowFile, rows: Sequence[Row], service: Service
) -> AsyncIterator[AsyncIterator[Answered]]:
    """The results of rows, as they come; what stays without an answer has a retryable error.

    Raises UserError when there is no service, or none for this key.
    """
    async with _client(service) as client:
        await _see_that_it_answers(client)
        scoring = _Scoring(client, service, source)
        async with in_parallel(_chunks(rows), scoring.score, at_once=service.requests) as results:
            yield results


class _Scoring:
    def __init__(self, client: httpx.AsyncClient, service: Service, source: RowFile) -> None:
        self._client = client
        self._service = service
        self._source = source

    async def score(self, rows: Sequence[Row], deliver: Deliver[Answered]) -> None:
        """Deliver a result for each of the rows."""
        left = {row.line: row for row in rows}
        excuses: dict[int, Mapping[str, Any]] = {}
        fruitless, pause_s = 0, 0.0
        while left and fruitless <= self._service.retries:
            await asyncio.sleep(pause_s)
            before, asked_pause_s = len(left), 0.0
            try:
                async with aclosing(self._answers(list(left.values()))) as answers:
                    async for row, answer in answers:
                        if answer["error"] and answer["error"]["retryable"]:
                            excuses[row.line] = answer
                            continue
                        del left[row.line]
                        await deliver((row, answer))
            except _Refused as refusal:
                await self._score_apart(list(left.values()), refusal, deliver)
                return
            except _Unanswered as error:
                asked_pause_s = error.retry_after_s
                failed = Failed("overload", str(error), retryable=True)
                excuses |= {line: self._failure(row, failed) for line, row in left.items()}
            fruitless = 0 if len(left) < before else fruitless + 1
            pause_s = asked_pause_s + _pause_s(fruitless)
        for line, row in left.items():
            await deliver((row, excuses[line]))

    async def _score_apart(
        self, rows: Sequence[Row], refusal: _Refused, deliver: Deliver[Answered]
    ) -> None:
        """Score in halves what is too much together."""
        if len(rows) == 1:
            await deliver((rows[0], self._failure(rows[0], Failed("request", str(refusal)))))
            return
        middle = len(rows) // 2
        await self.score(rows[:middle], deliver)
        await self.score(rows[middle:], deliver)

    async def _answers(self, rows: Sequence[Row]) -> AsyncGenerator[Answered, None]:
        """One request's answers. Raises _Refused, _Unanswered, UserError."""
        body = b'{"items":[' + b",".join(map(self._source.posted, rows)) + b"]}"
        headers = {"Content-Type": "application/json", "Accept": "application/x-ndjson"}
        answered = 0
        try:
            async with self._client.stream(
                "POST", "/v1/score/batch", content=body, headers=headers
            ) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    _check(response)
                async for line in _lines(response):
                    answer = wire.parse(line)
                    if "summary" not in answer:
                        answered += 1
                        yield rows[answer.pop("index")], answer
        except (httpx.TransportError, json.JSONDecodeError) as error:
            raise _Unanswered(f"the service broke off: {_words(error)}") from None
        if answered < len(rows):
            raise _Unanswered("the service broke off in the middle of its answer")

    def _failure(self, row: Row, failed: Failed) -> Mapping[str, Any]:
        return failure(self._source.item(row), failed)


def failure(item: Any, failed: Failed) -> Mapping[str, Any]:
    """The result of an item that was never judged."""
    return result(item, failed, Arrival(), waited_s=0.0)


def _client(service: Service) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {service.api_key}"} if service.api_key else {}
    try:
        return httpx.AsyncClient(
            base_url=service.url.rstrip("/"),
            headers=headers,
            timeout=httpx.Timeout(service.timeout_s, connect=_CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=service.requests),
        )
    except (httpx.InvalidURL, UnicodeEncodeError) as error:
        raise UserError(f"the URL or the API key cannot be used: {error}") from None


async def _see_that_it_answers(client: httpx.AsyncClient) -> None:
    """Raise UserError now for what would otherwise be tried again and again."""
    try:
        response = await client.get("/v1/languages")
        _check(response)
        response.json()
    except _Unanswered:
        return
    except (httpx.TransportError, httpx.InvalidURL, _Refused, json.JSONDecodeError) as error:
        raise UserError(
            f"no service answers at {client.base_url}: {_words(error)}; start one with "
            f"`rewardbox serve`, or leave --url out to score without one"
        ) from None


def _check(response: httpx.Response) -> None:
    """Raise what a response other than a plain success means."""
    status, detail = response.status_code, _detail(response)
    if status == httpx.codes.OK:
        return
    if status in _MAY_PASS:
        asked = response.headers.get("Retry-After", "")
        raise _Unanswered(detail, retry_after_s=float(asked) if asked.isdecimal() else 0.0)
    if status in _TOO_LARGE:
        raise _Refused(detail)
    if status in _NO_KEY:
        raise UserError(f"{detail} (--api-key or REWARDBOX_API_KEY)")
    raise UserError(f"{response.url} is no Rewardbox service: {detail}")


def _detail(response: httpx.Response) -> str:
    """What a problem document says, or the status if it is none."""
    status = f"HTTP {response.status_code}"
    try:
        problem = response.json()
    except ValueError:
        return status
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return f"{detail} ({status})" if detail else status


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """Whole lines; unlike httpx's own, not broken at the other line separators of Unicode."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        if chunk and (len(chunk) == CHUNK_ROWS or size + row.length > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += row.length
    if chunk:
        yield chunk


def _pause_s(fruitless: int) -> float:
    """Longer after each try that brought nothing; by chance, so that callers spread out."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**fruitless)
    return random.uniform(longest / 2, longest)  # noqa: S311 - nothing here is secret


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
