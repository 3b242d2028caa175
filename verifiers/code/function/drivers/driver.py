"""Runs in the sandbox in front of a Python program: calls it once and tells what came of it.

Everything here runs beside the program and may be changed by it; nothing here is believed. The
protocol is that of verifiers/code/function/wire.py. This file is compiled for every test, so what
few tests need is in another one, driver_values.py.
"""

import builtins
import json
import os
import resource
import sys
import types
from typing import Any

MODULE = "solution"
FILE = "solution.py"
RECURSION_LIMIT = 50_000
STACK_BYTES = 100 * 1024 * 1024
MOST_BITS = 14_000
"""Of an integer: those that are longer are not in JSON either."""

#: What judges of functions import before the program: these modules, and all names of some.
MODULES = """
    array bisect collections copy datetime functools heapq io itertools json math operator os
    random re statistics string sys time typing
""".split()  # noqa: SIM905 - a page of quotes would be harder to read
UNPACKED = ("string", "math", "bisect", "heapq", "itertools", "functools", "typing", "collections")

given: dict[str, Any] = {}
"""What was in the program's namespace before it was loaded."""


class ListNode:
    """A node of a singly linked list."""

    def __init__(self, val: Any = 0, next: Any = None) -> None:  # noqa: A002 - as solutions have it
        self.val = val
        self.next = next


class TreeNode:
    """A node of a binary tree."""

    def __init__(self, val: Any = 0, left: Any = None, right: Any = None) -> None:
        self.val = val
        self.left = left
        self.right = right


class Untold(Exception):
    """The reply that ends this run."""

    def __init__(self, kind: str, content: Any) -> None:
        self.reply = {kind: content}


def main() -> None:
    """Answer the request on standard input."""
    out = os.dup(1)
    token, _, text = sys.stdin.buffer.read().partition(b"\n")
    write, end, dumps, flush = os.write, os._exit, json.dumps, [sys.stdout.flush, sys.stderr.flush]
    home = os.getpid()
    reply = dumps(answer(json.loads(text)))
    if os.getpid() != home:
        end(1)
    for each in flush:
        try:
            each()
        except (OSError, ValueError):
            continue
    data = b"\n" + token + reply.encode() + b"\n"
    while data:
        data = data[write(out, data) :]
    end(0)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request."""
    sys.setrecursionlimit(RECURSION_LIMIT)
    allow_deep_stack()
    try:
        module = load()
        return {"result": live(module, request) if "ops" in request else once(module, request)}
    except Untold as told:
        return told.reply
    except BaseException as error:  # whatever the program raised is what came of it
        return {"raised": [[kind.__name__ for kind in type(error).__mro__], failure(error)]}


def allow_deep_stack() -> None:
    """Make room for the recursion of functions in C, such as those that cache results."""
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    size = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (size, hard))


def load() -> types.ModuleType:
    """The program as a module, with the names that are usually there."""
    module = types.ModuleType(MODULE)
    module.__file__ = FILE
    sys.modules[MODULE] = module
    namespace = module.__dict__
    for name in UNPACKED:
        unpacked = __import__(name)
        for each in getattr(unpacked, "__all__", None) or vars(unpacked):
            if not each.startswith("_") and not hasattr(builtins, each):
                namespace[each] = getattr(unpacked, each)
    for name in MODULES:
        namespace[name] = __import__(name)
    namespace.update(ListNode=ListNode, TreeNode=TreeNode)
    given.update(namespace)
    with open(FILE, "rb") as file:
        source = file.read()
    try:
        exec(compile(source, FILE, "exec", dont_inherit=True), namespace)  # noqa: S102
    except SystemExit:
        pass  # what was defined before is there
    except BaseException as error:  # whatever loading raises is told
        raise Untold("unloadable", [type(error).__name__, failure(error)]) from error
    return module


def once(module: types.ModuleType, request: dict[str, Any]) -> Any:
    """What the one call of a test gives, encoded."""
    name = request["name"]
    function = find_function(module, request["owner"], name)
    kinds = request["types"].get(name)
    return call(function, request["args"], kinds, request["kwargs"], request["in_place"])[1]


def live(module: types.ModuleType, request: dict[str, Any]) -> list[Any]:
    """What the operations of an object's life give, each encoded at once."""
    cls = getattr(module, request["name"], None)
    if not isinstance(cls, type):
        raise Untold("missing", request["name"])
    operations = zip(request["ops"], request["args"], strict=True)
    name, raw = next(operations)
    self = call(cls, raw, request["types"].get(name), {}, None)[0]
    results: list[Any] = [None]
    for name, raw in operations:
        method = getattr(self, name, None)
        if method is None:
            raise Untold("missing", f"{request['name']}.{name}")
        results.append(call(method, raw, request["types"].get(name), {}, None)[1])
    return results


def call(
    function: Any, raw: list[Any], kinds: Any, named: dict[str, Any], in_place: int | None
) -> tuple[Any, Any]:
    """What a call returned, and what it is worth on the wire: the result, or an argument."""
    is_class = isinstance(function, type)
    declared = function.__init__ if is_class else function
    annotations = f"{kinds}{getattr(declared, '__annotations__', None)}"
    typed = None
    if "Node" in annotations or any(type(each) is dict for each in raw):
        typed = values().Typed(sys.modules[__name__], kinds, function)
    args = raw if typed is None else typed.decode_all(raw)
    passed = list(args)
    result = function(*args, **named)
    if isinstance(result, types.CoroutineType):
        import asyncio  # which takes longer than most programs

        result = asyncio.run(result)
    if is_class:
        return result, None
    judged = result if in_place is None else passed[in_place]
    return result, encode(judged) if typed is None else typed.encode(judged, in_place)


def find_function(module: types.ModuleType, owner: str | None, name: str) -> Any:
    """The function, or the method of a new object: whichever of the two the program defines."""
    cls = getattr(module, owner or "Solution", None)
    plain = getattr(module, name, None)
    if plain is given.get(name):
        plain = None
    if isinstance(cls, type) and hasattr(cls, name) and (owner or plain is None):
        return getattr(cls(), name)
    if plain is None:
        raise Untold("missing", f"{owner}.{name}" if owner else name)
    return plain


def encode(value: Any) -> Any:
    """A value as it goes over the wire, taken by what its type is."""
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        return value if value.bit_length() <= MOST_BITS else {"t": "number too large"}
    if kind in (list, tuple):
        return [encode(each) for each in value]
    return values().encode_object(sys.modules[__name__], value)


def values() -> Any:
    """What few tests need; found beside this file."""
    sys.dont_write_bytecode = True
    return __import__("driver_values")


def failure(error: BaseException) -> str:
    """What an exception says; its traceback goes to standard error."""
    told: str = values().failure(error, __file__)
    return told


if __name__ == "__main__":
    main()
