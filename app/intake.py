"""Turns what was posted into a task for a verifier, or says which field is wrong and what to do."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app import wire
from app.errors import FieldError, InvalidRequest
from app.schemas import Item, Message
from sandbox.files import check_file_names
from verifiers import LimitOptions, Options, UnknownVerifier, Verifier
from verifiers.registry import Entry, Registry

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Task:
    """A completion, and all that its verifier needs to judge it, validated."""

    verifier: Verifier
    completion: str
    reference: Any
    options: Options
    deadline_s: float | None = None


class Intake:
    """Knows the verifiers and the limits on what may be asked of them."""

    def __init__(
        self,
        registry: Registry,
        *,
        caps: Mapping[str, float],
        max_depth: int,
        max_item_bytes: int,
    ) -> None:
        self._registry = registry
        self._caps = caps
        self._max_depth = max_depth
        self._max_item_bytes = max_item_bytes

    def task(self, item: Any, *, bytes_at_most: int | None = None) -> Task:
        """The task of an item; `bytes_at_most` is the length of the text that it came in.

        Raises InvalidRequest, VerifierUnavailable, InvalidReference.
        """
        self._check_extent(item, bytes_at_most)
        valid = parse_model(Item, item)
        completion = completion_text(valid.completion)
        task = self.part(valid.verifier, completion, valid.reference, valid.options or {})
        return task if valid.deadline_s is None else _with_deadline(task, valid.deadline_s)

    def part(self, name: str, completion: str, reference: Any, options: Mapping[str, Any]) -> Task:
        """The task of a verifier called by name, with a reference and options as JSON.

        Raises what `task` raises.
        """
        entry = self._entry(name)
        try:
            parsed_reference = entry.parse_reference(reference)
        except ValidationError as error:
            raise InvalidRequest(
                field_errors(error, reference, "reference", known=_names(entry.reference))
            ) from None
        return Task(entry.verifier, completion, parsed_reference, self._options(entry, options))

    def check_limits(self, limits: LimitOptions, *, field: str) -> None:
        """Raise InvalidRequest if more is asked for than the server's caps allow."""
        errors = [
            FieldError(
                f"{field}.{name}",
                f"is over this server's cap of {cap}",
                f"ask for at most {cap}, or have max_{name} raised in the server's settings",
            )
            for name, cap in self._caps.items()
            if (asked := getattr(limits, name)) is not None and asked > cap
        ]
        if errors:
            raise InvalidRequest(errors)

    def _entry(self, name: str) -> Entry:
        try:
            return self._registry.entry(name)
        except UnknownVerifier as error:
            raise InvalidRequest(
                [FieldError("verifier", str(error), _did_you_mean(name, self._registry.names()))]
            ) from None

    def _options(self, entry: Entry, value: Mapping[str, Any]) -> Options:
        try:
            options = entry.parse_options(value)
        except ValidationError as error:
            known = _names(TypeAdapter(entry.verifier.options_model))
            raise InvalidRequest(field_errors(error, value, "options", known=known)) from None
        self.check_limits(options.limits, field="options.limits")
        if options.files:
            check_files(options.files, field="options.files")
        return options

    def _check_extent(self, item: Any, bytes_at_most: int | None) -> None:
        if exceeds_depth(item, self._max_depth):
            # Its depth counts the item itself, that of its fields does not.
            deep = (
                [key for key in item if exceeds_depth(item[key], self._max_depth - 1)]
                if isinstance(item, dict)
                else [""]
            )
            message = f"is nested deeper than {self._max_depth} levels"
            remedy = "flatten it, or have max_depth raised in the server's settings"
            raise InvalidRequest([FieldError(key, message, remedy) for key in deep])
        if errors := list(_unreadable(item, "")):
            raise InvalidRequest(errors)
        limit = self._max_item_bytes
        if bytes_at_most is not None and bytes_at_most > limit and (size := _size(item)) > limit:
            remedy = "shorten it, or have max_item_bytes raised in the server's settings"
            message = f"the item has {size} bytes, more than the limit of {limit}"
            raise InvalidRequest([FieldError("", message, remedy)])


def parse_model(model: type[Model], value: Any) -> Model:
    """`value` as a model; raises InvalidRequest."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidRequest(
            field_errors(error, value, "", known=list(model.model_fields))
        ) from None


def check_files(names: Iterable[str], *, field: str) -> None:
    """Raise InvalidRequest unless all are plain relative paths."""
    try:
        check_file_names(names)
    except ValueError as error:
        raise InvalidRequest([FieldError(field, str(error))]) from None


def completion_text(completion: str | Sequence[Message]) -> str:
    """The text that is judged: of a chat, the last assistant message."""
    if isinstance(completion, str):
        return completion
    for message in reversed(completion):
        if message.role == "assistant":
            content = message.content or ""
            if isinstance(content, str):
                return content
            return "".join(part.text or "" for part in content)
    raise InvalidRequest(
        [
            FieldError(
                "completion",
                "the chat has no assistant message",
                "add the model's message with the role `assistant`, or send its text alone",
            )
        ]
    )


def exceeds_depth(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested more than `limit` deep; never recurses."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _unreadable(value: Any, prefix: str) -> Iterator[FieldError]:
    """What is wrong with numbers in a value that is not too deep."""
    if not isinstance(value, dict | list):
        return
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        if type(child) is wire.Unreadable:
            yield FieldError(f"{prefix}{key}", child.problem, "send it as text, or a smaller one")
        elif type(child) is dict or type(child) is list:
            yield from _unreadable(child, f"{prefix}{key}.")


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
        remedy = _did_you_mean(path.rpartition(".")[2], known) or "remove it"
        return FieldError(path, "there is no such field", remedy)
    if details["type"] in ("model_type", "mapping_type", "dict_type"):
        return FieldError(path, "must be an object")
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


def _did_you_mean(name: str, known: Sequence[str]) -> str | None:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else None


def _names(adapter: TypeAdapter[Any]) -> list[str]:
    """All names of fields in a schema; only needed to explain an error."""
    schema = adapter.json_schema()
    models = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for model in models for name in model.get("properties", {})})


def _size(item: Any) -> int:
    return len(wire.dump(item))


def _with_deadline(task: Task, deadline_s: float) -> Task:
    return Task(task.verifier, task.completion, task.reference, task.options, deadline_s)
