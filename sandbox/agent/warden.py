"""Stands between the agent and the program of one run: prepares, waits, counts, clears away.

The warden is the parent of the program and, as the first process of its PID namespace or as a
subreaper, of every orphan it leaves; so it can count and kill all of them. Never returns.
"""

import contextlib
import os
import signal
import stat
import time
from collections.abc import Sequence
from typing import Any, NoReturn

from . import grounds, program, protocol, system

KEEP_BYTES = 256 * 1024 * 1024
"""The most that may be kept of what a compiler made."""


def stand(
    order: dict[str, Any], blobs: list[bytes], streams: Sequence[int], status: int
) -> NoReturn:
    """See one run through and report it on `status`, as one frame."""
    try:
        report, kept = _see_through(order, blobs, streams, status)
        frame = protocol.encode(report, kept)
    except (OSError, protocol.ProtocolError) as error:
        frame = protocol.encode({"op": "failed", "detail": f"warden: {error!r}"})
    _write_all(status, frame)
    os._exit(0)


def _see_through(
    order: dict[str, Any], blobs: list[bytes], streams: Sequence[int], status: int
) -> tuple[dict[str, Any], list[bytes]]:
    _prepare_ground(order)
    run = _Run(order)
    started = time.monotonic()
    run.pid = system.fork()
    if run.pid == 0:
        program.start(order, blobs, streams, status)
    signal.signal(signal.SIGTERM, lambda *_: run.kill())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    for fd in streams:
        os.close(fd)
    run.await_program()
    wall_s = time.monotonic() - started
    run.clear_processes()
    names, kept = _keep(order) if order["keep"] and run.wait_status == 0 else ([], [])
    if not order["fresh"]:
        grounds.sweep(order["uid"])
    report = {
        "op": "ended",
        "exit_code": os.WEXITSTATUS(run.wait_status) if os.WIFEXITED(run.wait_status) else None,
        "signal": os.WTERMSIG(run.wait_status) if os.WIFSIGNALED(run.wait_status) else None,
        "cpu_s": run.cpu_s,
        "wall_s": wall_s,
        "peak_bytes": run.peak_bytes,
        "kept": names,
    }
    return report, kept


def _prepare_ground(order: dict[str, Any]) -> None:
    if order["fresh"]:
        grounds.map_ids(*order["outer_ids"])
        grounds.furnish(order["space_bytes"])
    else:
        with contextlib.suppress(
            OSError
        ):  # unknown to gVisor of 2022; the agent then takes orphans
            system.prctl(system.PR_SET_CHILD_SUBREAPER, 1)


class _Run:
    """The processes of the run, as their parent sees them."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.fresh: bool = order["fresh"]
        self.uid: int = order["uid"]
        self.pid = 0
        self.wait_status = 0
        self.cpu_s = 0.0
        self.peak_bytes = 0

    def await_program(self) -> None:
        """Wait until the program itself has ended, reaping orphans meanwhile."""
        ended = False
        while not ended:
            ended = self._reap() == self.pid

    def clear_processes(self) -> None:
        """Kill what the program left running, and wait until all of it is gone."""
        try:
            while True:
                if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                    self.kill()
                self._reap()
        except ChildProcessError:
            return

    def kill(self) -> None:
        """Kill everything in this run. Also the handler of the agent's SIGTERM."""
        if self.fresh:
            # As the first process of the namespace we are spared.
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            return
        # Killing "all that I may" in one call leaves a fork bomb no gap, and needs the run's uid.
        killer = system.fork()
        if killer == 0:
            os.setresuid(self.uid, self.uid, self.uid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(killer, 0)

    def _reap(self) -> int:
        pid, status, usage = os.wait4(-1, 0)
        self.cpu_s += usage.ru_utime + usage.ru_stime
        self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
        if pid == self.pid:
            self.wait_status = status
        return pid


def _keep(order: dict[str, Any]) -> tuple[list[str], list[bytes]]:
    """Read what the compiler made. Its names may be links or devices by now: plain files only."""
    names, kept, total = [], [], 0
    if not order["fresh"]:
        os.setresuid(-1, order["uid"], -1)
    try:
        for name in order["keep"]:
            content = _read_plain_file(f"{order['dir']}/{name}", KEEP_BYTES - total)
            if content is not None:
                names.append(name)
                kept.append(content)
                total += len(content)
    finally:
        if not order["fresh"]:
            os.setresuid(-1, 0, -1)
    return names, kept


def _read_plain_file(path: str, most: int) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(fd, "rb") as file:
        kind = os.fstat(fd)
        if not stat.S_ISREG(kind.st_mode) or kind.st_size > most:
            return None
        return file.read(most)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
