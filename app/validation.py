"""Says which field of what was posted is wrong, in the words of JSON, and what to do about it."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.errors import FieldError, InvalidRequest

Model = TypeVar("Model", bound=BaseModel)

#: Errors whose texts speak of types that JSON has not, and what it has instead.
_KINDS = {
    **dict.fromkeys(("model_type", "mapping_type", "dict_type", "dataclass_type"), "an object"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "a list"),
    "none_required": "null",
}
#: The same for lengths: where the bound is, and its name.
_BOUNDS = {"too_short": ("min_length", "at least"), "too_long": ("max_length", "at most")}


def parse_model(model: type[Model], value: Any) -> Model:
    """`value` as a model; raises InvalidRequest."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidRequest(
            field_errors(error, value, "", known=list(model.model_fields))
        ) from None


def field_errors(
    error: ValidationError, value: Any, prefix: str, *, known: Sequence[str] = ()
) -> list[FieldError]:
    """What pydantic found in `value`, with paths as its author would write them."""
    found = {
        (path, details["msg"]): _field_error(details, path, known)
        for details in error.errors(include_url=False, include_input=False)
        for path in [_path(details, value, prefix)]
    }
    return list(found.values())


def _field_error(details: ErrorDetails, path: str, known: Sequence[str]) -> FieldError:
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "missing":
        return FieldError(path, "is missing", "add it")
    if details["type"] == "extra_forbidden":
        remedy = did_you_mean(path.rpartition(".")[2], known) or "remove it"
        return FieldError(path, "there is no such field", remedy)
    if kind := _KINDS.get(details["type"]):
        return FieldError(path, f"must be {kind}")
    if bound := _BOUNDS.get(details["type"]):
        number = details["ctx"][bound[0]]
        return FieldError(path, f"must have {bound[1]} {number} item{'' if number == 1 else 's'}")
    return FieldError(path, message[:1].lower() + message[1:])


def _path(details: ErrorDetails, value: Any, prefix: str) -> str:
    """Of pydantic's location, the steps that `value` really has: not the names of union members."""
    steps = [prefix] if prefix else []
    last = len(details["loc"]) - 1
    for place, step in enumerate(details["loc"]):
        if _has(value, step):
            value = value[step]
        elif not (place == last and details["type"] == "missing"):
            continue
        steps.append(str(step))
    return ".".join(steps)


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, Mapping):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def did_you_mean(name: str, known: Sequence[str]) -> str | None:
    """The remedy for a misspelt name, if one of the known ones is close."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else None


def names_in(schema: Mapping[str, Any] | None) -> list[str]:
    """All names of fields in a JSON Schema; only needed to explain an error."""
    schema = schema or {}
    models = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for model in models for name in model.get("properties", {})})
