"""The program of one worker process: waits for calls, and has a fork of itself make them.

Started by `verifiers.workers` as `python -I -m verifiers.worker`. The process that reads requests
never runs a function itself. Its child keeps what it has cached from call to call, and is replaced,
at the price of a fork, when a call kills it, after many calls, and before it has grown much.
"""

import contextlib
import ctypes
import gc
import importlib
import io
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple, NoReturn

MAX_FRAME_BYTES = 64 * 1024 * 1024
CALLS_PER_CHILD = 5000
GROWTH_BYTES = 16 * 1024 * 1024
"""A child that holds so much more than it began with is replaced."""
_LENGTH_BYTES = 4
_PR_SET_PDEATHSIG = 1

Functions = Mapping[str, Callable[..., Any]]
Request = dict[str, Any]
"""`function`, how many `calls`, and `cpu_s`, `memory_bytes` for each; a list of as many lists of
arguments follows as a message of its own, which only the child needs to read."""
Result = dict[str, Any]
"""One of {"value": ...}, {"error": text}, {"memory": true} and {"signal": number}."""


def encode(message: Any) -> bytes:
    """A message as JSON."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode()


def framed(body: bytes) -> bytes:
    """An encoded message behind its length; raises ValueError past MAX_FRAME_BYTES."""
    if len(body) > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {len(body)} bytes is over the {MAX_FRAME_BYTES} allowed")
    return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def encode_frame(message: Any) -> bytes:
    """Both at once."""
    return framed(encode(message))


def read_frame(stream: BinaryIO) -> Any:
    """The next message; None at the end of the stream, even if it comes within a frame."""
    body = read_body(stream)
    return None if body is None else json.loads(body)


def read_body(stream: BinaryIO) -> bytes | None:
    """The next message as it was encoded."""
    head = stream.read(_LENGTH_BYTES)
    length = int.from_bytes(head, "big")
    body = stream.read(length) if len(head) == _LENGTH_BYTES else b""
    return body if body and len(body) == length else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when `parent`, which started it, dies."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def resolve(name: str) -> Callable[..., Any]:
    """The function that `module:function` names, its module prepared.

    What `prepare()` of the module does is done once, and shared by all processes that make calls.
    """
    module_name, _, function = name.partition(":")
    module = importlib.import_module(module_name)
    found: Callable[..., Any] = getattr(module, function)
    getattr(module, "prepare", _nothing)()
    return found


def _nothing() -> None:
    """The preparation of most modules."""


class _Child:
    """A fork that makes calls until it is retired, or dies of one of them."""

    def __init__(self, functions: Functions) -> None:
        # Through files in memory, not through pipes: the two need not wait for each other, nor
        # wake each other for every result, and those of a child that dies are there all the same.
        self._requests, self._results = (os.memfd_create(name) for name in ("requests", "results"))
        asked, self._ask = os.pipe()
        self._done, done = os.pipe()
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            os.close(self._done)
            _be_child(parent, functions, _Channel(self._requests, self._results, asked, done))
        os.close(asked)
        os.close(done)
        self._first_bytes = self._own_bytes()
        self._calls = 0

    def make(self, request: Request, calls: bytes) -> list[bytes]:
        """Results of the calls as far as it got, encoded."""
        _replace(self._requests, encode_frame(request) + framed(calls))
        _replace(self._results, b"")
        self._calls += request["calls"]
        with contextlib.suppress(BrokenPipeError):
            os.write(self._ask, b".")
        os.read(self._done, 1)  # or it has died
        results = io.BytesIO(_content(self._results))
        return list(iter(lambda: read_body(results), None))

    def ended_by(self) -> int | None:
        """The signal that it died of, None if it ended of its own accord; waits for the end."""
        os.close(self._ask)
        _, status = os.waitpid(self._pid, 0)
        for descriptor in (self._done, self._requests, self._results):
            os.close(descriptor)
        if os.WIFSIGNALED(status):
            return os.WTERMSIG(status)
        return None if os.WEXITSTATUS(status) == 0 else int(signal.SIGABRT)

    def is_due(self) -> bool:
        """Whether it should be retired: before it grows, and in any case after a while."""
        if self._calls >= CALLS_PER_CHILD:
            return True
        return self._own_bytes() - self._first_bytes > GROWTH_BYTES

    def _own_bytes(self) -> int:
        """What it holds in memory that is not of files."""
        with open(f"/proc/{self._pid}/statm") as statm:
            resident, of_files = statm.read().split()[1:3]
        return (int(resident) - int(of_files)) * resource.getpagesize()


class _Channel(NamedTuple):
    """A child's descriptors: two files in memory, and two pipes that say when to look at them."""

    requests: int
    results: int
    asked: int
    done: int


def _replace(file: int, content: bytes) -> None:
    """Make that all there is in a file, with what follows behind it."""
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    _append(file, content)


def _append(file: int, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += os.write(file, memoryview(content)[written:])


def _content(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _be_child(parent: int, functions: Functions, channel: _Channel) -> NoReturn:
    exit_code = 1
    try:
        die_with_parent(parent)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _let_go_of_service()
        gc.disable()  # it is replaced before it has grown
        while os.read(channel.asked, 1):
            asked = io.BytesIO(_content(channel.requests))
            _make_calls(functions, read_frame(asked), read_frame(asked), channel.results)
            os.write(channel.done, b".")
        exit_code = 0
    except MemoryError:  # it was told of; what it left behind is not worth keeping
        exit_code = 0
    finally:
        os._exit(exit_code)  # never back into the parent's loop


def _let_go_of_service() -> None:
    """Nothing that a function prints or reads is to reach the service."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(nothing, descriptor)


def _make_calls(
    functions: Functions, request: Request, calls: Sequence[Sequence[Any]], results: int
) -> None:
    """Make the calls one after the other; whoever uses up its CPU time dies of SIGPROF.

    Raises MemoryError behind the result of a call that ran out of memory, or left so much of it in
    use that those behind it would have less than their own.
    """
    function = functions[request["function"]]
    _limit_cpu(request["cpu_s"] * len(calls))
    first_bytes = _limit_memory(request["memory_bytes"])
    for arguments in calls:
        signal.setitimer(signal.ITIMER_PROF, request["cpu_s"])
        exhausted = False
        try:
            frame = encode_frame({"value": function(*arguments)})
        except MemoryError:
            frame, exhausted = encode_frame({"memory": True}), True
        except Exception as error:  # the caller gets it, as its own exception
            frame = encode_frame({"error": f"{type(error).__name__}: {error}"})
        signal.setitimer(signal.ITIMER_PROF, 0)
        _append(results, frame)
        if exhausted or _limit_memory(request["memory_bytes"]) - first_bytes > GROWTH_BYTES:
            raise MemoryError


def _limit_memory(growth_bytes: int) -> int:
    """Allow so much more than there is now, which is returned."""
    with open("/proc/self/statm", "rb", buffering=0) as statm:
        now_bytes = int(statm.read().split(maxsplit=1)[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now_bytes + growth_bytes, most))
    return now_bytes


def _limit_cpu(cpu_s: float) -> None:
    """The kernel's own backstop, should the timer be lost."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + cpu_s) + 1, most))


class Caller:
    """Makes the calls of requests in children, one at a time."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._functions: dict[str, Callable[..., Any]] = {}
        self._child: _Child | None = None

    def answer(self, request: Request, calls: bytes) -> bytes:
        """The list of results of the calls of a request, in order, encoded."""
        name, count = request["function"], request["calls"]
        if problem := self._load(name):
            return encode([{"error": f"{name} cannot be called: {problem}"}] * count)
        results: list[bytes] = []
        while len(results) < count:
            self._child = child = self._child or _Child(self._functions)
            rest = encode(json.loads(calls)[len(results) :]) if results else calls
            results += child.make({**request, "calls": count - len(results)}, rest)
            if len(results) < count:
                self._child = None
                if (died_of := child.ended_by()) is not None:
                    results.append(encode({"signal": died_of}))
        self._retire_if_due()
        return b"[" + b",".join(results) + b"]"

    def _load(self, name: str) -> str:
        """Why a function cannot be loaded, or nothing. Only those that are asked for are."""
        if name in self._functions:
            return ""
        if name not in self._allowed:
            return "it is not on the list of allowed functions"
        try:
            self._functions[name] = resolve(name)
        except (ImportError, AttributeError) as error:
            return f"{type(error).__name__}: {error}"
        gc.freeze()  # what children share with this process stays shared
        self._retire()
        return ""

    def _retire(self) -> None:
        if self._child is not None:
            self._child.ended_by()
            self._child = None

    def _retire_if_due(self) -> None:
        if self._child is not None and self._child.is_due():
            self._retire()


def main() -> None:
    """Serve requests from standard input until it ends; arguments: parent's pid, functions."""
    die_with_parent(int(sys.argv[1]))
    caller = Caller(sys.argv[2:])
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    while (request := read_frame(requests)) and (calls := read_body(requests)):
        replies.write(framed(caller.answer(request, calls)))
        replies.flush()


if __name__ == "__main__":
    main()
