"""Advantages and ranks of the completions of one prompt, as policy-gradient trainers use them."""

import math
from collections.abc import Callable, Sequence

from app.schemas import AdvantageKind


def advantages(rewards: Sequence[float | None], kind: AdvantageKind) -> list[float]:
    """How much better than its group each reward is.

    - `grpo` (Shao et al. 2024, DeepSeekMath, section 4.1.1): distance from the mean, divided by the
      standard deviation with n - 1 in its denominator, as TRL and verl compute it.
    - `dr_grpo` (Liu et al. 2025, "Understanding R1-Zero-Like Training"): without the division.
    - `rloo` (Ahmadian et al. 2024, "Back to Basics"): distance from the mean of the others.

    A reward of None takes no part and gets 0.0, as does everyone in a group of one and, with
    `grpo`, in a group of equals.
    """
    known = [reward for reward in rewards if reward is not None]
    if len(known) < 2:
        return [0.0] * len(rewards)
    mean = math.fsum(known) / len(known)
    scale = _SCALES[kind](known, mean)
    return [0.0 if reward is None else (reward - mean) * scale for reward in rewards]


def ranks(rewards: Sequence[float | None]) -> list[int | None]:
    """1 for the best; equals share the better rank and leave a gap below; None has none."""
    known = sorted((reward for reward in rewards if reward is not None), reverse=True)
    best_places = {reward: place for place, reward in reversed(list(enumerate(known, start=1)))}
    return [None if reward is None else best_places[reward] for reward in rewards]


def _by_deviation(rewards: Sequence[float], mean: float) -> float:
    # Compared directly, as rounding of the mean may leave equals a deviation above zero.
    if min(rewards) == max(rewards):
        return 0.0
    squares = math.fsum((reward - mean) ** 2 for reward in rewards)
    deviation = math.sqrt(squares / (len(rewards) - 1))
    return 1 / deviation if deviation else 0.0


def _by_none(rewards: Sequence[float], mean: float) -> float:
    return 1.0


def _by_leaving_one_out(rewards: Sequence[float], mean: float) -> float:
    # r - (n·mean - r) / (n - 1)  =  (r - mean) · n / (n - 1)
    return len(rewards) / (len(rewards) - 1)


_SCALES: dict[AdvantageKind, Callable[[Sequence[float], float], float]] = {
    "grpo": _by_deviation,
    "dr_grpo": _by_none,
    "rloo": _by_leaving_one_out,
}
