"""Plain values cross exactly: equal, of the same types, with the same things in the same places."""

import collections
import contextlib
import datetime
import decimal
import fractions
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.code.examiner.codec import Decoder, Encoder, Malformed, Uncarriable

KEYS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.binary(),
    st.fractions(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
    st.complex_numbers(allow_nan=False),
    st.decimals(allow_nan=False, places=3),
    st.tuples(st.integers(), st.text()),
    st.frozensets(st.integers()),
)
VALUES = st.recursive(
    KEYS | st.binary().map(bytearray) | st.builds(range, st.integers(-9, 9), st.integers(-9, 9)),
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.sets(KEYS),
        st.dictionaries(KEYS, inner),
        st.lists(inner).map(collections.deque),
        st.dictionaries(KEYS, inner).map(collections.OrderedDict),
        st.lists(KEYS).map(collections.Counter),
        st.dictionaries(KEYS, inner).map(lambda d: collections.defaultdict(list, d)),
    ),
    max_leaves=20,
)
TAGS = [
    *("ref", "int", "bytes", "complex", "decimal", "fraction", "date", "time"),
    *("datetime", "timedelta", "range", "tuple", "frozenset", "list", "dict", "set"),
    *("deque", "ordereddict", "counter", "defaultdict", "ndarray", "npscalar", "object", "own"),
    *("type", "shared", "ellipsis"),
]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(TAGS),
            inner,
            max_size=1,
        )
    ),
    max_leaves=15,
)


def no_objects(*_):
    raise Uncarriable("an object")


def unknown(tag, _content):
    raise ValueError(tag)


def across(value):
    return Decoder(unknown).decode(json.loads(json.dumps(Encoder(no_objects).encode(value))))


def same(left, right):
    """Equal, and of the same types all the way down."""
    if type(left) is not type(right) or left != right:
        return False
    if isinstance(left, dict):
        return all(map(same, left.keys(), right.keys())) and all(
            map(same, left.values(), right.values())
        )
    if isinstance(left, list | tuple | collections.deque):
        return all(map(same, left, right))
    return str(left) == str(right) if isinstance(left, float) else True


@given(VALUES)
def test_whatever_plain_value_crosses_is_the_same_on_the_other_side(value):
    assert same(value, across(value))


@pytest.mark.parametrize("number", [0.0, -0.0, math.inf, -math.inf, 5e-324])
def test_floats_keep_their_bits(number):
    assert math.copysign(1, across(number)) == math.copysign(1, number)
    assert across(number) == number


def test_nan_stays_nan():
    assert math.isnan(across(math.nan))
    assert across(decimal.Decimal("NaN")).is_nan()


def test_a_container_met_twice_arrives_as_one():
    row = [0]
    arrived = across([row, row, {"row": row}])
    arrived[0].append(1)
    assert arrived == [[0, 1], [0, 1], {"row": [0, 1]}]


def test_a_container_may_hold_itself():
    value = {"list": []}
    value["list"].append(value)
    arrived = across(value)
    assert arrived["list"][0] is arrived


def test_an_ordered_dictionary_keeps_its_order():
    value = collections.OrderedDict(b=1, a=2)
    value.move_to_end("b")
    assert list(across(value)) == ["a", "b"]


@pytest.mark.parametrize("subclassed", [int, str, list, dict, tuple, float])
def test_what_only_derives_from_a_builtin_type_is_an_object(subclassed):
    with pytest.raises(Uncarriable):
        across(type("Derived", (subclassed,), {})())


def test_depth_is_bounded():
    value = []
    for _ in range(500):
        value = [value]
    with pytest.raises(Uncarriable):
        across(value)


@given(JUNK)
def test_whatever_arrives_is_a_value_or_malformed(junk):
    with contextlib.suppress(Malformed):
        Decoder(unknown).decode(junk)


@pytest.mark.parametrize(
    "encoded",
    [
        {"decimal": "1e999999999"},
        {"fraction": ["0x1", "0x0"]},
        {"int": "0x" + "f" * 10_000_000},
        {"range": [0, 10**18, 1]},
        {"ref": -1},
        {"ref": 10**30},
        {"deque": [-1]},
        {"timedelta": [10**30, 0, 0]},
        {"ndarray": ["|O", [1], "AAAAAAAAAAA="]},
        {"ndarray": ["i8,O", [1], "AAAAAAAAAAA="]},
        {"ndarray": ["<i8", [-1, -1], "AAAAAAAAAAA="]},
        {"dict": [[[], 1]]},
        {"set": [{"set": []}]},
        {"bytes": 5},
        {"two": 1, "tags": 2},
    ],
    ids=lambda encoded: json.dumps(encoded)[:40],
)
def test_what_no_encoder_makes_is_malformed(encoded):
    pytest.importorskip("numpy") if "ndarray" in encoded else None
    with pytest.raises(Malformed):
        Decoder(unknown).decode(encoded)


def test_a_chain_of_references_is_no_danger():
    chain = [[]]
    chain += [[{"ref": number}] for number in range(1, 20_000)]
    arrived = Decoder(unknown).decode(chain)
    assert len(arrived) == 20_000
    with pytest.raises(RecursionError):
        assert arrived[-1] == Decoder(unknown).decode(chain)[-1]


def test_exact_numbers_are_exact():
    assert across(fractions.Fraction(1, 3)) == fractions.Fraction(1, 3)
    assert across(3**5000) == 3**5000
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert across(datetime.datetime(2024, 1, 1, tzinfo=zone)).utcoffset().seconds == 7200
