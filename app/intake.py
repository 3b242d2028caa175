"""Turns what was posted into a task for a verifier, or says which field is wrong and what to do."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from app import wire
from app.errors import FieldError, InvalidRequest
from app.schemas import Item, Message
from app.validation import did_you_mean, field_errors, names_in, parse_model
from sandbox import Priority, Tier
from sandbox.files import check_file_names
from verifiers import InvalidReference, LimitOptions, Options, UnknownVerifier, Verifier
from verifiers.code.datasets.reading import Reading
from verifiers.code.datasets.rows import OtherVerifier, reading_for, with_options
from verifiers.registry import Entry, Registry


@dataclass(frozen=True, slots=True)
class Task:
    """A completion, and all that its verifier needs to judge it, validated."""

    verifier: Verifier
    completion: str
    reference: Any
    options: Options
    content: tuple[str, str, Any, Mapping[str, Any]]
    """Name, completion, reference and options as they were given."""
    cacheable: bool = True
    """Whether an earlier judgement will do."""
    deadline_s: float | None = None
    priority: Priority | None = None


class Intake:
    """Knows the verifiers and the limits on what may be asked of them."""

    def __init__(
        self,
        registry: Registry,
        *,
        caps: Mapping[str, float],
        tiers: Collection[Tier],
        max_depth: int,
        max_item_bytes: int,
    ) -> None:
        self._registry = registry
        self._caps = caps
        self._tiers = tiers
        self._max_depth = max_depth
        self._max_item_bytes = max_item_bytes

    def verifier_named_by(self, item: Any) -> str:
        """The name of the installed verifier that an item asks for, however malformed it is else.

        Empty if it asks for none of them.
        """
        name = item.get("verifier") if isinstance(item, dict) else None
        return name if isinstance(name, str) and name in self._registry else ""

    def task(self, item: Any, *, bytes_at_most: int | None = None) -> Task:
        """The task of an item; `bytes_at_most` is the length of the text that it came in.

        Raises InvalidRequest, VerifierUnavailable, InvalidReference.
        """
        self._check_extent(item, bytes_at_most)
        valid = parse_model(Item, item)
        completion = completion_text(valid.completion)
        task = self.part(valid.verifier, completion, valid.reference, valid.options or {})
        if valid.deadline_s is None and valid.priority is None:
            return task
        return replace(task, deadline_s=valid.deadline_s, priority=valid.priority)

    def part(self, name: str, completion: str, reference: Any, options: Mapping[str, Any]) -> Task:
        """The task of a verifier called by name, with a reference and options as JSON.

        Raises what `task` raises.
        """
        entry = self._entry(name)
        try:
            parsed = entry.parse_reference(reference)
        except ValidationError as error:
            reading = _reading(name, reference)
            if reading is None:
                known = names_in(entry.info.reference_schema)
                raise InvalidRequest(
                    field_errors(error, reference, "reference", known=known)
                ) from None
            parsed = _parse_reading(entry, reading)
            options = with_options(reading, options)
        valid = self._options(entry, options)
        return Task(
            entry.verifier,
            completion,
            parsed,
            valid,
            content=(name, completion, reference, options),
            cacheable=entry.cacheable and valid.cache,
        )

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

    def check_tier(self, tier: Tier | None, *, field: str) -> None:
        """Raise InvalidRequest if the server does not offer that tier."""
        if tier is not None and tier not in self._tiers:
            offered = ", ".join(self._tiers)
            remedy = f"ask for {offered}, or have {tier} added to tiers in the server's settings"
            raise InvalidRequest([FieldError(field, "is not offered by this server", remedy)])

    def _entry(self, name: str) -> Entry:
        try:
            return self._registry.entry(name)
        except UnknownVerifier as error:
            raise InvalidRequest(
                [FieldError("verifier", str(error), did_you_mean(name, self._registry.names()))]
            ) from None

    def _options(self, entry: Entry, value: Mapping[str, Any]) -> Options:
        try:
            options = entry.parse_options(value)
        except ValidationError as error:
            known = names_in(entry.info.options_schema)
            raise InvalidRequest(field_errors(error, value, "options", known=known)) from None
        self.check_limits(options.limits, field="options.limits")
        self.check_tier(options.tier, field="options.tier")
        if options.files:
            check_files(options.files, field="options.files")
        return options

    def _check_extent(self, item: Any, bytes_at_most: int | None) -> None:
        if isinstance(item, wire.TooDeep) or exceeds_depth(item, self._max_depth):
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


def _reading(name: str, reference: Any) -> Reading | None:
    """A reference that is a row of a dataset, as its verifier takes it; None if it is no row."""
    try:
        return reading_for(name, reference)
    except OtherVerifier as error:
        raise InvalidRequest([FieldError("reference", str(error))]) from None


def _parse_reading(entry: Entry, reading: Reading) -> Any:
    try:
        return entry.parse_reference(reading.reference)
    except ValidationError as error:
        found = field_errors(error, reading.reference, "reference")
        raise InvalidReference(f"the row was read, but {found[0]}") from None


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


def _size(item: Any) -> int:
    return len(wire.dump(item))
