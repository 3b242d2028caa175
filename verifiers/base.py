"""What a verifier is: a name, the shape of its reference and options, and one method.

Built-in verifiers and plugins are the same thing; nothing here knows of HTTP.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from sandbox import Limits, Sandbox, Tier


class Verdict(StrEnum):
    """The judgement of an answer. There is none for a failure of ours: that is an exception."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    PARTIAL = "partial"
    COMPILE_ERROR = "compile_error"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    NO_ANSWER = "no_answer"
    VIOLATION = "violation"


class Strict(BaseModel):
    """A model that refuses unknown fields, so that a misspelt one is not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Less than a language itself needs would fail every program, and megabytes taken for bytes would
# look like a training run of wrong answers.
LEAST_CPU_S = 0.01
LEAST_WALL_S = 0.1
LEAST_MEMORY_BYTES = 32 * 1024 * 1024


def _is_number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")  # noqa: TRY004 - what pydantic reports is this
    return value


NUMBER = BeforeValidator(_is_number)
"""For numbers that are not to be made out of `true` or `"1"`, which are mistakes more likely."""


class LimitOptions(Strict):
    """What one run may use; anything left out takes the server's default."""

    cpu_s: Annotated[float, NUMBER, Field(ge=LEAST_CPU_S, allow_inf_nan=False)] | None = None
    """CPU seconds of the whole process tree."""
    wall_s: Annotated[float, NUMBER, Field(ge=LEAST_WALL_S, allow_inf_nan=False)] | None = None
    """Wall-clock backstop against sleeping; default 3 * cpu_s + 5."""
    memory_bytes: Annotated[int, NUMBER, Field(ge=LEAST_MEMORY_BYTES)] | None = None
    output_bytes: Annotated[int, NUMBER, Field(gt=0)] | None = None
    processes: Annotated[int, NUMBER, Field(gt=0)] | None = None
    file_bytes: Annotated[int, NUMBER, Field(gt=0)] | None = None

    def over(self, defaults: Limits) -> Limits:
        """These limits, with `defaults` where nothing was asked for."""
        asked = {name: value for name, value in self.model_dump().items() if value is not None}
        kept = {
            name: getattr(defaults, name)
            for name in ("memory_bytes", "output_bytes", "processes", "file_bytes", "cpu_s")
        }
        # The default wall clock belongs to the default CPU time: asking for another drops it.
        wall_s = None if "cpu_s" in asked else defaults.wall_s
        return Limits(**{"wall_s": wall_s, **kept, **asked})


Extract = Literal["auto", "code_block", "whole", "answer_tag", "boxed"]


class Options(Strict):
    """Options that every verifier takes; a verifier that needs more subclasses this."""

    files: Mapping[str, str] = {}
    """More files that the submission brings: relative path to text."""
    reward: Literal["all", "fraction", "weighted"] = "all"
    """`all` is 1.0 only if every test passes; the others are the (weighted) share that passed."""
    stop_on_failure: bool | None = None
    """Stop at the first test that fails; None means yes with `reward: all`, else no."""
    extract: Extract = "auto"
    """Where in the completion the answer is looked for."""
    language: Annotated[str, Field(min_length=1)] | None = None
    """Programming language of the answer; None is the verifier's own default."""
    limits: LimitOptions = LimitOptions()
    tier: Tier | None = None
    """How far runs are kept apart from other submissions' runs; None is the server's default."""
    cache: bool = True
    """Whether an earlier result for the very same request may be given."""
    output_preview_bytes: Annotated[int, Field(ge=0, le=1_048_576)] = 1024
    """Test output is shortened to this many bytes in the result."""
    reveal_expected: bool = False
    """Whether messages may show what was expected."""


class TestResult(BaseModel):
    """How one test went."""

    __test__: ClassVar[bool] = False  # keeps pytest from collecting it

    index: int
    verdict: Verdict
    reward: float
    cpu_s: float = 0.0
    wall_s: float = 0.0
    memory_bytes: int | None = None
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    signal: int | None = None
    message: str = ""


class Component(BaseModel):
    """One named share of a reward, e.g. a part of a composite."""

    name: str
    reward: float
    weight: float = 1.0
    verdict: Verdict | None = None
    message: str = ""


class Score(BaseModel):
    """A judgement. A verifier that cannot judge raises instead of returning one."""

    reward: float
    """From 0 to 1."""
    verdict: Verdict
    message: str = ""
    extracted: str | None = None
    """The program or answer that was judged."""
    tests: list[TestResult] = []
    components: list[Component] = []
    run_s: float = 0.0
    """Wall-clock seconds that runs took, without waiting."""
    queue_s: float = 0.0
    """Seconds spent waiting for a runner."""
    repeatable: bool = True
    """Whether the same request is sure to be judged the same another time; False where that hangs
    on a limit that a rerun might keep. Limits of time and memory among the verdicts speak for
    themselves."""

    @field_validator("reward")
    @classmethod
    def _finite_share(cls, reward: float) -> float:
        if not (math.isfinite(reward) and 0.0 <= reward <= 1.0):
            raise ValueError(f"a reward is a finite number from 0 to 1, not {reward!r}")
        return reward

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.ACCEPTED


class Tools(Protocol):
    """What a verifier may use while it judges one completion."""

    @property
    def sandbox(self) -> Sandbox: ...

    @property
    def workers(self) -> "Workers": ...

    @property
    def limits(self) -> Limits:
        """The server's default limits."""

    @property
    def deadline(self) -> float | None:
        """Time of the event loop's clock by which the answer must be there, or None."""

    async def verify(
        self, name: str, completion: str, reference: Any, options: Mapping[str, Any]
    ) -> Score:
        """Score with another verifier, by name and JSON; raises what that one raises."""


class Workers(Protocol):
    """A pool of killable processes for computations that may hang or grow (symbolic algebra)."""

    async def call(
        self, function: str, *args: Any, cpu_s: float, deadline: float | None = None
    ) -> Any:
        """Call `module:function` with plain data in a worker process and return plain data.

        Raises WorkerTimeout when it used more than `cpu_s` of CPU time or its memory limit (the
        worker is killed and replaced), WorkerError when the function raised, WorkerLost when
        workers died of something else on every try, and sandbox.Overloaded past the deadline.
        """


class Verifier(Protocol):
    """Judges completions. Stateless: everything that matters is in the arguments.

    One whose scores hang on something else too (luck, another service) says so with an attribute
    `cacheable = False`; then no score is given twice.
    """

    name: str
    summary: str
    """One sentence for people who choose."""
    reference_type: Any
    """What pydantic's TypeAdapter takes: the shape of the reference."""
    options_model: type[Options]
    example: Mapping[str, Any]
    """`completion`, `reference` and perhaps `options` of a request that scores 1.0."""

    async def verify(self, completion: str, reference: Any, options: Any, tools: Tools) -> Score:
        """Judge `completion`; reference and options have been validated.

        Raises InvalidReference when the task itself is broken, and lets SandboxError through.
        Anything else that it raises is reported as this verifier's failure, never as a reward.
        """
