"""Warm interpreters: processes that have imported what programs will want, and fork to start one.

The first is forked from the agent before any submission arrives; each further one from the first.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import types
from collections.abc import Sequence
from typing import Any, NoReturn

from . import grounds, orders, program, system, warden

STANDARD = tuple(
    """
    abc array bisect calendar cmath collections collections.abc contextlib copy dataclasses datetime
    decimal enum fractions functools heapq io itertools json math numbers operator os queue
    random re statistics string struct sys threading time traceback types typing
    """.split()  # noqa: SIM905 - a page of quotes would be harder to read
)
"""What every warm interpreter has imported: the modules that programs ask for most."""

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class WarmInterpreter:
    """The agent's end of one warm interpreter."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        hello, _ = orders.receive(channel)
        self.pid: int = hello["pid"]
        self.inherited_bytes: int = hello["inherited_bytes"]
        """Resident memory that its children share with it, beyond a plain interpreter's."""

    def load(self, modules: Sequence[str], sources: Sequence[bytes]) -> None:
        """Import a harness from source text. Raises RuntimeError when it does not import."""
        order = orders.pack({"op": "load", "modules": list(modules)}, sources)
        orders.send(self._channel, {"op": "load"}, [order])
        os.close(order)
        reply, _ = orders.receive(self._channel)
        if reply["op"] != "loaded":
            raise RuntimeError(f"a harness does not import: {reply['detail']}")

    def spawn(self, order: int, status: int, streams: Sequence[int], *, fresh: bool) -> int:
        """Start a run; returns its warden's process id. The descriptors stay the caller's."""
        header = {"op": "spawn", "fresh": fresh}
        orders.send(self._channel, header, [order, status, *streams])
        reply, _ = orders.receive(self._channel)
        if reply["op"] != "spawned":
            raise OSError(f"a run could not be started: {reply['detail']}")
        pid: int = reply["pid"]
        return pid

    def grow(self, preload: Sequence[str]) -> "WarmInterpreter":
        """Fork another warm interpreter that has imported `preload` too."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            orders.send(self._channel, {"op": "grow", "preload": list(preload)}, [theirs.fileno()])
        return WarmInterpreter(ours)


def first() -> WarmInterpreter:
    """Fork the first warm interpreter off the calling process, which must be single-threaded."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        _serve(theirs, STANDARD, _resident_bytes())
    theirs.close()
    return WarmInterpreter(ours)


def _serve(channel: socket.socket, preload: Sequence[str], plain_bytes: int) -> NoReturn:
    """Take orders until the agent has gone; `plain_bytes` is the size before any import."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens and interpreters are reaped unasked
    # A warden must not die of a signal that comes before it can act on it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)
    program.rehearse()
    _import_present(preload)
    _settle()
    inherited_bytes = _resident_bytes() - plain_bytes
    orders.send(channel, {"pid": os.getpid(), "inherited_bytes": inherited_bytes})
    try:
        while True:
            header, fds = orders.receive(channel)
            _obey(channel, header, fds, plain_bytes)
    except (EOFError, OSError):
        os._exit(0)


def _obey(channel: socket.socket, header: dict[str, Any], fds: list[int], plain_bytes: int) -> None:
    if header["op"] == "load":
        orders.send(channel, _load(*orders.unpack(fds[0])))
    elif header["op"] == "grow":
        if os.fork() == 0:
            channel.close()
            _serve(socket.socket(fileno=fds[0]), header["preload"], plain_bytes)
        os.close(fds[0])
    else:
        orders.send(channel, _spawn(channel, header, fds))
        for fd in fds:
            os.close(fd)


def _spawn(channel: socket.socket, header: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    try:
        pid = system.fork_into(grounds.FRESH) if header["fresh"] else system.fork()
    except OSError as error:
        return {"op": "refused", "detail": str(error)}
    if pid == 0:
        channel.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        order, blobs = orders.unpack(fds[0])
        warden.stand(order, blobs, fds[2:], fds[1])
    return {"op": "spawned", "pid": pid}


def _load(header: dict[str, Any], sources: list[bytes]) -> dict[str, Any]:
    """Import modules given as text. They come from the service and are trusted."""
    try:
        for name, source in zip(header["modules"], sources, strict=True):
            module = types.ModuleType(name)
            module.__file__ = f"<{name}>"
            if any(other.startswith(name + ".") for other in header["modules"]):
                module.__path__ = []
            sys.modules[name] = module
            parent, _, child = name.rpartition(".")
            module.__package__ = name if hasattr(module, "__path__") else parent
            exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 - see above
            if parent in sys.modules:
                setattr(sys.modules[parent], child, module)
    except BaseException as error:  # a harness may fail in any way; the agent tells
        return {"op": "failed", "detail": repr(error)}
    _settle()
    return {"op": "loaded"}


def _import_present(names: Sequence[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # not installed here: a program that imports it will be told so


def _settle() -> None:
    """Put what is alive out of the collector's reach, so that children share its pages."""
    gc.disable()
    gc.collect()
    gc.freeze()


def _resident_bytes() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * _PAGE_BYTES
