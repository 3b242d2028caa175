"""Whether the service can do its work: shown by doing some, not by being up."""

import asyncio
from collections.abc import Awaitable, Callable

from app.drain import Drain
from app.outcomes import Scored
from app.results import Arrival
from app.schemas import Check, Readiness
from app.scoring import Scorer
from sandbox import Claim, Invocation, Limits, Overloaded, Program, Sandbox, SandboxError

TIMEOUT_S = 10.0
"""How long a trial may take."""
_PROGRAM = Program(language="python", source="print(6 * 7)")
_PROGRAM_OUTPUT = b"42\n"
_MATHS_ITEM = {
    "verifier": "math",
    "completion": "The answer is $\\boxed{(x + 1)^2}$.",
    "reference": "x^2 + 2x + 1",
    "options": {"cache": False},
}
_CLAIM = Claim(client="trials")
"""A client of its own, as nobody else's queue says whether programs can be run."""
_DONE = {"program": "a program was run", "maths": "a maths answer was checked"}
BUSY = "busy: there was no room for a trial, but real work is being answered"


class Probe:
    """Runs a program and checks a maths answer, and remembers for a while how it went."""

    def __init__(
        self, sandbox: Sandbox, scorer: Scorer, *, drain: Drain, interval_s: float
    ) -> None:
        self._sandbox = sandbox
        self._scorer = scorer
        self._drain = drain
        self._interval_s = interval_s
        self._checks: dict[str, Check] = {}
        self._checked_at: float | None = None
        self._trying: asyncio.Task[None] | None = None

    async def readiness(self) -> Readiness:
        """The state now; tries again if the last trial is too old.

        All who ask while a trial is in work wait for that one, so that they never queue up.
        """
        if not self._is_fresh():
            if self._trying is None or self._trying.done():
                self._trying = asyncio.create_task(self._try())
            # The trial is everybody's: one who leaves must not end it for the others.
            await asyncio.shield(self._trying)
        return self._state()

    @property
    def last_said(self) -> bool | None:
        """Whether it was ready when last asked; None if nobody has asked yet."""
        return None if self._checked_at is None else self._state()["ready"]

    def _is_fresh(self) -> bool:
        """A failure is tried again at once, so that recovery shows without delay."""
        return (
            self._checked_at is not None
            and self._now() - self._checked_at < self._interval_s
            and all(check["ok"] for check in self._checks.values())
        )

    async def _try(self) -> None:
        program, maths = await asyncio.gather(
            self._check("code.", self._run_program),
            self._check("math", self._check_maths),
        )
        self._checks = {"program": program, "maths": maths}
        self._checked_at = self._now()

    def _state(self) -> Readiness:
        failed = {name: check for name, check in self._checks.items() if not check["ok"]}
        if self._drain.started:
            detail = "the service is stopping"
        else:
            told = failed or self._checks
            detail = "; ".join(_told(name, check) for name, check in told.items())
        info = self._sandbox.info()
        return {
            "ready": not failed and not self._drain.started,
            "detail": detail,
            "launcher": info.launcher,
            "runtime": info.runtime,
            "reason": info.reason,
            "walls": info.walls,
            "slots": info.slots,
            "tiers": info.tiers,
            "checks": self._checks,
            "checked_s_ago": (
                None if self._checked_at is None else round(self._now() - self._checked_at, 3)
            ),
        }

    async def _check(self, family: str, trial: Callable[[float], Awaitable[str]]) -> Check:
        """How a trial went; `family` is what the names of verifiers that do the like begin with."""
        started, before = self._now(), self._answers(family)
        try:
            fault = await trial(started + TIMEOUT_S)
        except Overloaded as error:
            # A full queue is no fault: as long as answers come out of it, the machinery works.
            busy = self._answers(family) > before
            ok, detail = busy, BUSY if busy else str(error)
        except SandboxError as error:
            ok, detail = False, str(error)
        else:
            ok, detail = not fault, fault
        return {"ok": ok, "detail": detail, "seconds": round(self._now() - started, 6)}

    async def _run_program(self, deadline: float) -> str:
        limits = Limits(cpu_s=TIMEOUT_S / 2)
        sandbox = self._sandbox.on(self._sandbox.info().tiers[0], claim=_CLAIM)
        async with sandbox.open(_PROGRAM, limits=limits, deadline=deadline) as session:
            execution = await session.run(Invocation())
        if execution.succeeded and execution.stdout == _PROGRAM_OUTPUT:
            return ""
        return f"a trial program ended wrongly: {execution.status}, {execution.message or 'output'}"

    async def _check_maths(self, deadline: float) -> str:
        outcome = await self._scorer.try_out(_MATHS_ITEM, Arrival(deadline=deadline))
        if isinstance(outcome, Scored):
            return "" if outcome.score.passed else "a right answer was refused"
        if outcome.kind == "overload":
            raise Overloaded(outcome.message)
        return f"a trial answer was not judged: {outcome.message}"

    def _answers(self, family: str) -> int:
        scored = self._scorer.scored
        return sum(count for name, count in scored.items() if name.startswith(family))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _told(name: str, check: Check) -> str:
    """What a check showed; one that the service was too busy for did not do what it tries."""
    return f"{name}: {check['detail']}" if check["detail"] else _DONE[name]
