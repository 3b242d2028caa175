"""Metrics of several processes as those of one: each tells what it has, and the keeper adds up.

What a process had counted when it was asked last is kept when it ends, so that no sum goes down.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

import orjson
from prometheus_client.core import Metric

Labels: TypeAlias = tuple[tuple[str, str], ...]
Samples: TypeAlias = dict[tuple[str, Labels], float]

#: Of these gauges the highest counts: what is so in any process, or the same in all.
_HIGHEST = frozenset(
    {
        "rewardbox",
        "rewardbox_share_recent",
        "rewardbox_share_past",
        "rewardbox_share_alarm",
        "rewardbox_slots",
        "process_max_fds",
    }
)
_LOWEST = frozenset({"rewardbox_ready", "process_start_time_seconds"})
_COUNTED = frozenset({"counter", "histogram"})


def told(families: Iterable[Metric]) -> bytes:
    """Metrics as one process tells them to another."""
    return orjson.dumps(
        [
            (
                family.name,
                family.documentation,
                family.type,
                [(each.name, list(each.labels.items()), each.value) for each in family.samples],
            )
            for family in families
        ]
    )


class Totals:
    """The sum over processes, those that have ended included."""

    def __init__(self) -> None:
        self._latest: dict[int, list[Any]] = {}
        """What each process told last."""
        self._ended: list[list[Any]] = []
        """What was counted by those that have ended, added up."""

    def hear(self, process: int, data: bytes) -> None:
        """What a process tells of itself now."""
        self._latest[process] = orjson.loads(data)

    def end(self, process: int) -> None:
        """It has ended: what it counted stays, what it was has gone."""
        latest = self._latest.pop(process, [])
        counted = [family for family in latest if family[2] in _COUNTED]
        both = _added([*self._ended, *counted])
        self._ended = [
            [family.name, family.documentation, family.type, _listed(samples)]
            for family, samples in both.values()
        ]

    def families(self, own: bytes) -> list[Metric]:
        """The sum of all, and of what the asking process tells of itself."""
        parts = [*self._ended, *orjson.loads(own)]
        for latest in self._latest.values():
            parts += latest
        found = []
        for family, samples in _added(parts).values():
            for (name, labels), value in samples.items():
                family.add_sample(name, dict(labels), value)
            found.append(family)
        return found


def _added(parts: Iterable[list[Any]]) -> dict[str, tuple[Metric, Samples]]:
    found: dict[str, tuple[Metric, Samples]] = {}
    for name, about, kind, samples in parts:
        if name not in found:
            found[name] = Metric(name, about, kind), {}
        _, sums = found[name]
        for sample, pairs, value in samples:
            key = sample, tuple((label, text) for label, text in pairs)
            sums[key] = _combined(name, sums[key], value) if key in sums else value
    return found


def _combined(name: str, one: float, other: float) -> float:
    if name in _HIGHEST:
        return max(one, other)
    if name in _LOWEST:
        return min(one, other)
    return one + other


def _listed(samples: Samples) -> list[Any]:
    return [(name, list(labels), value) for (name, labels), value in samples.items()]
