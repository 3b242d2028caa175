"""The verifier `math`: has a worker find the answer and compare it with the gold answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from verifiers.base import Options, Score, Tools, Verdict
from verifiers.errors import InvalidReference, WorkerError, WorkerLost, WorkerTimeout
from verifiers.math.golds import Gold, Golds, MathReference, gold_texts, shortened
from verifiers.math.policies import Checked, Kind, MathOptions

CHECK = "verifiers.math.checking:check"
CHECK_PATIENTLY = "verifiers.math.patience:check_patiently"
EXPLAIN = "verifiers.math.patience:explain"
CPU_S = 0.22
"""What one check may take in all."""
COMPARING_SHARE = 0.6
"""Of it; the rest is for finding out whether the gold is to blame if that was not enough."""
LEAST_S = 0.01
NO_OPTIONS = "{}"
SHOWN_CHARS = 2000


class MathVerifier:
    """Judges mathematical answers. Nothing is read or computed outside of worker processes."""

    name = "math"
    summary = "Checks a mathematical answer: numbers, expressions, sets, equations, units, text."
    reference_type: Any = Gold | Golds | MathReference
    options_model: type[Options] = MathOptions
    example: Mapping[str, Any] = {
        "completion": "Adding both sides gives $x = \\boxed{\\frac{3}{6}}$.",
        "reference": "\\frac{1}{2}",
    }

    async def verify(
        self, completion: str, reference: Any, options: MathOptions, tools: Tools
    ) -> Score:
        """Judge one completion; raises InvalidReference for a gold that cannot be read."""
        if not isinstance(reference, MathReference):
            reference = MathReference(answer=reference)
        if reference.tolerance is not None:
            options = options.model_copy(update={"tolerance": reference.tolerance})
        return await _Check(completion, reference, options, tools).score()


class _Check:
    """One completion with its golds, and what workers are to know of the options."""

    def __init__(
        self, completion: str, reference: MathReference, options: MathOptions, tools: Tools
    ) -> None:
        self._completion = completion
        self._golds: Sequence[str] = gold_texts(reference)
        self._kind: Kind = reference.kind
        named = bool(options.model_fields_set)
        self._options_json = options.model_dump_json(exclude_unset=True) if named else NO_OPTIONS
        self._tools = tools
        cpu_s = min(options.limits.cpu_s or CPU_S, tools.limits.cpu_s)
        self._comparing_s = cpu_s * COMPARING_SHARE
        self._explaining_s = cpu_s - self._comparing_s

    async def score(self) -> Score:
        try:
            checked = await self._call(CHECK, self._comparing_s)
            if "costly_s" in checked:
                left_s = max(self._comparing_s - checked["costly_s"], LEAST_S)
                checked = await self._call(CHECK_PATIENTLY, left_s)
        except WorkerLost:
            raise
        except WorkerError as error:
            checked = await self._explained(error)
        if "problem" in checked:
            raise InvalidReference(checked["problem"])
        return _score(checked)

    async def _explained(self, unfinished: WorkerError) -> Checked:
        """A check that came to no end; raises InvalidReference if the gold is to blame."""
        try:
            checked = await self._call(EXPLAIN, self._explaining_s)
        except WorkerLost:
            raise
        except WorkerError as error:
            gold = shortened(" | ".join(self._golds))
            raise InvalidReference(
                f"the gold answer {gold} cannot be evaluated: {error}"
            ) from unfinished
        taken = "took too long" if isinstance(unfinished, WorkerTimeout) else "failed"
        return {**checked, "reason": f"comparing the answer {taken}", "hurried": True}

    async def _call(self, function: str, cpu_s: float) -> Checked:
        checked: Checked = await self._tools.workers.call(
            function,
            self._completion,
            self._golds,
            self._kind,
            self._options_json,
            cpu_s=cpu_s,
            deadline=self._tools.deadline,
        )
        return checked


def _score(checked: Checked) -> Score:
    answer = checked["answer"]
    if answer is None and "right" not in checked:
        return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="no answer was found")
    how = "; ".join(part for part in (checked["tier"], checked["source"]) if part)
    reason = f": {checked['reason']}" if checked["reason"] else ""
    outcome = "equal" if checked["right"] else "not equal"
    return Score(
        reward=1.0 if checked["right"] else 0.0,
        verdict=Verdict.ACCEPTED if checked["right"] else Verdict.WRONG_ANSWER,
        message=f"{outcome} ({how}){reason}",
        extracted=None if answer is None else answer[:SHOWN_CHARS],
        repeatable=not checked.get("hurried", False),
    )
