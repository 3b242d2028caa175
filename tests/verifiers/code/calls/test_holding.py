"""What the replies of a program that is called say of its tests."""

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifiers.code.calls import driver
from verifiers.code.calls.holding import CallProgram, findings_of
from verifiers.code.calls.plan import plan_of
from verifiers.code.calls.values import MOST_DEPTH, NotPlain, decoded, encoded
from verifiers.code.calls.wire import question

READY = ["ready"]
TESTS = ("assert f(1) == 1\nassert f(2) == [2], 'two'", "assert f(3) == f(-3)", "assert f(4) == 4")
PLAN = plan_of([ast.parse(test) for test in TESTS], frozenset("f"), None)
ALL = [READY, ["value", 1], ["value", {"t": "list", "v": [2]}], ["value", 3], ["value", 3.0]]
ALL += [["value", 4]]


def found(*replies, first=0, stop=True):
    return findings_of(list(replies), PLAN, first, stop_on_failure=stop)


def outcomes(findings):
    return [(each.outcome, each.message) for each in findings.tests]


PASSED = ("passed", "")


class TestFindings:
    def test_every_test_passes(self):
        findings = found(*ALL)
        assert outcomes(findings) == [PASSED] * 3
        assert findings.done

    def test_from_a_later_test_on(self):
        assert outcomes(found(READY, *ALL[3:], first=1)) == [PASSED] * 2

    @pytest.mark.parametrize("count", range(6))
    def test_what_is_not_answered_is_not_passed(self, count):
        findings = found(*ALL[:count])
        assert len(findings.tests) == [0, 0, 0, 1, 1, 2][count]
        assert not findings.done
        assert not findings.settled

    def test_what_comes_after_the_last_answer_is_nothing(self):
        assert outcomes(found(*ALL, ["value", 5])) == [PASSED] * 3

    def test_a_failed_assertion_settles_it(self):
        findings = found(*ALL[:2], ["value", 2])
        assert outcomes(findings) == [("failed", "AssertionError: two")]
        assert findings.settled

    def test_an_exception_settles_it(self):
        findings = found(*ALL[:2], ["raised", "KeyError", "'x'"])
        assert outcomes(findings) == [("raised", "KeyError: 'x'")]
        assert findings.settled

    def test_other_tests_go_on_where_all_are_wanted(self):
        findings = found(*ALL[:3], ["value", 3], ["value", 4], ALL[5], stop=False)
        assert [each.outcome for each in findings.tests] == ["passed", "failed", "passed"]
        assert findings.done

    def test_a_program_is_asked_anew_when_it_was_called_more_than_its_tests_would_have(self):
        findings = found(READY, ["value", 0], *ALL[2:], stop=False)
        assert [each.outcome for each in findings.tests] == ["failed"]
        assert findings.settled

    def test_a_program_that_does_not_load(self):
        findings = found(["unloadable", "SyntaxError", "x"])
        assert findings.load_error == ("SyntaxError", "x")
        assert not findings.done

    @pytest.mark.parametrize(
        "replies",
        [
            [["value", 1]],
            [READY, ["other"]],
            [READY, READY],
            [READY, ["value", {"t": "frozenset", "v": []}]],
            [*ALL[:3], ["value", {"t": "list", "v": []}], ["value", {"t": "list", "v": []}]],
        ],
    )
    def test_what_an_examiner_has_to_see(self, replies):
        with pytest.raises(NotPlain):
            found(*replies)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries({"t": st.sampled_from(["list", "set", "dict", "x"]), "v": inner})
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(["ready", "value", "raised", "other", "unloadable", "x"])
REPLIES = st.lists(st.tuples(KINDS, JSON).map(list) | JSON, max_size=4)


class TestNonsense:
    """Whatever a program writes, no test passes of which it did not give the result."""

    asked = question(PLAN.calls, "", stop_on_raise=True)

    def judged(self, stdout):
        try:
            return found(*self.asked.read(stdout)[0])
        except NotPlain:
            return None

    @given(REPLIES)
    @settings(max_examples=200)
    def test_replies(self, replies):
        lines = [b"\n" + self.asked.token + json.dumps(each).encode() + b"\n" for each in replies]
        findings = self.judged(b"".join(lines))
        assert findings is None or not findings.done

    @given(st.binary(max_size=40), st.binary(max_size=40))
    @settings(max_examples=100)
    def test_bytes(self, before, after):
        findings = self.judged(before + b"\n" + self.asked.token + after)
        assert findings is None or not findings.tests

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 10_000,
            '["value", 1e999999]',
            '["value", ' + "9" * 5_000 + "]",
            "\udcff",
            "[]",
            "{}",
        ],
    )
    def test_texts(self, text):
        line = b"\n" + self.asked.token + text.encode("utf-8", "surrogateescape") + b"\n"
        assert self.judged(line) is None

    def test_long_replies_are_not_read(self):
        lines = b"".join(
            b"\n" + self.asked.token + json.dumps(["value", "x" * 20_000]).encode() + b"\n"
            for _ in range(5)
        )
        with pytest.raises(NotPlain):
            self.asked.read(lines)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=()), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.sets(st.integers() | st.text(max_size=3), max_size=1)
        | st.dictionaries(st.text(max_size=3) | st.tuples(st.integers()), inner, max_size=3)
    ),
    max_leaves=8,
)


class TestValues:
    @given(VALUES)
    @settings(max_examples=200)
    def test_they_come_back_equal_and_of_the_same_type(self, value):
        asked = question([("f", [value], {})], "", stop_on_raise=True)
        request = json.loads(asked.stdin.partition(b"\n")[2].decode("utf-8", "surrogatepass"))
        argument = driver.decode(request["calls"][0][1][0])
        line = json.dumps(["value", driver.encode(argument)], ensure_ascii=False)
        stdout = b"\n" + asked.token + line.encode("utf-8", "surrogatepass") + b"\n"
        ((_, wire),), _ = asked.read(stdout)
        assert repr(decoded(wire)) == repr(argument) == repr(value)

    @pytest.mark.parametrize(
        "value", [b"x", 1j, frozenset(), object(), 1 << 14_001, list(range(1_001)), range(3)]
    )
    def test_what_is_not_plain(self, value):
        with pytest.raises(NotPlain):
            encoded(value)

    def test_what_is_nested_deep_is_not_read(self):
        wire: Any = 1
        for _ in range(MOST_DEPTH + 2):
            wire = {"t": "list", "v": [wire]}
        with pytest.raises(NotPlain):
            decoded(wire)

    def test_printed_text_is_told_apart(self):
        asked = question([], "", stop_on_raise=True)
        reply = b"\n" + asked.token + b'["ready"]\n'
        assert asked.read(b"one\n" + reply + b"two") == ([READY], b"one\ntwo")
        assert asked.read(b"only this") == ([], b"only this")


def test_files_in_the_way_are_left_to_the_examiner():
    program = CallProgram("", "", {"main.py": ""}, limits=None)
    with pytest.raises(NotPlain):
        program.driven()
