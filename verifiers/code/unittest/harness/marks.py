"""pytest.mark, pytest.param and the parameter sets that they make."""

import inspect
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class Mark(NamedTuple):
    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


class Parameters(NamedTuple):
    """What pytest.param gives."""

    values: tuple[Any, ...]
    marks: tuple[Mark, ...]


def param(*values: Any, marks: Any = (), id: Any = None) -> Parameters:  # noqa: A002 - pytest's name
    """One set of parameters, with marks of its own."""
    several = marks if isinstance(marks, list | tuple) else [marks]
    return Parameters(values, tuple(_marked(each) for each in several))


class Decorator:
    """A mark before it is put on something: `@mark.slow` and `@mark.skipif(...)` alike."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and _is_markable(args[0]):
            put(args[0], self.mark)
            return args[0]
        return Decorator(Mark(self.mark.name, args, kwargs))


def _is_markable(value: Any) -> bool:
    return inspect.isfunction(value) or inspect.isclass(value)


def _marked(mark: Any) -> Mark:
    found: Mark = mark.mark
    return found


def put(target: Any, mark: Mark) -> None:
    """Put a mark on a function or class; what a class inherits stays its parent's."""
    own = target.__dict__.get("pytestmark", [])
    target.pytestmark = [*own, Decorator(mark)]


class Marker:
    """pytest.mark."""

    def __getattr__(self, name: str) -> Decorator:
        return Decorator(Mark(name, (), {}))


def marks_of(*holders: Any) -> Iterator[Mark]:
    """The marks on a module, class or function and on what a class derives from."""
    for holder in holders:
        for place in type.mro(holder) if inspect.isclass(holder) else [holder]:
            found = vars(place).get("pytestmark", [])
            for each in found if isinstance(found, list | tuple) else [found]:
                yield _marked(each)


def combinations(marks: Iterable[Mark]) -> list[tuple[Values, tuple[Mark, ...]]]:
    """Every set of parameters that `parametrize` marks ask for, with the marks of each."""
    axes = [list(_axis(mark)) for mark in marks if mark.name == "parametrize"]
    found: list[tuple[Values, tuple[Mark, ...]]] = []
    # The mark next to the function varies fastest.
    for sets in itertools.product(*reversed(axes)):
        values: dict[str, Any] = {}
        own: list[Mark] = []
        for more, marks_of_set in sets:
            values |= more
            own += marks_of_set
        found.append((values, tuple(own)))
    return found


def _axis(mark: Mark) -> Iterator[tuple[Values, tuple[Mark, ...]]]:
    given = inspect.signature(_parametrize).bind(*mark.args, **mark.kwargs).arguments
    names = given["argnames"]
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",") if name.strip()]
    for each in given["argvalues"]:
        if isinstance(each, Parameters):
            values, marks = each
        else:
            values, marks = ((each,) if len(names) == 1 else tuple(each)), ()
        if len(values) != len(names):
            raise ValueError(f"parametrize has {len(names)} names for {len(values)} values")
        yield dict(zip(names, values, strict=True)), marks


def _parametrize(
    argnames: Any, argvalues: Any, indirect: Any = False, ids: Any = None, scope: Any = None
) -> None:
    """The signature of pytest.mark.parametrize."""
