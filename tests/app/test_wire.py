"""JSON in and out: nothing rounded, nothing lost, nothing that only we would understand."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import wire
from verifiers import Component

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars, lambda children: st.lists(children) | st.dictionaries(st.text(), children)
)


@given(values)
def test_what_json_can_say_arrives_as_it_was_sent(value):
    assert wire.parse(json.dumps(value).encode()) == value
    assert wire.parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(values)
def test_what_is_dumped_reads_the_same_elsewhere(value):
    assert json.loads(wire.dump(value)) == value


@pytest.mark.parametrize("digits", [18, 19, 20, 39, 400, 4300])
def test_long_integers_are_exact(digits):
    number = 10**digits - 1

    assert wire.parse(b"[%d, -%d]" % (number, number)) == [number, -number]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (rb'"\ud83d"', "�"),
        (rb'"a\ude00b"', "a�b"),
        (rb'"\ud83d\ude00"', "😀"),
        (rb'"\ud83d\ud83d\ude00\uDE00"', "�😀�"),
        (rb'["\\ud83d", "\ud83d", "\\\ud83d"]', ["\\ud83d", "�", "\\�"]),
    ],
)
def test_half_surrogate_pairs_become_replacement_characters(text, value):
    assert wire.parse(text) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b'{"a": 1,}',
        b"'a'",
        b'"\\ud8"',
        b"\xff\xfe",
        b'"\xed\xa0\xbd"',
        b"[1] [2]",
        b"[" * 2000 + b"]" * 2000,
        b"[%d, NaN]" % 10**400,
        b"[1e999, \xff]",
    ],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(json.JSONDecodeError):
        wire.parse(text)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (b"9" * 4301, "4301 digits"),
        (b"-" + b"9" * 5000, "5000 digits"),
        (b"1e999", "larger"),
        (b"-1.5E+400", "larger"),
    ],
)
def test_a_number_too_large_to_be_read_spoils_nothing_else(number, problem):
    first, unreadable, last = wire.parse(rb'["\ud83d", %b, %d]' % (number, 10**30))

    assert (first, last) == ("�", 10**30)
    assert isinstance(unreadable, wire.Unreadable)
    assert problem in unreadable.problem


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        (b'[1e999,\n "NaN", NaN]', 2, 9),
        (b'[1e999,\n "\\"I", -Infinity]', 2, 9),
        (b"[1e999,\n }", 2, 2),
        (b"[%d\n 1]" % 10**30, 2, 2),
    ],
)
def test_where_it_stops_being_json_is_told(text, line, column):
    with pytest.raises(json.JSONDecodeError) as caught:
        wire.parse(text)

    assert (caught.value.lineno, caught.value.colno) == (line, column)


@given(st.binary())
def test_any_bytes_are_a_value_or_refused(text):
    try:
        value = wire.parse(text)
    except json.JSONDecodeError:
        return
    assert json.loads(wire.dump(value)) == value


def test_values_of_ours_are_dumped_by_their_fields():
    @dataclass
    class Point:
        x: int

    dumped = json.loads(wire.dump({"point": Point(1), "part": Component(name="a", reward=0.5)}))

    assert dumped["point"] == {"x": 1}
    assert dumped["part"] == {
        "name": "a",
        "reward": 0.5,
        "weight": 1.0,
        "verdict": None,
        "message": "",
    }


def test_what_has_no_fields_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="object"):
        wire.dump(object())


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029", "\x0b", "\x1c", "\n", "\r"])
def test_a_line_stays_one_for_every_reader(separator):
    value = {"text": f"a{separator}b", separator: None}
    line = wire.dump_line(value)
    assert len(line.decode().splitlines()) == 1
    assert wire.parse(line) == value
