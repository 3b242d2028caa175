"""What goes to a driver over standard input, and what comes back at the end of its output.

To it: a token that nobody could know before, on a line of its own, then a request as JSON. Back:
the token again, then a reply as JSON on the same line. The token parts the reply from what the
program printed; it keeps no secret, since a program that forges a reply has only given its answer.

    {"result": value}                  what the call returned, or a list of what each call did
    {"raised": [[class, ...], text]}   an exception, with what its class derives from
    {"unloadable": [class, text]}      the program does not get as far as to define anything
    {"missing": name}                  it defines no such function, class or method
    {"unfit": text}                    the arguments do not fit the types that it declares

In values, null, truth values, numbers, texts and lists stand for themselves. {"o": [[key, value],
...]} is an object, {"t": kind, "v": [...]} anything else: a "ListNode" or "TreeNode" with its
values, a "set" with its items, "nothing" where a list or tree has no nodes, or what is no JSON.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from verifiers.code.function.compare import Foreign, NoNodes, Unordered
from verifiers.code.function.reference import MAX_DEPTH, ClassTest, FunctionReference, FunctionTest

_ROOM_BYTES = 65_536
_GROWTH = 16
"""How much longer than what is expected a reply may be, spelt as wasteful as any driver does."""
_LONGEST_TEXT = 1_000

Kind = Literal["result", "raised", "unloadable", "missing", "unfit", "too_large", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a driver told of one test; `kind` is "none" if it told nothing that can be read."""

    kind: Kind
    value: Any = None
    """Of a result."""
    classes: tuple[str, ...] = ()
    text: str = ""
    printed: bytes = b""
    """What the program itself had written to its standard output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The standard input of one test, and the token by which its reply is known."""

    token: bytes
    stdin: bytes
    most_bytes: int
    """A longer reply cannot be right."""

    def read(self, stdout: bytes) -> Reply:
        """The reply at the end of what a run wrote to its standard output."""
        printed, found, rest = stdout.rpartition(self.token)
        if not found:
            return Reply(kind="none", printed=stdout)
        printed = printed.removesuffix(b"\n")
        line = rest.partition(b"\n")[0]
        if len(line) > self.most_bytes:
            return Reply(kind="too_large", printed=printed)
        try:
            return _reply(json.loads(line), printed)
        except (ValueError, TypeError, KeyError, RecursionError):
            return Reply(kind="none", printed=printed)


def question(reference: FunctionReference, case: FunctionTest | ClassTest) -> Question:
    """What a driver is asked for one test. Expected values are no part of it."""
    token = secrets.token_hex(16).encode()
    request = _request(reference, case)
    text = json.dumps(request, separators=(",", ":"), ensure_ascii=False)
    expected = len(json.dumps(case.expected, separators=(",", ":")))
    if reference.in_place is not None:
        expected += len(text)
    return Question(
        token=token,
        stdin=token + b"\n" + text.encode("utf-8", "surrogatepass"),
        most_bytes=_ROOM_BYTES + _GROWTH * expected,
    )


def _request(reference: FunctionReference, case: FunctionTest | ClassTest) -> dict[str, Any]:
    request: dict[str, Any] = {"owner": reference.owner, "name": reference.name}
    if isinstance(case, ClassTest):
        return {**request, "ops": case.ops, "args": case.args, "types": _types(reference, case.ops)}
    return {
        **request,
        "args": case.args,
        "kwargs": case.kwargs,
        "types": _types(reference, [reference.name]),
        "in_place": reference.in_place,
    }


def _types(reference: FunctionReference, names: Sequence[str]) -> dict[str, Any]:
    known = {name: reference.types_of(name) for name in names}
    return {name: types.model_dump() for name, types in known.items() if types.model_fields_set}


def _reply(message: Any, printed: bytes) -> Reply:
    """Raises ValueError, TypeError or KeyError for what no driver writes."""
    if type(message) is not dict:
        raise TypeError("no reply")
    ((kind, content),) = message.items()
    match kind:
        case "result":
            return Reply(kind=kind, value=_value(content), printed=printed)
        case "raised":
            classes, text = content
            names = tuple(_text(name) for name in classes)
            return Reply(kind=kind, classes=names, text=_text(text), printed=printed)
        case "unloadable":
            name, text = content
            return Reply(kind=kind, classes=(_text(name),), text=_text(text), printed=printed)
        case "missing" | "unfit":
            return Reply(kind=kind, text=_text(content), printed=printed)
        case _:
            raise ValueError("no such reply")


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("no text")
    return value[:_LONGEST_TEXT].encode(errors="replace").decode()


def _value(wire: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if type(wire) is list:
        return [_value(each, depth + 1) for each in wire]
    if type(wire) is not dict:
        return wire
    if "o" in wire:
        return _object(wire["o"], depth)
    return _special(wire, depth)


def _object(pairs: Any, depth: int) -> Any:
    if not all(_is_key(key) for key, _ in pairs):
        return Foreign("dictionary with keys that JSON cannot have")
    found = {_key(key): _value(value, depth + 1) for key, value in pairs}
    if len(found) < len(pairs):
        return Foreign("dictionary with keys that are one in JSON")
    return found


def _is_key(key: Any) -> bool:
    return key is None or type(key) in (str, bool, int, float)


def _key(key: Any) -> str:
    """A key as JSON writes it."""
    return key if type(key) is str else json.dumps(key)


def _special(wire: Mapping[str, Any], depth: int) -> Any:
    kind = _text(wire["t"])
    if kind == "nothing":
        return NoNodes()
    if kind in ("ListNode", "TreeNode"):
        return [_value(each, depth + 1) for each in wire["v"]]
    if kind == "set":
        return Unordered([_value(each, depth + 1) for each in wire["v"]])
    return Foreign(kind)
