"""Fixtures: those that a test file defines, and the few of pytest's own that can be offered."""

import functools
import inspect
import io
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import DEFAULT

from ...examiner.asking import Fault
from .marks import Parameters
from .patching import MonkeyPatch

Values = Mapping[str, Any]
_FIXTURE = "__rewardbox_fixture__"
_SCOPES = ("function", "class", "module", "package", "session")


class Definition(NamedTuple):
    function: Callable[..., Any]
    scope: str
    params: list[Any]
    autouse: bool
    name: str | None


def fixture(
    function: Any = None,
    *,
    scope: str = "function",
    params: Any = None,
    autouse: bool = False,
    ids: Any = None,
    name: str | None = None,
) -> Any:
    """As pytest.fixture."""
    if function is None:
        return functools.partial(
            fixture, scope=scope, params=params, autouse=autouse, ids=ids, name=name
        )
    if scope not in _SCOPES:
        raise Fault(f"there is no scope {scope!r} of fixtures")
    values = [each.values[0] if type(each) is Parameters else each for each in params or ()]
    setattr(function, _FIXTURE, Definition(function, scope, values, autouse, name))
    return function


def definitions(holder: Any) -> dict[str, Definition]:
    """The fixtures that a module or a class defines."""
    found = {}
    places = reversed(type.mro(holder)) if inspect.isclass(holder) else [holder]
    for place in places:
        for name, value in list(vars(place).items()):
            definition = getattr(value, "__dict__", {}).get(_FIXTURE)
            if type(definition) is Definition:
                found[definition.name or name] = definition
    return found


class Fixtures:
    """The fixtures of one file: makes each when it is first asked for in its scope."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._made: dict[str, list[tuple[Any, Any, Any, Callable[[], None]]]] = {
            scope: [] for scope in _SCOPES
        }

    def available(self, group: Any) -> dict[str, Definition]:
        return {**definitions(self._module), **({} if group is None else definitions(group))}

    def wanted(self, function: Any, group: Any, given: Values, more: list[str]) -> list[str]:
        """What a test has to be given, autouse fixtures first; not what it is `given` anyway."""
        known = self.available(group)
        names = [name for name, each in known.items() if each.autouse] + more
        names += [name for name in parameters(function) if name != "self"]
        return [name for name in dict.fromkeys(names) if name not in given]

    def choices(self, names: list[str], group: Any) -> Iterator[Values]:
        """Every combination of parameters of these fixtures and of those that they need."""
        known = self.available(group)
        needed = list(dict.fromkeys(self._closure(names, known)))
        axes = [
            [(name, value) for value in known[name].params] for name in needed if known[name].params
        ]
        return map(dict, itertools.product(*axes))

    def _closure(self, names: list[str], known: Mapping[str, Definition]) -> Iterator[str]:
        for name in names:
            if name in known:
                yield name
                inner = [each for each in parameters(known[name].function) if each != name]
                yield from self._closure(inner, known)

    def value(self, name: str, group: Any, instance: Any, chosen: Values) -> Any:
        """The value of a fixture for the test under way."""
        known = self.available(group).get(name)
        if known is None:
            return self._own(name)
        parameter = chosen.get(name)
        for function, of_group, of_parameter, _ in self._made[known.scope]:
            if function is known.function and of_parameter is parameter:
                return of_group
        arguments = {}
        for each in parameters(known.function):
            if each == "self":
                arguments[each] = instance if instance is not None or group is None else group()
            elif each == "request":
                arguments[each] = self._request(parameter, instance, group, chosen)
            else:
                arguments[each] = self.value(each, group, instance, chosen)
        value, finish = _made(known.function, arguments)
        self._made[known.scope].append((known.function, value, parameter, finish))
        return value

    def _request(self, parameter: Any, instance: Any, group: Any, chosen: Values) -> Any:
        def add_finalizer(finish: Callable[[], None]) -> None:
            self._made["function"].append((None, None, None, finish))

        return SimpleNamespace(
            param=parameter,
            cls=group,
            instance=instance,
            module=self._module,
            addfinalizer=add_finalizer,
            getfixturevalue=lambda name: self.value(name, group, instance, chosen),
        )

    def _own(self, name: str) -> Any:
        maker = _OWN.get(name)
        if maker is None:
            raise Fault(f"there is no fixture {name!r} here")
        for function, value, _, _ in self._made["function"]:
            if function is maker:
                return value
        value, finish = maker()
        self._made["function"].append((maker, value, None, finish))
        return value

    def leave(self, scope: str) -> None:
        """Take down what was made for a scope, last first."""
        made = self._made[scope]
        while made:
            made.pop()[3]()


def parameters(function: Any) -> list[str]:
    """Names that a function has to be given, but for what its patchings give it."""
    found = inspect.signature(inspect.unwrap(function)).parameters.values()
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    names = [each.name for each in found if each.kind not in kinds and each.default is each.empty]
    place = int(names[:1] == ["self"])
    return names[:place] + names[place + _patched(function) :]


def _patched(function: Any) -> int:
    """How many arguments unittest.mock.patch puts before those that it is called with by name."""
    patchings = getattr(function, "patchings", [])
    return sum(each.new is DEFAULT and not each.attribute_name for each in patchings)


def _made(function: Any, arguments: Values) -> tuple[Any, Callable[[], None]]:
    result = function(**arguments)
    if not inspect.isgenerator(result):
        return result, lambda: None
    return next(result), lambda: _end(result)


def _end(generator: Any) -> None:
    for _ in generator:
        raise Fault("a fixture yields more than once")


class Captured(NamedTuple):
    out: str
    err: str


class Capture:
    """capsys: takes the place of the standard streams."""

    def __init__(self) -> None:
        self._before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()

    def readouterr(self) -> Captured:
        texts = []
        for stream in (sys.stdout, sys.stderr):
            texts.append(stream.getvalue() if isinstance(stream, io.StringIO) else "")
            stream.seek(0)
            stream.truncate(0)
        return Captured(*texts)

    def close(self) -> None:
        sys.stdout, sys.stderr = self._before


def _capture() -> tuple[Any, Callable[[], None]]:
    capture = Capture()
    return capture, capture.close


def _monkeypatch() -> tuple[Any, Callable[[], None]]:
    patch = MonkeyPatch()
    return patch, patch.undo


_OWN: dict[str, Callable[[], tuple[Any, Callable[[], None]]]] = {
    "capsys": _capture,
    "monkeypatch": _monkeypatch,
}
