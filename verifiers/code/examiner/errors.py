"""Exceptions as data: what of them crosses, and what they become on the other side."""

import builtins
import contextlib
from collections.abc import Sequence
from typing import Any

from .codec import Decoder, Encoder, Uncarriable
from .raisable import library_class, name_of
from .sharing import Shared


def is_error(value: Any) -> bool:
    """Whether it is a class of exceptions."""
    return isinstance(value, type) and issubclass(value, Exception)


_BUILTIN: dict[str, type[BaseException]] = {
    name: kind for name, kind in vars(builtins).items() if is_error(kind)
}
# These end a loop or a generator quietly wherever they come up, and so would end tests.
_ENDINGS = (StopIteration, StopAsyncIteration)


class Refused(Exception):
    """The program gave, or did, what cannot be shown to a test."""

    from_candidate = True


class Errors:
    """The exception classes of the other side, one for each name."""

    def __init__(self) -> None:
        self._classes: dict[str, type[BaseException]] = dict(_BUILTIN)

    def class_of(self, names: Sequence[str]) -> type[BaseException]:
        """The exception class of that name, and of that ancestry."""
        name = names[0]
        if name not in self._classes:
            known = (self._known(each) for each in names[1:])
            base = next((each for each in known if each is not None), Exception)
            self._classes[name] = self._known(name) or _telling(name, base)
        return self._classes[name]

    def _known(self, name: str) -> type[BaseException] | None:
        return self._classes.get(name) or library_class(name)

    def class_to_catch(self, names: Sequence[str]) -> type[BaseException]:
        """The same for tests to catch by: never one that would catch a failed assertion."""
        kind = self.class_of(names)
        if not issubclass(AssertionError, kind):
            return kind
        return self.class_of([f"{names[0]}*", "Exception"])

    def encoded(self, error: BaseException) -> dict[str, Any]:
        """Its class and ancestry by name, its arguments and attributes where plain, its text."""
        kind = type(error)
        if kind is SystemExit:
            return {"exit": _plain(error.code if isinstance(error, SystemExit) else None)}
        if not issubclass(kind, Exception):
            return {"names": ["Refused"], "args": _plain([f"{kind.__name__}: {text_of(error)}"])}
        return {
            "names": names_of(kind),
            "args": _plain(list(error.args)),
            "attributes": {
                name: _plain(value)
                for name, value in vars(error).items()
                if type(name) is str and not name.startswith("_")
            },
            "text": text_of(error),
        }

    def decoded(self, encoded: Any, *, iterating: bool) -> BaseException:
        """The exception to raise here; StopIteration as itself only where an iterator was asked."""
        if "exit" in encoded:
            return _marked(SystemExit(_carried(encoded["exit"])))
        names = [str(name) for name in encoded["names"]]
        text = str(encoded.get("text", ""))
        arguments = _carried(encoded["args"], default=None)
        arguments = [text] if type(arguments) is not list else arguments
        if names == ["Refused"]:
            return Refused(*arguments)
        kind = self.class_of(names)
        if issubclass(kind, _ENDINGS) and not iterating:
            return Refused(f"raised {names[0]}")
        attributes = {
            str(name): _carried(value)
            for name, value in dict(encoded.get("attributes", {})).items()
        }
        try:
            error = _made(kind, arguments, attributes)
        except TypeError:  # groups want the exceptions themselves
            kind = self.class_of([f"{names[0]}*"])
            error = _made(kind, arguments, attributes)
        vars(error)["_text"] = text
        if text_of(error) != text:  # for want of what did not cross
            error = _made(_telling(names[0], kind), arguments, {**attributes, "_text": text})
        return _marked(error)


def names_of(kind: type[BaseException]) -> list[str]:
    """What it is called and what its ancestors are, each with its module."""
    return list(map(name_of, type.mro(kind)))


def _telling(name: str, base: type[BaseException]) -> type[BaseException]:
    """A class of that name whose objects say of themselves what they were told to say."""
    own = {"__str__": _told_text, "__told__": name}
    return type(name.rpartition(".")[2], (base,), own)


def _made(
    kind: type[BaseException], arguments: Sequence[Any], attributes: dict[str, Any]
) -> BaseException:
    """An object of that class, made by what is built in alone: no library's code is run."""
    own: Any = next(each for each in kind.__mro__ if each in _BUILTIN.values())
    error: BaseException = own.__new__(kind, *arguments)
    with contextlib.suppress(TypeError):  # UnicodeDecodeError wants more than its text
        own.__init__(error, *arguments)
    vars(error).update(attributes)
    return error


def text_of(error: BaseException) -> str:
    """What the exception says of itself; "" if it fails to."""
    try:
        text = str(error)
    except BaseException:  # the program's own __str__ may do anything
        return ""
    return str.__str__(text)[:10_000]


def _told_text(error: BaseException) -> str:
    text = vars(error).get("_text")
    return text if type(text) is str else Exception.__str__(error)


def _marked(error: BaseException) -> BaseException:
    vars(error)["from_candidate"] = True
    return error


def _plain(value: Any) -> list[Any]:
    """The encoded value and its memo, or nothing if it is no plain value."""
    try:
        encoder = Encoder(_nothing, Shared())
        return [encoder.encode(value), encoder.memo()]
    except Uncarriable:
        return []


def _carried(told: Any, default: Any = None) -> Any:
    if not told:
        return default
    value, memo = told
    return Decoder(_no_resolving, Shared(), memo).decode(value)


def _nothing(value: Any) -> dict[str, Any]:
    raise Uncarriable(type(value).__name__)


def _no_resolving(tag: str, content: Any) -> Any:
    raise ValueError("an exception carries plain values only")
