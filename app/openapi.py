"""The OpenAPI document: routes read bodies themselves, so what they take and give is named here."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from app.errors import KINDS, MEDIA_TYPE
from app.schemas import (
    Batch,
    BatchResult,
    Item,
    ProblemDocument,
    Readiness,
    Result,
    RunRequest,
    RunResult,
    Version,
)
from sandbox import LanguageInfo
from verifiers.registry import Registry, VerifierInfo

_COMPONENTS: tuple[Any, ...] = (
    Batch,
    BatchResult,
    Item,
    LanguageInfo,
    ProblemDocument,
    Readiness,
    Result,
    RunRequest,
    RunResult,
    VerifierInfo,
    Version,
)
_REF = "#/components/schemas/{model}"


def body(model: type) -> dict[str, Any]:
    """The part of an operation that says what is posted; for `openapi_extra`."""
    return {"requestBody": {"required": True, "content": _json(_ref(model))}}


def gives(
    model: Any, description: str, *problems: str, many: bool = False
) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation: what it gives, and which kinds of problem."""
    schema = {"type": "array", "items": _ref(model)} if many else _ref(model)
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": description, "content": _json(schema)}
    }
    for kind in problems:
        status, title = KINDS[kind]
        content = {MEDIA_TYPE: {"schema": _ref(ProblemDocument)}}
        responses[status] = {"description": title, "content": content}
    return responses


def document(app: FastAPI, registry: Callable[[], Registry]) -> Callable[[], dict[str, Any]]:
    """A function for `app.openapi`; the document is made when first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _build(app, registry())
        return app.openapi_schema

    return openapi


def _build(app: FastAPI, registry: Registry) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _, definitions = TypeAdapter.json_schemas(
        [(model, "validation", TypeAdapter(model)) for model in _COMPONENTS], ref_template=_REF
    )
    components = schema.setdefault("components", {})
    components["schemas"] = definitions["$defs"]
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    # The service is also used without keys, so that a key is one of two ways.
    schema["security"] = [{"key": []}, {}]
    examples = {info.name: info.example for info in registry.describe() if info.example}
    _add_examples(schema["paths"]["/v1/score"], examples)
    _add_examples(
        schema["paths"]["/v1/score/batch"],
        {"one of each": {"items": [*examples.values()]}} if examples else {},
    )
    return schema


def _add_examples(path: dict[str, Any], examples: Mapping[str, Any]) -> None:
    content = path["post"]["requestBody"]["content"]["application/json"]
    content["examples"] = {name: {"value": value} for name, value in examples.items()}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ref(model: Any) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}
