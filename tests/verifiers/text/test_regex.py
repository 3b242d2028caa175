"""text.regex: whole answers, sound patterns, and whose fault a time-out is."""

import pytest

from verifiers import InvalidReference

pytestmark = pytest.mark.anyio

DATE = r"\d{4}-\d{2}-\d{2}"

RIGHT = [
    ("2026-03-14", DATE),
    ("<think>1999-01-01</think> 2026-03-14\n", DATE),
    ("<answer>2026-03-14</answer>", DATE),
    ("on 2026-03-14, at noon", {"pattern": DATE, "match": "search"}),
    ("YES\nno", {"pattern": "yes.no", "flags": ["ignorecase", "dotall"]}),
    ("a\nb", {"pattern": "^b$", "match": "search", "flags": ["multiline"]}),
    ("été", r"\p{L}+"),
]

WRONG = [
    ("on 2026-03-14", DATE),
    ("2026-03-14 or 2026-03-15", DATE),
    ("2026-03-14\n2026-03-15", f"^{DATE}$"),
    ("<think>2026-03-14</think> soon", {"pattern": DATE, "match": "search"}),
    ("yes", "YES"),
]

BROKEN = ["", "(", "[a", r"(?P<x>a)(?P<x", "a{2,1}", "*", "(" * 5000 + ")" * 5000]

CATASTROPHIC = [
    ("((((a{1000}){1000}){1000}){1000})", "a"),
    (r"(?:(a|b|ab)+)+c", "ab" * 30 + "dc"),
]


@pytest.mark.parametrize(("completion", "reference"), RIGHT)
async def test_an_answer_that_matches_is_right(tools, completion, reference):
    score = await tools.verify("text.regex", completion, reference, {})
    assert (score.reward, score.verdict) == (1.0, "accepted")


@pytest.mark.parametrize(("completion", "reference"), WRONG)
async def test_an_answer_that_does_not_match_is_wrong(tools, completion, reference):
    score = await tools.verify("text.regex", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


async def test_an_empty_completion_is_no_answer_even_to_a_pattern_that_matches_nothing(tools):
    score = await tools.verify("text.regex", "<think>.</think> ", ".*", {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


@pytest.mark.parametrize("completion", ["anything", ""])
@pytest.mark.parametrize("pattern", BROKEN)
async def test_a_broken_pattern_is_a_broken_task(tools, pattern, completion):
    with pytest.raises(InvalidReference, match="pattern is"):
        await tools.verify("text.regex", completion, pattern, {})


@pytest.mark.parametrize(("pattern", "completion"), CATASTROPHIC)
async def test_a_pattern_that_explodes_is_a_broken_task(tools, pattern, completion):
    with pytest.raises(InvalidReference, match="repetitions"):
        await tools.verify("text.regex", completion, pattern, {})


async def test_a_pattern_that_was_harmless_once_may_still_explode(tools):
    pattern, completion = CATASTROPHIC[1]
    for _ in range(2):
        assert (await tools.verify("text.regex", "ababc", pattern, {})).reward == 1.0
    with pytest.raises(InvalidReference, match="repetitions"):
        await tools.verify("text.regex", completion, pattern, {})


async def test_a_pattern_that_only_an_endless_answer_slows_down_is_not_to_blame(tools):
    pattern = {"pattern": r"b.*c", "match": "search"}
    score = await tools.verify("text.regex", "ab" * 400_000, pattern, {})
    assert (score.reward, score.verdict) == (0.0, "time_limit_exceeded")
