"""What a batch adds to its items: groups with their advantages, and the summary."""

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from typing import Any

from app.advantages import advantages, ranks
from app.results import label
from app.schemas import AdvantageKind, Result, Summary

Indexed = tuple[int, Result]


async def with_advantages(
    results: AsyncIterable[Indexed], items: Sequence[Any], kind: AdvantageKind
) -> AsyncGenerator[Indexed, None]:
    """The same results; those of a group together, as soon as the last of them is there."""
    missing = Counter(group for item in items if (group := label(item, "group")) is not None)
    waiting: dict[str | int, list[Indexed]] = defaultdict(list)
    async for index, result in results:
        group = label(items[index], "group")
        if group is None:
            yield index, result
            continue
        waiting[group].append((index, result))
        missing[group] -= 1
        if missing[group] == 0:
            members = waiting.pop(group)
            _compare([member for _, member in members], kind)
            for indexed in members:
                yield indexed


def _compare(results: Sequence[Result], kind: AdvantageKind) -> None:
    rewards = [result["reward"] for result in results]
    for result, advantage, rank in zip(
        results, advantages(rewards, kind), ranks(rewards), strict=True
    ):
        result["advantage"] = advantage
        result["rank"] = rank


class Tally:
    """Counts results as they come."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._rewards = 0.0

    def add(self, result: Result) -> None:
        if (error := result["error"]) is not None:
            self.errors[error["kind"]] += 1
        if (verdict := result["verdict"]) is not None:
            self.verdicts[verdict.value] += 1
        self._rewards += result["reward"] or 0.0

    def summary(self, *, wall_s: float) -> Summary:
        scored = self.verdicts.total()
        return {
            "count": scored + self.errors.total(),
            "mean_reward": self._rewards / scored if scored else None,
            "verdicts": dict(self.verdicts),
            "errors": self.errors.total(),
            "wall_s": round(wall_s, 6),
        }
