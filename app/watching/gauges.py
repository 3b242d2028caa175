"""What is not counted but looked up, whenever somebody asks for the metrics."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any, Protocol

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from app.admission import Admission
from app.readiness import Probe
from app.watching.metrics import Source
from sandbox import Figures, HasFigures, Sandbox


def of_sandbox(sandbox: Sandbox) -> Source:
    """The pool of a sandbox that tells of itself; nothing of others."""
    return partial(_figures, sandbox.figures) if isinstance(sandbox, HasFigures) else nothing


def of_service(sandbox: Sandbox, probe: Probe) -> Source:
    """What is running, and whether it is ready."""

    def read() -> Iterator[Metric]:
        info = sandbox.info()
        about = InfoMetricFamily("rewardbox", "What is running.")
        told = {
            "version": version("rewardbox"),
            "launcher": info.launcher,
            "runtime": info.runtime or "",
        }
        about.add_metric([], told)
        yield about
        if (ready := probe.last_said) is not None:
            yield gauge("ready", "1 if /readyz last said so, else 0.", ready)

    return read


def of_admission(admission: Admission) -> Source:
    """What has been accepted and not answered yet."""

    def read() -> Iterator[Metric]:
        about = "Items and runs accepted and not answered yet."
        yield gauge("items_waiting", about, admission.taken)
        about = "Bodies of requests that are not answered yet."
        yield gauge("bodies_bytes", about, admission.held_bytes)

    return read


class _Memory(Protocol):
    @property
    def size_bytes(self) -> int: ...

    def __len__(self) -> int: ...


class JudgementCache(Protocol):
    """What is told of a cache of judgements."""

    @property
    def given(self) -> Mapping[Any, int]:
        """Judgements given out so far, by where they came from."""

    @property
    def memory(self) -> _Memory: ...


def of_cache(cache: JudgementCache) -> Source:
    """What is kept of judgements, and how often it is of use."""

    def read() -> Iterator[Metric]:
        about = "Judgements given out, by where they came from; `judged` had to be made."
        yield counters("cache_judgements", about, "origin", cache.given)
        yield gauge("cache_bytes", "What judgements kept in memory take.", cache.memory.size_bytes)
        yield gauge("cache_entries", "Judgements kept in memory.", len(cache.memory))

    return read


def nothing() -> Iterator[Metric]:
    """What is told of parts that are elsewhere."""
    yield from ()


def _figures(read: Callable[[], Figures]) -> Iterator[Metric]:
    now = read()
    yield gauge("slots", "Programs that can run at once.", now.slots)
    yield gauges("slots_in_use", "Slots in use, by tier.", "tier", now.in_use)
    yield gauges(
        "runners",
        "Runners that are there, by what they do.",
        "state",
        {"idle": now.idle_runners, "busy": now.runners - now.idle_runners},
    )
    yield gauge("queue_length", "Sessions that wait for a runner.", now.waiting)
    yield gauge(
        "queue_oldest_seconds",
        "How long the one of them that came first has waited.",
        now.longest_wait_s,
    )
    yield counter("runs", "Runs of programs.", now.runs)
    yield counter("run_retries", "Runs repeated because a runner was lost under them.", now.retries)
    yield counter(
        "run_reruns",
        "Runs repeated alone because they came near to a limit beside others.",
        now.reruns,
    )
    yield counter("runner_launches", "Runners started.", now.launches)
    yield counter(
        "runner_launch_failures", "Runners that could not be started.", now.launch_failures
    )
    yield counters("runners_lost", "Runners that have ended, by reason.", "reason", now.lost)
    yield gauge(
        "compile_cache_bytes", "What the kept results of compilers take.", now.artefact_bytes
    )


def gauge(name: str, about: str, value: float) -> Metric:
    """A gauge without labels."""
    return GaugeMetricFamily(f"rewardbox_{name}", about, value=value)


def gauges(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    """A gauge for each value of one label."""
    family = GaugeMetricFamily(f"rewardbox_{name}", about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def counter(name: str, about: str, value: float) -> Metric:
    """A counter without labels."""
    return CounterMetricFamily(f"rewardbox_{name}", about, value=value)


def counters(name: str, about: str, label: str, values: Mapping[str, float]) -> Metric:
    """A counter for each value of one label."""
    family = CounterMetricFamily(f"rewardbox_{name}", about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
