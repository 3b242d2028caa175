"""What holds for every verifier that is registered, whoever wrote it."""

import math
import re
from importlib.metadata import entry_points

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import SandboxError, startup
from sandbox.config import SandboxConfig
from verifiers import VerifierError
from verifiers.registry import GROUP, Registry
from verifiers.testing import local_tools

NAMES = sorted(point.name for point in entry_points(group=GROUP))
RUN_PROGRAMS = [name for name in NAMES if name.startswith("code.")]
REGISTRY = Registry.load()

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("contract")]


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def tools():
    async with local_tools(registry=REGISTRY) as tools:
        yield tools


@pytest.fixture(scope="module")
async def real_tools():
    config = SandboxConfig(launcher="namespaces", slots=1)
    async with startup.start(config) as sandbox, local_tools(sandbox=sandbox) as tools:
        yield tools


def example(name):
    return {"options": {}, **REGISTRY.entry(name).verifier.example}


async def judge(tools, name, completion):
    known = example(name)
    return await tools.verify(name, completion, known["reference"], known["options"])


WORDS = r"""
<think> </think> <answer> </answer> \boxed{ } { } [ ] ( ) " ' ` $ ``` ```json ```python ~~~ : ,
A B (B) 42 0.5 1e999 -1 \frac{1}{2} \sqrt x = + null true NaN answer is print(1) def f(x): pass
import sys; sys.exit(0) assert the quick brown fox 答案是 ١ ½ ∞ <|im_end|> <|channel|>final
"""
FRAGMENTS = st.sampled_from(
    [*re.findall(r"\S+", WORDS), "\n", " ", "\x00", "\u202e", "\ud800", "\\"]
)
COMPLETIONS = st.text(max_size=200) | st.lists(FRAGMENTS, max_size=30).map(" ".join)


def test_the_built_in_verifiers_are_there():
    assert {"code.asserts", "code.stdio", "composite", "math"} <= set(NAMES)
    texts = {name for name in NAMES if name.startswith("text.")}
    kinds = ["choice", "exact", "format", "json", "language", "regex"]
    assert {f"text.{kind}" for kind in kinds} <= texts


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_says_what_it_is(name):
    (info,) = [info for info in REGISTRY.describe() if info.name == name]
    assert info.available, info.error
    assert info.summary.endswith(".")
    assert info.reference_schema is not None
    assert info.options_schema is not None
    assert info.options_schema["properties"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in RUN_PROGRAMS])
async def test_its_example_is_right(tools, name):
    score = await judge(tools, name, example(name)["completion"])
    assert (score.reward, score.verdict) == (1.0, "accepted"), score.message


@pytest.mark.namespaces
@pytest.mark.parametrize("name", RUN_PROGRAMS)
async def test_the_example_of_one_that_runs_programs_is_right(real_tools, name):
    score = await judge(real_tools, name, example(name)["completion"])
    assert (score.reward, score.verdict) == (1.0, "accepted"), score.message


@pytest.mark.parametrize("completion", ["", " \n\t", "<think>", "<think></think>", "<answer>"])
@pytest.mark.parametrize("name", NAMES)
async def test_an_empty_completion_is_never_accepted(tools, name, completion):
    score = await judge(tools, name, completion)
    assert score.reward == 0.0
    assert not score.passed


@pytest.mark.parametrize("name", NAMES)
@given(completion=COMPLETIONS)
@settings(max_examples=40, deadline=None)
async def test_any_text_gets_an_honest_score_or_an_error_always_the_same(tools, name, completion):
    outcomes = []
    for _ in range(2):
        try:
            score = await judge(tools, name, completion)
        except (VerifierError, SandboxError) as error:
            outcomes.append((type(error), str(error)))
            continue
        assert math.isfinite(score.reward)
        assert 0.0 <= score.reward <= 1.0
        assert score.passed <= (score.reward > 0)
        outcomes.append(score.model_copy(update={"run_s": 0.0, "queue_s": 0.0}))
    assert outcomes[0] == outcomes[1]
