"""Runs in the sandbox in front of a program: makes the calls of its tests, tells what each gave.

Everything here runs beside the program and may be changed by it; nothing here is believed. The
protocol is that of verifiers/code/calls/wire.py. Runners import this once for all programs.
"""

import json
import os
import sys
import types
from typing import Any

MODULE = "solution"
FILE = "solution.py"
MOST_BITS = 14_000
MAKERS: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "dict": dict}
SCALARS = (type(None), bool, float, str)


def main() -> None:
    """Answer the request on standard input."""
    token, _, text = sys.stdin.buffer.read().partition(b"\n")
    tell, end, flush = teller(os.dup(1), token), os._exit, [sys.stdout.flush, sys.stderr.flush]
    request = json.loads(text)
    module = types.ModuleType(MODULE)
    module.__file__ = f"{os.getcwd()}/{FILE}"
    sys.modules[MODULE] = module
    sys.setrecursionlimit(5000)
    try:
        exec(request["given"], module.__dict__)  # noqa: S102 - what the task gives to programs
        with open(FILE, encoding="utf-8") as file:
            source = file.read()
        exec(compile(source, FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except BaseException as error:  # whatever loading raises is told
        tell(["unloadable", type(error).__name__, text_of(error)])
        sys.excepthook(type(error), error, error.__traceback__)
        end(1)
    tell(["ready"])
    for name, args, named in request["calls"]:
        reply = outcome(module, name, args, named)
        tell(reply)
        if reply[0] != "value" and request["stop"]:
            break
    for each in flush:
        try:
            each()
        except (OSError, ValueError):
            continue
    end(0)


def teller(out: int, token: bytes) -> Any:
    """A function that writes one reply, and does nothing in processes that the program forks."""
    write, dumps, getpid, end = os.write, json.dumps, os.getpid, os._exit
    home = getpid()

    def tell(reply: list[Any]) -> None:
        if getpid() != home:
            end(1)
        # A lone surrogate crosses as itself.
        text = dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
        data = b"\n" + token + text + b"\n"
        while data:
            data = data[write(out, data) :]

    return tell


def outcome(module: types.ModuleType, name: str, args: Any, named: Any) -> list[Any]:
    """What a call gave, as a reply."""
    function = vars(module).get(name)
    if not callable(function):
        return ["other"]
    try:
        result = function(*map(decode, args), **{key: decode(each) for key, each in named})
    except Exception as error:
        return ["raised", type(error).__name__, text_of(error)]
    except BaseException:  # which means something to whoever runs the tests
        return ["other"]
    try:
        return ["value", encode(result)]
    except (TypeError, RecursionError):
        return ["other"]


def encode(value: Any) -> Any:
    """A value as it goes over the wire, taken by what its type is."""
    kind = type(value)
    if kind in SCALARS or (kind is int and value.bit_length() <= MOST_BITS):
        return value
    if kind in (list, tuple, set):
        return {"t": kind.__name__, "v": [encode(each) for each in value]}
    if kind is dict:
        pairs = [{"t": "tuple", "v": [encode(key), encode(value[key])]} for key in value]
        return {"t": "dict", "v": pairs}
    raise TypeError("no plain value")


def decode(wire: Any) -> Any:
    if type(wire) is not dict:
        return wire
    return MAKERS[wire["t"]](map(decode, wire["v"]))


def text_of(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except BaseException:  # an exception of the program's may fail at this too
        return ""
