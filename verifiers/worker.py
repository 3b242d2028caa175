"""The program of one worker process: waits for calls, and makes each batch of them in a fork.

Started by `verifiers.workers` as `python -I -m verifiers.worker`. The process that reads requests
never runs a function itself, so whatever a call does to memory, caches or signals ends with it.
"""

import ctypes
import importlib
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, NoReturn

MAX_FRAME_BYTES = 64 * 1024 * 1024
_LENGTH_BYTES = 4
_PR_SET_PDEATHSIG = 1

Result = dict[str, Any]
"""One of {"value": ...}, {"error": text}, {"memory": true} and {"signal": number}."""


def encode_frame(message: Any) -> bytes:
    """A message as JSON behind its length; raises ValueError past MAX_FRAME_BYTES."""
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {len(body)} bytes is over the {MAX_FRAME_BYTES} allowed")
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def read_frame(stream: BinaryIO) -> Any:
    """The next message; None at the end of the stream, even if it comes within a frame."""
    head = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    body = stream.read(length) if len(head) == _LENGTH_BYTES else b""
    return json.loads(body) if body and len(body) == length else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when `parent`, which started it, dies."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def resolve(name: str) -> Callable[..., Any]:
    """The function that `module:function` names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def _limit_memory(growth_bytes: int) -> None:
    with open("/proc/self/statm") as statm:
        now_bytes = int(statm.read().split()[0]) * resource.getpagesize()
    limit = now_bytes + growth_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _make_calls(
    function: Callable[..., Any], calls: Sequence[Sequence[Any]], cpu_s: float, output: BinaryIO
) -> None:
    """Make the calls one after the other; whoever uses up its CPU time dies of SIGPROF."""
    spent_s = math.ceil(cpu_s * len(calls)) + 1  # the kernel's own backstop
    resource.setrlimit(resource.RLIMIT_CPU, (spent_s, spent_s + 1))
    for arguments in calls:
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        try:
            frame = encode_frame({"value": function(*arguments)})
        except MemoryError:
            frame = encode_frame({"memory": True})
        except Exception as error:  # the caller gets it, as its own exception
            frame = encode_frame({"error": f"{type(error).__name__}: {error}"})
        signal.setitimer(signal.ITIMER_PROF, 0)
        output.write(frame)
        output.flush()


def _fork_for(
    function: Callable[..., Any],
    calls: Sequence[Sequence[Any]],
    *,
    cpu_s: float,
    memory_bytes: int,
) -> list[Result]:
    """Results of the calls as far as one child got, and the signal that ended it if one did."""
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _be_child(parent, function, calls, cpu_s, memory_bytes, writing)
    os.close(writing)
    results: list[Result] = []
    with open(reading, "rb") as stream:
        while (result := read_frame(stream)) is not None:
            results.append(result)
    _, status = os.waitpid(child, 0)
    if len(results) < len(calls):
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else signal.SIGABRT
        results.append({"signal": int(ended_by)})
    return results


def _be_child(
    parent: int,
    function: Callable[..., Any],
    calls: Sequence[Sequence[Any]],
    cpu_s: float,
    memory_bytes: int,
    writing: int,
) -> NoReturn:
    exit_code = 1
    try:
        die_with_parent(parent)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _limit_memory(memory_bytes)
        with open(writing, "wb") as output:
            _make_calls(function, calls, cpu_s, output)
        exit_code = 0
    finally:
        os._exit(exit_code)  # never back into the parent's loop


def answer(request: dict[str, Any], functions: dict[str, Callable[..., Any] | str]) -> list[Result]:
    """A result for each call of the request, in order."""
    function = functions.get(request["function"], "it is not on the list of allowed functions")
    calls = request["calls"]
    if isinstance(function, str):
        message = f"{request['function']} cannot be called: {function}"
        return [{"error": message} for _ in calls]
    results: list[Result] = []
    while len(results) < len(calls):
        results += _fork_for(
            function,
            calls[len(results) :],
            cpu_s=request["cpu_s"],
            memory_bytes=request["memory_bytes"],
        )
    return results


def main() -> None:
    """Serve requests from standard input until it ends; arguments: parent's pid, functions."""
    die_with_parent(int(sys.argv[1]))
    functions: dict[str, Callable[..., Any] | str] = {}
    for name in sys.argv[2:]:
        try:
            functions[name] = resolve(name)
        except (ImportError, AttributeError) as error:
            functions[name] = f"{type(error).__name__}: {error}"
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while (request := read_frame(requests)) is not None:
        replies.write(encode_frame(answer(request, functions)))
        replies.flush()


if __name__ == "__main__":
    main()
