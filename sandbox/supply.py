"""Where sessions get their runners from: the pool of this process, or that of another."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.messages import Hello
from sandbox.runner import Loss, Runner
from sandbox.types import Claim, Tier


@dataclass(slots=True)
class PoolStats:
    """Counters since the start."""

    runs: int = 0
    """Runs of runners that have ended; `Fleet.runs` has those of the living too."""
    launched: int = 0
    launch_failures: int = 0
    lost: Counter[Loss] = field(default_factory=Counter)
    """Runners that ended, by reason."""
    retries: int = 0
    """Runs repeated because a runner was lost under them."""
    reruns: int = 0
    """Runs repeated alone because they came near to a limit beside others."""


class Supply(Protocol):
    """What sessions know of a pool; see `sandbox.pool.Pool`, which is one."""

    @property
    def stats(self) -> PoolStats: ...

    @property
    def hello(self) -> Hello | None:
        """What the runner started last said of itself."""

    @property
    def in_use(self) -> Counter[Tier]:
        """Runners handed out now, by the tier that was asked for."""

    @property
    def runners(self) -> int: ...

    @property
    def idle(self) -> int: ...

    @property
    def longest_wait_s(self) -> float: ...

    @property
    def runs(self) -> int: ...

    @property
    def slots(self) -> int: ...

    @property
    def toolchains(self) -> str:
        """Tells apart what programs find on the runners there are."""

    @property
    def busy(self) -> int:
        """Runners handed out now, to whomever."""

    @property
    def handed_out(self) -> int:
        """Times that a runner was, to whomever."""

    @property
    def queue_length(self) -> int:
        """Sessions that wait, whosesoever."""

    async def acquire(
        self,
        deadline: float | None,
        *,
        first: bool = False,
        again: bool = False,
        alone: bool = False,
        tier: Tier = Tier.WARM,
        claim: Claim = ...,
    ) -> Runner:
        """See `Pool.acquire`."""

    async def acquire_idle(self, claim: Claim) -> Runner | None:
        """See `Pool.acquire_idle`."""

    async def close(self) -> None:
        """Let go of all runners."""
