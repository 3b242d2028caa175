"""What goes over the wire: models of what comes in, types of what goes out.

What goes out is plain dictionaries, made once by ourselves and so not validated again.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, WithJsonSchema, with_config
from typing_extensions import TypedDict

from sandbox import LanguageInfo, Priority, Tier
from verifiers import Component, LimitOptions, Strict, TestResult, Verdict
from verifiers.base import NUMBER
from verifiers.registry import VerifierInfo

ErrorKind = Literal["request", "reference", "sandbox", "overload", "verifier"]
AdvantageKind = Literal["grpo", "dr_grpo", "rloo"]
RunStatus = Literal[
    "ok",
    "compile_error",
    "runtime_error",
    "time_limit_exceeded",
    "memory_limit_exceeded",
    "output_limit_exceeded",
    "violation",
]

Label = StrictStr | Annotated[StrictInt, Field(ge=-(2**63), lt=2**63)]
Deadline = Annotated[float, NUMBER, Field(gt=0, allow_inf_nan=False)]
Argument = Annotated[str, Field(pattern=r"^[^\x00]*$")]


#: For typed dictionaries whose field docstrings are their documentation.
documented = with_config(ConfigDict(use_attribute_docstrings=True))


class Documented(Strict):
    """A strict model whose field docstrings are its documentation."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ContentPart(BaseModel):
    """A piece of a chat message; only pieces of text are read."""

    type: str = "text"
    text: str | None = None


class Message(BaseModel):
    """A chat message, as chat templates and APIs write it; other fields are ignored."""

    role: str
    content: str | list[ContentPart] | None = None


class Item(Documented):
    """One completion to score."""

    verifier: str
    """Name of the verifier; `GET /v1/verifiers` lists them."""
    completion: str | list[Message]
    """What the model wrote, whole; or a chat, whose last assistant message counts."""
    reference: Any
    """What is known of the right answer, in the shape that the verifier publishes."""
    options: Mapping[str, Any] | None = None
    """Options of the verifier, in the shape that it publishes."""
    id: Label | None = None
    """Echoed."""
    group: Label | None = None
    """Completions of one prompt have the same group; see `advantage`."""
    deadline_s: Deadline | None = None
    """The answer comes within this many seconds, waiting included; what could not be run by then
    has an `error` of kind `overload`. In a batch it bounds the judging of the item alone."""
    priority: Priority | None = None
    """How soon its turn comes among what was sent with the same API key; `normal` by default."""


class Batch(Documented):
    """Many items."""

    items: Annotated[
        list[Any], WithJsonSchema({"type": "array", "items": {"$ref": "#/components/schemas/Item"}})
    ]
    advantage: AdvantageKind | None = None
    """Give each result of a group its `advantage` and `rank`."""
    deadline_s: Deadline | None = None
    """As for an item, for all of them together."""
    priority: Priority | None = None
    """For those items that name none."""


class RunRequest(Documented):
    """A program to run."""

    language: str
    """A name or alias from `GET /v1/languages`."""
    source: str
    files: Mapping[str, str] = {}
    """More files in the working directory: relative path to text."""
    stdin: str = ""
    args: tuple[Argument, ...] = ()
    limits: LimitOptions = LimitOptions()
    tier: Tier | None = None
    """How far the run is kept apart from others; null is the server's default."""
    deadline_s: Deadline | None = None
    """The answer comes within this many seconds, waiting included."""
    priority: Priority | None = None
    """As for an item."""


@documented
class Error(TypedDict):
    """Why there is no verdict."""

    kind: ErrorKind
    retryable: bool
    """Whether the same request may well succeed later."""
    message: str


@documented
class Timing(TypedDict):
    queue_s: float
    """Waiting: for a place in the batch, and for a runner."""
    run_s: float
    """Running, as far as the verifier measures it."""
    total_s: float
    """From the arrival of the request to this result."""


@documented
class Result(TypedDict):
    """A score, or the reason why there is none. Exactly one of `verdict` and `error` is null."""

    id: str | int | None
    verifier: str | None
    reward: float | None
    """From 0 to 1; null, and to be masked, when the answer could not be judged."""
    passed: bool | None
    verdict: Verdict | None
    message: str
    extracted: str | None
    """The program or answer that was judged."""
    error: Error | None
    tests: list[TestResult]
    components: list[Component]
    cached: bool
    tier: Tier | None
    """In which one programs ran; null when none did."""
    timing: Timing
    advantage: NotRequired[float]
    """Only in batches with `advantage`, for items with a `group`."""
    rank: NotRequired[int | None]
    """1 is the best of its group, equals share; null without a reward."""
    index: NotRequired[int]
    """Place of the item in its batch; only in NDJSON."""


@documented
class Summary(TypedDict):
    count: int
    mean_reward: float | None
    """Mean of the rewards that are not null."""
    verdicts: dict[str, int]
    errors: int
    wall_s: float


@documented
class BatchResult(TypedDict):
    """Results in the order of the items."""

    results: list[Result]
    summary: Summary


@documented
class CompileResult(TypedDict):
    status: RunStatus
    stdout: str
    stderr: str
    wall_s: float
    cached: bool


@documented
class RunResult(TypedDict):
    """What a program did. Exactly one of `status` and `error` is null."""

    status: RunStatus | None
    stdout: str
    stderr: str
    exit_code: int | None
    signal: int | None
    cpu_s: float
    wall_s: float
    memory_bytes: int | None
    tier: Tier | None
    compile: CompileResult | None
    error: Error | None


@documented
class Check(TypedDict):
    """A trial of one part of the service."""

    ok: bool
    detail: str
    seconds: float


@documented
class Readiness(TypedDict):
    ready: bool
    detail: str
    launcher: str
    runtime: str | None
    reason: str
    """Why this launcher was taken."""
    walls: tuple[str, ...]
    """What stands between a submission and the machine."""
    slots: int
    tiers: tuple[Tier, ...]
    """Which requests may ask for; the first is the default."""
    checks: dict[str, Check]
    checked_s_ago: float | None


@documented
class Version(TypedDict):
    name: str
    version: str
    python: str


@documented
class FieldProblem(TypedDict):
    field: str
    message: str
    remedy: str | None


@documented
class ProblemDocument(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldProblem]]


Verifiers = list[VerifierInfo]
Languages = list[LanguageInfo]
