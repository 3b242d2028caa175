"""The verifier as the service calls it: by name, with JSON."""

import pytest
from pydantic import ValidationError

from verifiers import InvalidReference
from verifiers.testing import local_tools

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def judge(completion, reference, **options):
    async with local_tools() as tools:
        return await tools.verify("words", completion, reference, options)


@pytest.mark.parametrize(
    ("completion", "reward", "verdict"),
    [
        ("one two three", 1.0, "accepted"),
        ("<think>a lot of words before it</think> one two", 1.0, "accepted"),
        ("one", 0.0, "wrong_answer"),
        ("one two three four", 0.0, "wrong_answer"),
        ("<think>one two", 0.0, "no_answer"),
        ("", 0.0, "no_answer"),
    ],
)
async def test_the_number_of_words_decides(completion, reward, verdict):
    score = await judge(completion, {"at_least": 2, "at_most": 3})
    assert (score.reward, score.verdict) == (reward, verdict)


async def test_a_near_miss_may_count_in_part():
    score = await judge("one", {"at_least": 2, "at_most": 3}, graded=True)
    assert (score.reward, score.verdict) == (0.5, "partial")


async def test_a_range_without_numbers_is_a_broken_task():
    with pytest.raises(InvalidReference, match="at_least is 9"):
        await judge("one", {"at_least": 9, "at_most": 3})


async def test_a_misspelt_field_is_an_error():
    with pytest.raises(ValidationError, match="at_mots"):
        await judge("one", {"at_mots": 3})
