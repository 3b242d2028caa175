"""Whatever a candidate writes, the examiner of a test file comes to an end, and no test passes that
was not answered right.

The examiner is the real one; the candidate is this process, which writes bytes.
"""

from string import ascii_letters
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifiers.code.examiner.test_fuzz import MESSAGES, NOTHING, frame
from tests.verifiers.code.forked import examiners as started

SECRET = "what nobody can guess"
TESTS = """
import unittest
import pytest
from solution import Account, add

SECRET = "what nobody can guess"

@pytest.fixture
def account():
    yield Account()

@pytest.mark.parametrize("x", [1, 2])
def test_cases(x):
    assert add(x) == (SECRET, x)

def test_that_catches_everything():
    try:
        result = add([1], lambda x: x)
    except BaseException:
        result = None
    assert result == SECRET

def test_with_a_fixture(account):
    assert account.name == SECRET

def test_of_what_is_printed(capsys):
    add(3)
    assert capsys.readouterr().out == SECRET

def test_within_a_tolerance():
    assert add(0.5) == pytest.approx(31415.92653589793)

class TestCase(unittest.TestCase):
    def setUp(self):
        self.result = add(4)

    def test_case(self):
        with self.subTest(x=4):
            self.assertEqual(self.result, SECRET)
"""
NAMES = [
    [None, "test_cases", True],
    [None, "test_that_catches_everything", True],
    [None, "test_with_a_fixture", True],
    [None, "test_of_what_is_printed", True],
    [None, "test_within_a_tolerance", True],
    ["TestCase", "test_case", True],
]
PAYLOAD = {
    "tests": TESTS,
    "module": "solution",
    "imports_module": True,
    "names": NAMES,
    "first": 0,
    "stop_on_failure": False,
    "seed": None,
}


def value(content):
    return ["value", content, NOTHING, []]


LOADING = [
    ["ready"],
    value({"object": [0, "class", ["Account", []]]}),
    value({"object": [1, "function", "add"]}),
]
RIGHT = [
    value([SECRET, 1]),
    value([SECRET, 2]),
    value(SECRET),
    value({"object": [2, "object", ["Account", [], {"object": [0]}]]}),
    value(SECRET),
    value(None),  # to hear that standard output has been replaced
    ["do", "write", ["stdout", SECRET], {}, NOTHING, []],
    value(None),
    value(None),  # that it has been put back
    value(31415.92653589793),
    value(SECRET),
]
TELLING = [number for number, message in enumerate(RIGHT) if message != value(None)]
TELLING.remove(3)  # an object tells nothing


class Examination(NamedTuple):
    outcomes: list[str]
    done: bool


@pytest.fixture(scope="module")
def examiners():
    with started("verifiers.code.unittest.harness.suite") as examiners:
        yield examiners


def examined(examiners, written, **given):
    """What the examiner tells when a candidate writes that and goes."""
    lines = examiners.tell({**PAYLOAD, **given}, written)
    tests = [line for line in lines if "index" in line]
    assert [line["index"] for line in tests] == list(range(len(tests)))
    return Examination([line["outcome"] for line in tests], {"done": True} in lines)


def frames(messages):
    return b"".join(map(frame, messages))


def test_right_answers_pass(examiners):
    assert examined(examiners, frames([*LOADING, *RIGHT])) == Examination(["passed"] * 6, True)


def test_from_a_later_test_on(examiners):
    answers = frames([*LOADING, *RIGHT[5:]])
    assert examined(examiners, answers, first=3) == Examination(["passed"] * 3, True)


@given(st.lists(MESSAGES, min_size=1, max_size=6), st.booleans())
@settings(max_examples=60)
def test_no_messages_pass(examiners, messages, loaded):
    found = examined(examiners, frames([*(LOADING if loaded else []), *messages]))
    assert "passed" not in found.outcomes


@given(st.binary(max_size=200), st.booleans())
@settings(max_examples=30)
def test_no_bytes_pass(examiners, data, loaded):
    found = examined(examiners, frames(LOADING if loaded else []) + data)
    assert "passed" not in found.outcomes


@given(st.integers(0, len(frames([*LOADING, *RIGHT])) - 1))
@settings(max_examples=40)
def test_a_link_that_ends_anywhere_ends_the_test_under_way(examiners, length):
    found = examined(examiners, frames([*LOADING, *RIGHT])[:length])
    assert not found.done
    assert len(found.outcomes) < len(NAMES)
    assert set(found.outcomes) <= {"passed"}


@given(st.sampled_from(TELLING), MESSAGES)
@settings(max_examples=60)
def test_no_other_message_is_taken_for_a_right_answer(examiners, place, message):
    answers = [*RIGHT[:place], message, *RIGHT[place + 1 :]]
    found = examined(examiners, frames([*LOADING, *answers]))
    assert found != Examination(["passed"] * 6, True)


@given(st.lists(MESSAGES, min_size=1, max_size=3), st.binary(max_size=50))
@settings(max_examples=15)
def test_nothing_that_comes_too_late_matters(examiners, messages, data):
    late = frames(messages) + data
    assert examined(examiners, frames([*LOADING, *RIGHT]) + late) == Examination(
        ["passed"] * 6, True
    )


@given(st.text(), st.lists(st.text(ascii_letters, min_size=1), min_size=1, max_size=3))
@settings(max_examples=30)
def test_no_words_of_a_program_are_taken_for_the_report(examiners, text, names):
    error = {"names": names, "args": [[text], NOTHING], "text": text}
    raised = [["raised", error, NOTHING, []]] * 20
    found = examined(examiners, frames([*LOADING, *raised]))
    assert "passed" not in found.outcomes
    assert found.outcomes[:1] == ["raised"]


@given(st.text(), st.text())
@settings(max_examples=10)
def test_a_program_that_does_not_load_has_no_test_run(examiners, kind, text):
    found = examined(examiners, frames([["failed", kind, text], *LOADING, *RIGHT]))
    assert found == Examination([], False)
