"""One program as the agent sees it: its pipes, its limits, and how it ended."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import denial, orders
from .grounds import Ground
from .meter import Meter
from .warm import Ended, WarmInterpreter

_READ_BYTES = 1 << 18
_REPORT_BYTES = 16 * 1024 * 1024
_NOWHERE = -1
_KILL_AGAIN_S = 0.1
_EXTRA_TIME_S = 0.05
"""Between two looks at a run whose wall clock is over, but was widened."""
_NEARLY = 0.9
"""Of the wall clock, from where on it is widened."""
_QUOTA_PERIOD_S = 0.1
"""Of what a container may use of CPUs: it may be used up at once, and anew in the next period."""
_GIVE_UP_S = 20.0
"""A run that was killed and has not ended by then is beyond repair."""

_OUT_OF_MEMORY_SIGNS = (b"MemoryError", b"std::bad_alloc", b"OutOfMemoryError", b"out of memory")
_STDERR_TAIL_BYTES = 10_000


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
        outgrown_bytes: int,
        cpus: float,
        link: int | None,
        reports: bool,
        joined: Sequence[int],
    ) -> None:
        self.limits = Limits(**order["limits"])
        self.meter = meter
        self._ground = ground
        self._directory: str = order["dir"]
        self._keep: list[str] = order["keep"]
        self._inherited_bytes = inherited_bytes
        self._outgrown_bytes = outgrown_bytes
        """What its process may have held before it became the program."""
        self._cpus = cpus
        self._joined = bool(joined)
        self._given_bytes = sum(map(len, blobs))
        """What its process writes first: its files."""
        self._output: dict[int, bytearray] = {}
        self._failure = bytearray()
        self._end: Ended | None = None
        self._kept: dict[str, bytes] = {}
        self._orphans_cpu_s = 0.0
        self._killed_for: tuple[str, str] | None = None
        self._killed_at = 0.0
        self._stop: tuple[float, str] | None = None
        """When it is to be stopped for what another did, and the words for that."""
        self._peak_bytes = 0
        self._stolen_before_s: float | None = None
        self._denied_s = 0.0
        """By how much its wall clock is wider, for what others kept it from."""
        self._seen_cpu_s = 0.0
        self._read_ends: list[int] = []
        given: list[int] = []
        try:
            given = self._open_pipes(stdin, link, reports=reports, joined=joined)
            given.append(orders.pack(order, blobs))
            status, *streams, order_file = given
            self.pid = warm.spawn(order_file, status, streams, ground.entrance)
        finally:
            for fd in given:
                os.close(fd)
        self._started = time.monotonic()
        self._look_again_at = self._started + _pause(self.limits.cpu_s, 0.0)

    def _open_pipes(
        self, stdin: bytes, link: int | None, *, reports: bool, joined: Sequence[int]
    ) -> list[int]:
        """Descriptors for the child: status, stdin, stdout, stderr, then link and report."""
        self._status, status_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._read_ends.append(self._status)
        given = [status_write, *map(os.dup, joined)]
        with _acting_as(self._ground.uid):
            if joined:
                self._output[_NOWHERE] = bytearray()  # what it prints goes to another party
            else:
                given.append(orders.memory_file(stdin))
            for _ in range((3 if reports else 2) - bool(joined)):
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
    def failed(self) -> bool:
        """Whether it has ended, and otherwise than with exit code 0."""
        return self._end is not None and self._end.exit_code != 0

    @property
    def over(self) -> bool:
        """Whether it has ended and all it wrote has been read."""
        return self.ended and not self._read_ends

    def stand_beside(self, others: Sequence["Party"]) -> None:
        """What these and their orphans use is not this one's."""
        self.meter.others = [pid for each in others for pid in (each.pid, *each._ground.roots)]
        uids = {each._ground.uid for each in others}
        self.meter.others_uids = uids - {None}

    def wait_until_begun(self) -> None:
        """Until all that it is given is in place."""
        waiting = select.poll()
        waiting.register(self._status, select.POLLIN)
        while self._status in self._read_ends:
            waiting.poll()
            self.feed(self._status)

    def feed(self, fd: int) -> bool:
        """Read what there is on `fd`; whether there may be more."""
        try:
            data = os.read(fd, _READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            os.close(fd)
            self._read_ends.remove(fd)
        elif fd == self._status:
            self._failure += data
        else:
            self._output[fd] += data
            self._check_output()
        return len(data) > 0

    def end(self, how: Ended) -> None:
        """The program has ended: keep what is asked for and clear its ground."""
        self._end = how
        if self._keep and how.exit_code == 0:
            self._kept = self._ground.keep(self._directory, self._keep)
        was_killed = how.signal == signal.SIGKILL
        self._orphans_cpu_s, orphans_peak_bytes = self._ground.clear(was_killed=was_killed)
        peak_bytes = max(how.peak_bytes, orphans_peak_bytes)
        if peak_bytes > self._outgrown_bytes:
            self._peak_bytes = max(self._peak_bytes, peak_bytes - self._inherited_bytes)

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

    def stop_soon(self, after_s: float, message: str) -> None:
        """Let it end by itself, but not for longer than that."""
        if self._stop is None:
            self._stop = (time.monotonic() + after_s, message)
            self._look_again_at = 0.0

    def result(self) -> tuple[dict[str, Any], list[bytes], dict[str, bytes]]:
        """(execution, [stdout, stderr, report], kept files) once everything is over.

        Raises Broken when the program could not be set up.
        """
        assert self._end is not None  # noqa: S101 - the caller has waited for it
        end = self._end
        if self._failure:
            if self._killed_for is None:
                raise Broken(f"a run could not be set up: {self._failure.decode(errors='replace')}")
            # It was killed before it began, and missed what had been killed with it.
            end = end._replace(exit_code=None, signal=signal.SIGKILL)
        outputs = [bytes(buffer) for buffer in self._output.values()]
        outputs += [b""] * (3 - len(outputs))
        # Of processes that were killed, or that nobody waited for, only what was seen is known.
        told_s = max(end.cpu_s + self._orphans_cpu_s, self._seen_cpu_s)
        cpu_s = min(told_s, self._most_cpu_s(end.wall_s))
        status, message = self._judge(end, cpu_s, outputs[1])
        execution = {
            "status": status,
            "exit_code": end.exit_code,
            "signal": end.signal,
            "cpu_s": cpu_s,
            "wall_s": end.wall_s,
            # Of one that had ended before the first look, that it was no more than its fork.
            "memory_bytes": self._peak_bytes or end.peak_bytes,
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
            self._wrote_too_much()
        if report and len(report[0]) > _REPORT_BYTES:
            raise Broken("a report is too long")

    def _wrote_too_much(self) -> None:
        verdict = ("output_limit_exceeded", f"wrote more than {self.limits.output_bytes} bytes")
        self.kill(*verdict)
        self._killed_for = self._killed_for or verdict  # it had ended before that was read

    def _check_use(self, now: float) -> None:
        limits, wall_s = self.limits, now - self._started
        use = self.meter.read()
        self._ground.reap(use.orphans)
        if self._stolen_before_s is None:  # not before, as most end before the first look
            self._stolen_before_s = denial.stolen_s()
        memory_bytes = 0  # until it has begun, it is still the fork that it was made of
        if self._status not in self._read_ends:
            memory_bytes = self.meter.shared_once(use, self._peak_bytes, limits.memory_bytes)
        self._peak_bytes = max(self._peak_bytes, memory_bytes)
        cpu_s = min(use.cpu_s, self._most_cpu_s(wall_s))
        self._seen_cpu_s = max(self._seen_cpu_s, cpu_s)
        if wall_s > _NEARLY * limits.wall_s:  # it may be over, or end, before the next look
            self._denied_s = max(self._denied_s, self._look_at_denial())
        if cpu_s > limits.cpu_s:
            self.kill("time_limit_exceeded", f"used more than {limits.cpu_s:g} s of CPU time")
        elif memory_bytes > limits.memory_bytes:
            self.kill("memory_limit_exceeded", _memory_message(limits))
        elif use.processes > limits.processes:  # gVisor does not hold the limit itself
            self.kill("violation", f"had more than {limits.processes} processes")
        elif wall_s > limits.wall_s + self._denied_s:
            self.kill("time_limit_exceeded", f"ran for more than {limits.wall_s:g} s")
        elif self._stop is not None and now > self._stop[0]:
            self.kill("signalled", self._stop[1])
        elif self._joined and self._written_bytes() > limits.output_bytes:
            self._wrote_too_much()
        left_s = max(limits.wall_s - wall_s, 0.001 if wall_s < limits.wall_s else _EXTRA_TIME_S)
        pause = min(_pause(limits.cpu_s, cpu_s), left_s)
        self._look_again_at = now + pause

    def _written_bytes(self) -> int:
        return self.meter.written_bytes() - self._given_bytes

    def _most_cpu_s(self, wall_s: float) -> float:
        """What there was to be used. gVisor takes who waits for a CPU for one that has it."""
        return self._cpus * (wall_s + _QUOTA_PERIOD_S)

    def _look_at_denial(self) -> float:
        """Bounded, as the pool takes a runner for hung that does not answer in twice the time."""
        stolen_s = denial.stolen_s() - (self._stolen_before_s or 0.0)
        kept_waiting_s = max(self.meter.wanted_s() - self._seen_cpu_s, 0.0)
        return min(kept_waiting_s + stolen_s, self.limits.wall_s)

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
        if end.wall_s > limits.wall_s + self._denied_s:
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
