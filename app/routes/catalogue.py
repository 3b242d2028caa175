"""`/v1/verifiers` and `/v1/languages`: what may be asked for."""

from fastapi import APIRouter, Request, Response

from app import openapi, wire
from app.errors import Problem
from app.service import service_of
from sandbox import LanguageInfo
from verifiers.registry import VerifierInfo

router = APIRouter(tags=["catalogue"])


@router.get(
    "/v1/verifiers",
    responses=openapi.gives(
        VerifierInfo,
        "All that are installed, also those that did not load.",
        "unauthorized",
        many=True,
    ),
)
async def verifiers(request: Request) -> Response:
    """The verifiers, with the schemas of their references and options and an example each."""
    return _json(service_of(request).registry.describe())


@router.get(
    "/v1/verifiers/{name}",
    responses=openapi.gives(VerifierInfo, "The verifier.", "unauthorized", "not-found"),
)
async def verifier(request: Request, name: str) -> Response:
    """One verifier."""
    infos = {info.name: info for info in service_of(request).registry.describe()}
    if name not in infos:
        raise Problem(
            "not-found", f"No verifier is named {name!r}; there are {', '.join(sorted(infos))}."
        )
    return _json(infos[name])


@router.get(
    "/v1/languages",
    responses=openapi.gives(
        LanguageInfo, "The languages.", "unauthorized", "unavailable", many=True
    ),
)
async def languages(request: Request) -> Response:
    """The languages that programs may be in, and what the runners have of them."""
    return _json(await service_of(request).sandbox.languages())


def _json(value: object) -> Response:
    return Response(wire.dump(value), media_type="application/json")
