"""Plain values cross exactly: equal, of the same types, with the same things in the same places."""

import collections
import contextlib
import datetime
import decimal
import fractions
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from verifiers.code.examiner.codec import Decoder, Encoder, Malformed, Uncarriable
from verifiers.code.examiner.containers import add_arrays
from verifiers.code.examiner.sharing import Shared

FIXED_ZONES = st.builds(
    datetime.timezone,
    st.timedeltas(datetime.timedelta(hours=-23), datetime.timedelta(hours=23)),
)
ZONES = st.timezones() | FIXED_ZONES
KEYS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.binary(),
    st.fractions(),
    st.dates(),
    st.times(timezones=st.none() | ZONES),
    st.datetimes(timezones=st.none() | ZONES),
    st.timedeltas(),
    ZONES,
    st.complex_numbers(allow_nan=False),
    st.decimals(allow_nan=False, places=3),
    st.tuples(st.integers(), st.text()),
    st.frozensets(st.integers()),
)
PLAIN_DTYPES = st.one_of(
    npst.scalar_dtypes(),
    npst.unicode_string_dtypes(),
    npst.byte_string_dtypes(),
)
RECORDS = npst.array_dtypes(PLAIN_DTYPES, max_size=3, allow_subarrays=True).filter(
    lambda dtype: all(len(field) == 2 for field in dtype.fields.values())  # without titles
)
DTYPES = PLAIN_DTYPES | RECORDS
LAYOUTS = [
    lambda array: array,
    np.asfortranarray,
    np.transpose,
    lambda array: array[::-1] if array.ndim else array,
    lambda array: array[..., ::2] if array.ndim else array,
]
ARRAYS = st.builds(
    lambda array, layout: layout(array),
    DTYPES.flatmap(
        lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=3, min_side=0))
    ),
    st.sampled_from(LAYOUTS),
)
"""Of all types, in all layouts; with NaN, -0.0, no dimensions, and nothing in them."""
SCALARS = PLAIN_DTYPES.flatmap(npst.from_dtype)
PLAIN = st.one_of(
    KEYS,
    st.binary().map(bytearray),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9)),
    ARRAYS,
    SCALARS,
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.sets(KEYS),
        st.dictionaries(KEYS, inner),
        st.lists(inner).map(collections.deque),
        st.dictionaries(KEYS, inner).map(collections.OrderedDict),
        st.lists(KEYS).map(collections.Counter),
        st.dictionaries(KEYS, inner).map(lambda d: collections.defaultdict(list, d)),
        st.lists(inner).map(lambda items: object_array(items)),
    ),
    max_leaves=20,
)
TAGS = [
    *(
        "ref",
        "fixed",
        "slice",
        "record",
        "frame",
        "index",
        "int",
        "bytes",
        "complex",
        "decimal",
        "fraction",
        "date",
        "time",
    ),
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


def object_array(items):
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        array[place] = item
    return array


def no_objects(*_):
    raise Uncarriable("an object")


def unknown(tag, _content):
    raise ValueError(tag)


def across(value):
    add_arrays()
    encoder = Encoder(no_objects, Shared())
    encoded = encoder.encode(value)
    encoded, memo = json.loads(json.dumps([encoded, encoder.memo()]))
    return Decoder(unknown, Shared(), memo).decode(encoded)


def decoded(encoded, news=(), fixed=()):
    return Decoder(unknown, Shared(), [list(news), list(fixed), []]).decode(encoded)


def same(left, right):
    """Equal, and of the same types all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return same_arrays(left, right)
    if isinstance(left, np.generic):
        return same_arrays(np.array(left), np.array(right))
    if isinstance(left, datetime.datetime | datetime.time):
        zones = type(left.tzinfo), left.utcoffset(), left.tzname(), left.fold
        return left == right and zones == (
            *(type(right.tzinfo), right.utcoffset(), right.tzname(), right.fold),
        )
    if isinstance(left, dict | list | tuple | collections.deque):
        if len(left) != len(right):
            return False
    elif left != right:
        return False
    if isinstance(left, dict):
        return all(map(same, left.keys(), right.keys())) and all(
            map(same, left.values(), right.values())
        )
    if isinstance(left, list | tuple | collections.deque):
        return all(map(same, left, right))
    return str(left) == str(right) if isinstance(left, float) else True


def same_arrays(left, right):
    """Of the same type, shape and bits."""
    if left.dtype == object:
        return left.shape == right.shape and all(map(same, left.flat, right.flat))
    return (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())


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


def test_depth_of_tuples_is_bounded():
    value: tuple[Any, ...] = ()
    for _ in range(500):
        value = (value, 1)
    with pytest.raises(Uncarriable):
        across(value)


def test_depth_of_containers_is_not():
    value = inner = []
    for _ in range(50_000):
        inner.append([])
        inner = inner[0]
    arrived, depth = across(value), 0
    while arrived:
        (arrived,), depth = arrived, depth + 1
    assert depth == 50_000


@pytest.mark.parametrize("kind", [list, tuple])
def test_what_is_shared_at_every_level_costs_each_level_once(kind):
    value = kind([1])
    for _ in range(60):
        value = kind([value, value])
    arrived = across(value)
    for _ in range(60):
        assert type(arrived) is kind
        assert arrived[0] is arrived[1]
        arrived = arrived[0]
    assert arrived == kind([1])


def test_slices_cross():
    assert across(slice(1, None, -2)) == slice(1, None, -2)
    assert across({"cut": slice([1], (2,))}) == {"cut": slice([1], (2,))}


@given(JUNK, JUNK, JUNK)
def test_whatever_arrives_is_a_value_or_malformed(junk, more, tagged):
    for memo in (more, [[], [], []], [[["list", [junk]], tagged], [["tuple", [junk]], more], []]):
        with contextlib.suppress(Malformed):
            Decoder(unknown, Shared(), memo).decode(junk)


@pytest.mark.parametrize(
    "encoded",
    [
        {"decimal": "1e999999999"},
        {"fraction": ["0x1", "0x0"]},
        {"int": "0x" + "f" * 10_000_000},
        {"range": [0, 10**18, 1]},
        {"ref": -1},
        {"ref": 10**30},
        {"ref": True},
        {"fixed": 0},
        {"fixed": -1},
        {"slice": [1, 2, 3, 4]},
        {"timedelta": [10**30, 0, 0]},
        {"npscalar": ["|O", "AAAAAAAAAAA="]},
        {"frame": [[], [], []]},
        {"bytes": 5},
        {"two": 1, "tags": 2},
        {"list": []},
    ],
    ids=lambda encoded: json.dumps(encoded)[:40],
)
def test_what_no_encoder_makes_is_malformed(encoded):
    with pytest.raises(Malformed):
        decoded(encoded)


@pytest.mark.parametrize(
    "new",
    [
        ["deque", [-1]],
        ["ndarray", ["|O", [1], True, "AAAAAAAAAAA="]],
        ["ndarray", ["i8,O", [1], True, "AAAAAAAAAAA="]],
        ["ndarray", ["<i8", [-1, -1], True, "AAAAAAAAAAA="]],
        ["ndarray", ["<i8", [10**9], True, ""]],
        ["dict", [[{"ref": 1}, 1]]],
        ["set", [{"ref": 1}]],
        ["record", ["no class of the task", ["name", 1]]],
        ["nothing", []],
        ["list"],
        5,
    ],
    ids=lambda new: json.dumps(new)[:40],
)
def test_no_container_that_no_encoder_makes_is_made(new):
    with pytest.raises(Malformed):
        decoded({"ref": 1}, news=[new])


def test_exact_numbers_are_exact():
    assert across(fractions.Fraction(1, 3)) == fractions.Fraction(1, 3)
    assert across(3**5000) == 3**5000
    zone = datetime.timezone(datetime.timedelta(hours=2))
    assert across(datetime.datetime(2024, 1, 1, tzinfo=zone)).utcoffset().seconds == 7200
