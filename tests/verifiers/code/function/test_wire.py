"""What a run writes is read for what it is: whatever the bytes, a reply or none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.code.function.compare import Foreign, NoNodes, Rules, Unordered, first_difference
from verifiers.code.function.reference import FunctionReference
from verifiers.code.function.wire import question

REFERENCE = FunctionReference.model_validate(
    {
        "entry_point": "Solution.f",
        "tests": [{"args": [[1, 2], "é"], "expected": ["4711"]}],
        "types": {"args": ["ListNode"]},
    }
)
QUESTION = question(REFERENCE, REFERENCE.tests[0])


def reply(content, before=b""):
    return QUESTION.read(before + b"\n" + QUESTION.token + content + b"\n")


def test_a_question_holds_the_arguments_and_nothing_that_is_expected():
    token, _, text = QUESTION.stdin.partition(b"\n")
    assert token == QUESTION.token
    assert json.loads(text) == {
        "owner": "Solution",
        "name": "f",
        "args": [[1, 2], "é"],
        "kwargs": {},
        "types": {"f": {"args": ["ListNode"], "returns": None}},
        "in_place": None,
    }
    assert b"4711" not in QUESTION.stdin


def test_every_question_has_a_token_of_its_own():
    assert question(REFERENCE, REFERENCE.tests[0]).token != QUESTION.token


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ("[1,-0.0,1e400,NaN]", [1, -0.0, float("inf"), float("nan")]),
        ('{"o":[["a",1],[1,2],[true,3],[null,4],[1.5,5]]}',
         {"a": 1, "1": 2, "true": 3, "null": 4, "1.5": 5}),
        ('{"t":"ListNode","v":[1,2]}', [1, 2]),
        ('{"t":"nothing"}', NoNodes()),
        ('{"t":"set","v":[1]}', Unordered([1])),
        ('{"t":"Fraction"}', Foreign("Fraction")),
        ('{"o":[[1,"a"],["1","b"]]}', Foreign("dictionary with keys that are one in JSON")),
        ('{"o":[[[1],"a"]]}', Foreign("dictionary with keys that JSON cannot have")),
    ],
)  # fmt: skip
def test_results(wire, value):
    found = reply(b'{"result":' + wire.encode() + b"}")
    assert found.kind == "result"
    assert repr(found.value) == repr(value)


def test_what_the_program_printed_is_apart():
    found = reply(b'{"result":1}', before=b"hello\n" + b"0" * 32 + b'{"result":2}')
    assert (found.value, found.printed) == (1, b"hello\n" + b"0" * 32 + b'{"result":2}')


def test_the_last_reply_counts_and_what_follows_it_does_not():
    line = b"\n" + QUESTION.token + b'{"result":%d}\n'
    assert QUESTION.read(line % 1 + line % 2 + b"printed late").value == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"result":1,"raised":[]}',
        b'{"verdict":"accepted"}',
        b'{"raised":5}',
        b'{"raised":[[5],"text"]}',
        b'{"missing":["f"]}',
        b'{"result":{"t":5}}',
        b'{"result":{"o":5}}',
        b'{"result":{"t":"set"}}',
        b'{"result":"\xff"}',
        b'{"result":' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"result":' + b"[" * 60_000,
        b'{"result":' + b"9" * 50_000 + b"}",
    ],
)
def test_what_no_driver_writes_is_no_reply(content):
    assert reply(content).kind == "none"


def test_a_reply_that_is_far_too_long_is_not_even_read():
    assert reply(b'{"result":[' + b"1," * 100_000).kind == "too_large"


PIECES = st.sampled_from(
    [b'{"result":', b'{"o":[', b'{"t":"set","v":', b"[", b"]", b"}", b",", b"1", b'"4711"', b"\n",
     b'"', b"null", b"NaN", b"\xff", b"-", b"e9", b'"t":', b'"nothing"', QUESTION.token]
)  # fmt: skip


@given(data=st.lists(PIECES | st.binary(max_size=4), max_size=20).map(b"".join))
def test_no_bytes_fail_and_none_pass_that_do_not_say_the_expected_value(data):
    found = QUESTION.read(b"\n" + QUESTION.token + data)
    if found.kind == "result" and first_difference(found.value, ["4711"], Rules()) is None:
        assert b'"4711"' in data
