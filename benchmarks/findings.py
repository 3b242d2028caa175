"""What a soak has found, and whether that is well."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

MILLISECONDS = 1000.0
_LONG_S = 300
"""A soak that lasted so long is past its warm-up, and must hold no more from then on."""
_SHORT = ("right", "wrong")
"""Kinds whose latency is judged."""


@dataclass(frozen=True)
class Held:
    """What one process holds, or several of them hold on average."""

    mib: float
    descriptors: float


@dataclass(frozen=True)
class Room:
    """What may be held more in the end than in between."""

    share: float
    mib: float
    descriptors: float


_TIGHT = {"service": Room(1.05, 16, 8), "runner": Room(1.05, 4, 2)}
_LOOSE = {"service": Room(1.25, 64, 64), "runner": Room(1.25, 16, 8)}
"""For soaks that are over before anything is warm."""


@dataclass
class Findings:
    """What happened so far."""

    posted: int = 0
    done: Counter[str] = field(default_factory=Counter)
    """Submissions that got what they deserve, by kind."""
    posted_again: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    """What must not be, by what it is."""
    examples: list[str] = field(default_factory=list)
    beside: Counter[str] = field(default_factory=Counter)
    """What was done to the service meanwhile."""
    latencies_s: list[float] = field(default_factory=list)
    """Of short submissions, posted one by one."""
    runs_s: list[float] = field(default_factory=list)
    """How long each submission was run."""
    held: dict[str, list[Held]] = field(default_factory=lambda: {"service": [], "runner": []})
    """From the beginning to the end, by whom."""

    def note(self, kind: str, latency_s: float) -> None:
        """A submission that was posted alone has its reward."""
        if kind in _SHORT:
            self.latencies_s.append(latency_s)

    def blame(self, what: str, example: object) -> None:
        self.faults[what] += 1
        if len(self.examples) < 10:
            self.examples.append(f"{what}: {example}"[:600])


@dataclass(frozen=True)
class Load:
    """What was asked of the service, as far as the queue's rule knows it."""

    seconds: float
    slots: int
    lines: int
    """Batches at once, and the one line of all that is posted alone."""
    alone: int
    """Submissions at once in that."""

    def latency_bound_s(self, found: Findings) -> float:
        """How long a short submission that is posted alone may take, but for one in a hundred.

        Runners are shared evenly among the lines: it waits for a runner to be free (for as long as
        runs take, but for one in a hundred), and then for those before it in its line, each for as
        long as a runner is held on average, while other lines have their turns. And all of this
        twice, because runners are killed and tests are run elsewhere meanwhile.
        """
        done = found.done.total()
        held_s = self.slots * self.seconds / max(done, 1)
        longest_s = _percentile(found.runs_s, 99)
        return 2 * (longest_s + self.alone * self.lines * held_s / self.slots)


def report(found: Findings, load: Load, *, expected: Sequence[str]) -> bool:
    """Print what was found; whether all is well. `expected` must have been done to the service."""
    print(f"{found.posted} submissions, {found.posted_again} times one was posted again")
    print("as deserved:", ", ".join(f"{n} {name}" for name, n in sorted(found.done.items())))
    print("meanwhile:", ", ".join(f"{n} × {name}" for name, n in sorted(found.beside.items())))
    faults = dict(found.faults)
    faults |= {f"no {what}": 1 for what in expected if not found.beside[what]}
    if _is_late(found, load):
        faults["late"] = 1
    for who, samples in found.held.items():
        if _grows(who, samples, load.seconds):
            faults[f"growing {who}"] = 1
    print("faults:", faults or "none")
    for example in found.examples:
        print(" ", example)
    return not faults


def _is_late(found: Findings, load: Load) -> bool:
    latencies_s = found.latencies_s[len(found.latencies_s) // 4 :]  # without the warm-up
    if len(latencies_s) < 2:
        return False
    p50, p99 = _percentile(latencies_s, 50), _percentile(latencies_s, 99)
    bound = load.latency_bound_s(found)
    print(
        f"short submissions, one by one: half within {p50 * MILLISECONDS:.0f} ms, 99 % within "
        f"{p99 * MILLISECONDS:.0f} ms; the queue's rule allows {bound * MILLISECONDS:.0f} ms"
    )
    return p99 > bound


def _grows(who: str, samples: Sequence[Held], seconds: float) -> bool:
    """Whether it holds more in the last third of the time than in the second."""
    if not samples:
        return False
    third = max(1, len(samples) // 3)
    start, middle, end = (
        Held(
            statistics.median(each.mib for each in part),
            statistics.median(each.descriptors for each in part),
        )
        for part in (samples[:third], samples[third : 2 * third] or samples, samples[-third:])
    )
    for what in ("mib", "descriptors"):
        before, between, after = (getattr(each, what) for each in (start, middle, end))
        print(f"{who}, {what}: {before:.0f} at the start, {between:.0f}, {after:.0f} at the end")
    room = (_TIGHT if seconds >= _LONG_S else _LOOSE)[who]
    return (
        end.mib > middle.mib * room.share + room.mib
        or end.descriptors > middle.descriptors + room.descriptors
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return max(values, default=0.0)
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
