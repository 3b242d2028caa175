"""Counts results as they come, and says in a few lines how they went."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.cli.rows import Row

_NAMED_FAULTS = 20


class Tally:
    """What is worth telling of many results."""

    def __init__(self) -> None:
        self.count = 0
        self.verdicts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._rewards = 0.0
        self._faults: list[tuple[int, str]] = []

    def add(self, row: Row, result: Mapping[str, Any]) -> None:
        self.count += 1
        if error := result["error"]:
            self.errors[error["kind"]] += 1
            name = "" if result["id"] is None else f" ({result['id']})"
            self._faults.append((row.line, f"line {row.line}{name}: {error['message']}"))
            return
        self.verdicts[result["verdict"]] += 1
        self._rewards += result["reward"]

    @property
    def mean_reward(self) -> float | None:
        """Over the results that have one."""
        scored = self.verdicts.total()
        return self._rewards / scored if scored else None

    def faults(self) -> list[str]:
        """The first rows without a reward, each with its line and the reason."""
        named = [text for _, text in sorted(self._faults)[:_NAMED_FAULTS]]
        more = len(self._faults) - len(named)
        return [*named, f"and {more} more; the output has them all"] if more else named

    def __str__(self) -> str:
        mean = "none" if self.mean_reward is None else f"{self.mean_reward:.4f}"
        parts = [f"{self.count} rows", f"mean reward {mean}"]
        parts += [f"{verdict} {count}" for verdict, count in self.verdicts.most_common()]
        parts += [f"error.{kind} {count}" for kind, count in self.errors.most_common()]
        return ", ".join(parts)
