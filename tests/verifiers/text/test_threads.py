"""Long completions: judged as short ones are, while the event loop goes on."""

import threading
import time

import anyio
import pytest

from verifiers.text.threads import LONG_CHARS, judge

pytestmark = pytest.mark.anyio

TAGS = {"tags": ["think", "answer"]}
WORDS = "The sum of the two numbers is even, as both of them are odd. "


@pytest.mark.parametrize(
    ("chars", "in_a_thread"), [(0, False), (LONG_CHARS, False), (LONG_CHARS + 1, True)]
)
async def test_only_a_long_text_is_worth_a_thread(chars, in_a_thread):
    thread = await judge(lambda text: threading.current_thread(), "x" * chars)
    assert (thread is not threading.current_thread()) == in_a_thread


@pytest.mark.parametrize(
    ("verifier", "completion", "reference"),
    [
        ("text.exact", "<answer>A</answer> no " * 50_000 + "<answer>B</answer>", "B"),
        ("text.regex", "<answer>A</answer> no " * 50_000 + "<answer>B</answer>", "B"),
        ("text.choice", "The answer is A. " * 200_000 + "No. The answer is B.", "B"),
        ("text.choice", r"\boxed{A} no " * 200_000 + r"\boxed{B}", "B"),
        (
            "text.json",
            "[1] no " * 10_000 + "\n```\n" + "[" + "1, " * 200_000 + "1]\n```\n[2]",
            None,
        ),
        ("text.format", f"<think>{'a<b ' * 800_000}</think><answer>B</answer>", TAGS),
        ("text.language", WORDS * 100_000, {"language": "en"}),
    ],
    ids=["exact", "regex", "clauses", "boxes", "json", "format", "language"],
)
async def test_a_long_completion_does_not_hold_up_the_others(
    tools, verifier, completion, reference
):
    # Loads what is loaded once.
    await tools.verify(verifier, WORDS, reference, {})
    longest_s = 0.0  # of the loop's own CPU time, which a busy machine does not lengthen

    async def watch():
        nonlocal longest_s
        while True:
            before = time.thread_time()
            await anyio.sleep(0.001)
            longest_s = max(longest_s, time.thread_time() - before)

    async with anyio.create_task_group() as group:
        group.start_soon(watch)
        score = await tools.verify(verifier, completion, reference, {})
        group.cancel_scope.cancel()
    assert score.reward == (0.0 if verifier == "text.json" else 1.0)
    assert longest_s < 1
