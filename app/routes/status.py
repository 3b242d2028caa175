"""Health, readiness, metrics and version, for those who look after the service."""

import platform

import anyio.to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from app import openapi, wire
from app.schemas import Readiness, Version
from app.service import service_of
from app.watching.metrics import CONTENT_TYPE

router = APIRouter(tags=["status"])


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> Response:
    """The process is up; nothing more."""
    return Response("ok\n", media_type="text/plain")


@router.get(
    "/readyz",
    responses={
        **openapi.gives(Readiness, "It can do its work, and has just shown it."),
        503: {"description": "It cannot; `detail` says why. The body is the same."},
    },
)
async def readyz(request: Request) -> Response:
    """Whether it does its work, as a program and a maths answer just showed, and how isolated."""
    readiness = await service_of(request).probe.readiness()
    status = 200 if readiness["ready"] else 503
    return Response(wire.dump(readiness), status, media_type="application/json")


@router.get("/metrics", response_class=PlainTextResponse)
async def prometheus(request: Request) -> Response:
    """Metrics for Prometheus."""
    service = service_of(request)
    if service.shared is not None:
        text = await service.shared.exposition()
    else:
        reading = service.watch.metrics.read()
        # Spelling out thousands of lines takes long enough to be done beside everything else.
        text = await anyio.to_thread.run_sync(reading.exposition)
    return Response(text, media_type=CONTENT_TYPE)


@router.get("/version", responses=openapi.gives(Version, "Name and version."))
async def version(request: Request) -> Response:
    """What is running."""
    answer: Version = {
        "name": "rewardbox",
        "version": request.app.version,
        "python": platform.python_version(),
    }
    return Response(wire.dump(answer), media_type="application/json")
