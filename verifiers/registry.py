"""Finds verifiers through entry points and says of each what it is, or why it did not load.

Built-in verifiers are found in the same way as those of other packages.
"""

import inspect
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Self

from pydantic import BaseModel, TypeAdapter

from verifiers.base import Options, Verifier
from verifiers.errors import UnknownVerifier, VerifierUnavailable

logger = logging.getLogger("rewardbox.verifiers")

GROUP = "rewardbox.verifiers"
_OWN_DISTRIBUTION = "rewardbox"
_REQUIRED_ATTRIBUTES = (
    "name",
    "summary",
    "reference_type",
    "options_model",
    "example",
    "verify",
)


class VerifierSource(BaseModel):
    """The package that a verifier comes from."""

    built_in: bool
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip()


class VerifierInfo(BaseModel):
    """What people and clients are told of a verifier."""

    name: str
    source: VerifierSource
    available: bool
    error: str | None = None
    """Why it did not load; the fields below are empty then."""
    summary: str = ""
    reference_schema: dict[str, Any] | None = None
    options_schema: dict[str, Any] | None = None
    example: dict[str, Any] | None = None
    """A whole item that scores 1.0 when it is posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A verifier that loaded, with what is needed to call it from JSON."""

    verifier: Verifier
    info: VerifierInfo
    reference: TypeAdapter[Any]

    @property
    def cacheable(self) -> bool:
        """Whether what it says of a request may be said again without asking it."""
        return bool(getattr(self.verifier, "cacheable", True))

    def parse_reference(self, value: Any) -> Any:
        """The reference as the verifier wants it; raises pydantic.ValidationError."""
        return self.reference.validate_python(value)

    def parse_options(self, value: Mapping[str, Any]) -> Options:
        """The options as the verifier wants them; raises pydantic.ValidationError."""
        model = self.verifier.options_model
        return model.model_validate(value) if value else _defaults(model)


@lru_cache
def _defaults(model: type[Options]) -> Options:
    """Options of a request that names none; making them anew for each would take longest."""
    return model()


class Registry:
    """Every verifier that is installed, by name."""

    def __init__(self, *, entries: Iterable[Entry], failures: Iterable[VerifierInfo] = ()) -> None:
        self._entries = {entry.info.name: entry for entry in entries}
        self._failures = {failure.name: failure for failure in failures}

    @classmethod
    def load(cls, *, required: Collection[str] = ()) -> Self:
        """Load every entry point of the group; one that does not load is kept with its reason.

        Raises ValueError when two packages register the same name, UnknownVerifier or
        VerifierUnavailable when a name in `required` is not there or did not load.
        """
        points = sorted(
            entry_points(group=GROUP), key=lambda point: (point.name, str(_source(point)))
        )
        _refuse_duplicates(points)
        loaded = [_load(point) for point in points]
        registry = cls(
            entries=[entry for entry in loaded if isinstance(entry, Entry)],
            failures=[failure for failure in loaded if isinstance(failure, VerifierInfo)],
        )
        for name in required:
            registry.get(name)
        return registry

    def __contains__(self, name: object) -> bool:
        """Whether a verifier of that name is installed, be it that it did not load."""
        return name in self._entries or name in self._failures

    def names(self) -> list[str]:
        """Names of the verifiers that can be used, sorted."""
        return sorted(self._entries)

    def entry(self, name: str) -> Entry:
        """Raises UnknownVerifier, or VerifierUnavailable if it is installed but did not load."""
        if entry := self._entries.get(name):
            return entry
        if failure := self._failures.get(name):
            raise VerifierUnavailable(
                f"the verifier {name!r} of {failure.source} did not load: {failure.error}"
            )
        raise UnknownVerifier(f"no verifier is named {name!r}; there are {', '.join(self.names())}")

    def get(self, name: str) -> Verifier:
        """Raises what `entry` raises."""
        return self.entry(name).verifier

    def describe(self) -> list[VerifierInfo]:
        """All that are installed, also those that did not load, sorted by name."""
        infos = [entry.info for entry in self._entries.values()]
        return sorted([*infos, *self._failures.values()], key=lambda info: info.name)


def _refuse_duplicates(points: Iterable[EntryPoint]) -> None:
    seen: dict[str, EntryPoint] = {}
    for point in points:
        if other := seen.get(point.name):
            raise ValueError(
                f"two packages register a verifier named {point.name!r}: {_source(other)} and "
                f"{_source(point)}; uninstall one, or rename its entry point"
            )
        seen[point.name] = point


def _source(point: EntryPoint) -> VerifierSource:
    distribution, version = (point.dist.name, point.dist.version) if point.dist else ("unknown", "")
    return VerifierSource(
        built_in=distribution == _OWN_DISTRIBUTION, distribution=distribution, version=version
    )


def _load(point: EntryPoint) -> Entry | VerifierInfo:
    source = _source(point)
    try:
        return _entry(point.name, source, point.load())
    # A plugin may fail in any way, even by leaving, and must not take the service with it.
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        logger.warning("the verifier %r of %s did not load: %s", point.name, source, reason)
        logger.debug("the verifier %r did not load", point.name, exc_info=error)
        return VerifierInfo(name=point.name, source=source, available=False, error=reason)


def _entry(name: str, source: VerifierSource, loaded: Any) -> Entry:
    verifier = loaded() if isinstance(loaded, type) else loaded
    _check_shape(name, verifier)
    reference = TypeAdapter(verifier.reference_type)
    example = verifier.example
    reference.validate_python(example["reference"])
    verifier.options_model.model_validate(example.get("options", {}))
    info = VerifierInfo(
        name=name,
        source=source,
        available=True,
        summary=verifier.summary,
        reference_schema=reference.json_schema(),
        options_schema=verifier.options_model.model_json_schema(),
        example={"verifier": name, **example},
    )
    return Entry(verifier=verifier, info=info, reference=reference)


def _check_shape(name: str, verifier: Any) -> None:
    """Say what a verifier lacks now, not at its first request."""
    missing = [attr for attr in _REQUIRED_ATTRIBUTES if not hasattr(verifier, attr)]
    if missing:
        raise TypeError(f"{verifier!r} is no verifier: it has no {', '.join(missing)}")
    if verifier.name != name:
        raise ValueError(f"the entry point is named {name!r}, its verifier {verifier.name!r}")
    if not inspect.iscoroutinefunction(verifier.verify):
        raise TypeError("verify is not an `async def` method")
    model = verifier.options_model
    if not (isinstance(model, type) and issubclass(model, Options)):
        raise TypeError(f"options_model is {model!r}, which is no subclass of verifiers.Options")
    lacking = {"completion", "reference"} - set(verifier.example)
    if lacking:
        raise ValueError(f"example has no {', '.join(sorted(lacking))}")
