"""One program as the agent sees it: its pipes, its limits, and how it ended."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import orders
from .grounds import Ground
from .meter import Meter
from .warm import Ended, WarmInterpreter

_READ_BYTES = 1 << 18
_REPORT_BYTES = 16 * 1024 * 1024
_KILL_AGAIN_S = 0.1
_GIVE_UP_S = 20.0
"""A run that was killed and has not ended by then is beyond repair."""

_OUT_OF_MEMORY_SIGNS = (b"MemoryError", b"std::bad_alloc", b"OutOfMemoryError", b"out of memory")
_STDERR_TAIL_BYTES = 2000


class Broken(Exception):
    """This runner cannot be trusted any more; the pool must replace it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """As on the wire; see sandbox.types.Limits."""

    cpu_s: float
    wall_s: float
    memory_bytes: int
    output_bytes: int
    processes: int
    file_bytes: int


class Party:
    """A program under way. Feed it what its descriptors give; ask it when to look again."""

    def __init__(
        self,
        warm: WarmInterpreter,
        ground: Ground,
        meter: Meter,
        order: dict[str, Any],
        blobs: Sequence[bytes],
        stdin: bytes,
        *,
        inherited_bytes: int,
        link: int | None,
        reports: bool,
    ) -> None:
        self.limits = Limits(**order["limits"])
        self.meter = meter
        self._ground = ground
        self._directory: str = order["dir"]
        self._keep: list[str] = order["keep"]
        self._inherited_bytes = inherited_bytes
        self._output: dict[int, bytearray] = {}
        self._failure = bytearray()
        self._end: Ended | None = None
        self._kept: dict[str, bytes] = {}
        self._orphans_cpu_s = 0.0
        self._killed_for: tuple[str, str] | None = None
        self._killed_at = 0.0
        self._peak_bytes = 0
        self._read_ends: list[int] = []
        given: list[int] = []
        try:
            given = self._open_pipes(stdin, link, reports=reports)
            given.append(orders.pack(order, blobs))
            status, *streams, order_file = given
            self.pid = warm.spawn(order_file, status, streams, ground.entrance)
        finally:
            for fd in given:
                os.close(fd)
        self._started = time.monotonic()
        self._look_again_at = self._started + _pause(self.limits.cpu_s, 0.0)

    def _open_pipes(self, stdin: bytes, link: int | None, *, reports: bool) -> list[int]:
        """Descriptors for the child: status, stdin, stdout, stderr, then link and report."""
        self._status, status_write = os.pipe()
        self._read_ends.append(self._status)
        with _acting_as(self._ground.uid):
            given = [status_write, orders.memory_file(stdin)]
            for _ in range(3 if reports else 2):
                read, write = os.pipe()
                os.set_blocking(read, False)
                self._read_ends.append(read)
                self._output[read] = bytearray()
                given.append(write)
        if link is not None:
            given.insert(4, os.dup(link))
        return given

    @property
    def descriptors(self) -> list[int]:
        """What is still to be read."""
        return self._read_ends

    @property
    def ended(self) -> bool:
        """Whether the program has ended, and with it everything it started."""
        return self._end is not None

    @property
    def over(self) -> bool:
        """Whether it has ended and all it wrote has been read."""
        return self.ended and not self._read_ends

    def feed(self, fd: int) -> None:
        """Read what there is on `fd`."""
        try:
            data = os.read(fd, _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            os.close(fd)
            self._read_ends.remove(fd)
        elif fd == self._status:
            self._failure += data
        else:
            self._output[fd] += data
            self._check_output()

    def end(self, how: Ended) -> None:
        """The program has ended: keep what is asked for and clear its ground."""
        self._end = how
        if self._keep and how.exit_code == 0:
            self._kept = self._ground.keep(self._directory, self._keep)
        self._orphans_cpu_s, orphans_peak_bytes = self._ground.clear()
        self._peak_bytes = max(self._peak_bytes, how.peak_bytes - self._inherited_bytes)
        self._peak_bytes = max(self._peak_bytes, orphans_peak_bytes - self._inherited_bytes)

    def look_in(self, now: float) -> float:
        """Check the limits if it is time to; returns when to look again."""
        if now < self._look_again_at:
            return self._look_again_at
        if self._killed_for is not None:
            self._kill_again(now)
        else:
            self._check_use(now)
        return self._look_again_at

    def kill(self, status: str = "violation", message: str = "stopped") -> None:
        """End it; `status` becomes its result unless another limit was first."""
        if self.ended or self._killed_for is not None:
            return
        self._killed_for = (status, message)
        self._killed_at = time.monotonic()
        self._look_again_at = self._killed_at + _KILL_AGAIN_S
        self._ground.kill()

    def result(self) -> tuple[dict[str, Any], list[bytes], dict[str, bytes]]:
        """(execution, [stdout, stderr, report], kept files) once everything is over.

        Raises Broken when the program could not be set up.
        """
        assert self._end is not None  # noqa: S101 - the caller has waited for it
        if self._failure:
            raise Broken(f"a run could not be set up: {self._failure.decode(errors='replace')}")
        outputs = [bytes(buffer) for buffer in self._output.values()]
        outputs += [b""] * (3 - len(outputs))
        cpu_s = self._end.cpu_s + self._orphans_cpu_s
        status, message = self._judge(self._end, cpu_s, outputs[1])
        execution = {
            "status": status,
            "exit_code": self._end.exit_code,
            "signal": self._end.signal,
            "cpu_s": cpu_s,
            "wall_s": self._end.wall_s,
            "memory_bytes": self._peak_bytes,
            "message": message,
        }
        return execution, outputs, self._kept

    def close(self) -> None:
        """Close what is still open."""
        while self._read_ends:
            os.close(self._read_ends.pop())

    def _check_output(self) -> None:
        stdout, stderr, *report = self._output.values()
        over = len(stdout) + len(stderr) - self.limits.output_bytes
        if over > 0:
            longer = max(stdout, stderr, key=len)
            del longer[max(len(longer) - over, 0) :]
            self.kill("output_limit_exceeded", f"wrote more than {self.limits.output_bytes} bytes")
        if report and len(report[0]) > _REPORT_BYTES:
            raise Broken("a report is too long")

    def _check_use(self, now: float) -> None:
        limits, wall_s = self.limits, now - self._started
        use = self.meter.read()
        memory_bytes = use.memory_bytes
        if memory_bytes > limits.memory_bytes:
            # Pages shared between processes were counted for each: look more closely.
            proportional = self.meter.proportional_bytes()
            memory_bytes = memory_bytes if proportional is None else proportional
        self._peak_bytes = max(self._peak_bytes, memory_bytes)
        if use.cpu_s > limits.cpu_s:
            self.kill("time_limit_exceeded", f"used more than {limits.cpu_s:g} s of CPU time")
        elif memory_bytes > limits.memory_bytes:
            self.kill("memory_limit_exceeded", _memory_message(limits))
        elif use.processes > limits.processes:  # gVisor does not hold the limit itself
            self.kill("violation", f"had more than {limits.processes} processes")
        elif wall_s > limits.wall_s:
            self.kill("time_limit_exceeded", f"ran for more than {limits.wall_s:g} s")
        pause = min(_pause(limits.cpu_s, use.cpu_s), max(limits.wall_s - wall_s, 0.001))
        self._look_again_at = now + pause

    def _kill_again(self, now: float) -> None:
        if now - self._killed_at > _GIVE_UP_S:
            raise Broken("a killed run does not end")
        self._ground.kill()
        self._look_again_at = now + _KILL_AGAIN_S

    def _judge(self, end: Ended, cpu_s: float, stderr: bytes) -> tuple[str, str]:
        """How it ended, in the words of sandbox.types.Status, and why for a reader."""
        limits, number = self.limits, end.signal
        if self._killed_for is not None and number is not None:
            return self._killed_for
        # It may have ended by itself just before it was to be killed: then what it used decides.
        if cpu_s > limits.cpu_s or number == signal.SIGXCPU:
            return "time_limit_exceeded", f"used more than {limits.cpu_s:g} s of CPU time"
        if end.wall_s > limits.wall_s:
            return "time_limit_exceeded", f"ran for more than {limits.wall_s:g} s"
        if self._peak_bytes > limits.memory_bytes:
            return "memory_limit_exceeded", _memory_message(limits)
        if self._killed_for is not None and self._killed_for[0] == "output_limit_exceeded":
            return self._killed_for
        if number == signal.SIGXFSZ:
            return "output_limit_exceeded", f"wrote a file over {limits.file_bytes} bytes"
        if number == signal.SIGSYS:
            return "violation", "made a system call that is forbidden here"
        failed = number is not None or end.exit_code != 0
        tail = stderr[-_STDERR_TAIL_BYTES:]
        if failed and any(sign in tail for sign in _OUT_OF_MEMORY_SIGNS):
            return "memory_limit_exceeded", "asked for more memory than there is"
        return ("signalled" if number is not None else "exited"), ""


def _memory_message(limits: Limits) -> str:
    return f"used more than {limits.memory_bytes} bytes of memory"


def _pause(cpu_limit_s: float, used_s: float) -> float:
    """Seconds until the next look: soon at first and near the limit, else seldom."""
    return min(max((cpu_limit_s - used_s) / 4, 0.005), 0.01 + used_s / 20, 0.05)


@contextlib.contextmanager
def _acting_as(uid: int | None) -> Iterator[None]:
    """Make pipes and files that `uid`, and nobody else, may open again by name (/dev/stdout)."""
    if uid is None:
        yield
        return
    os.setresuid(-1, uid, -1)
    try:
        yield
    finally:
        os.setresuid(-1, 0, -1)
