"""What pandas makes crosses as data: equal, of the same types, with the same labels."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifiers.code.examiner.test_codec import across

INT64 = st.integers(-(2**63), 2**63 - 1)
TIMES = st.datetimes(pd.Timestamp("1700-01-01"), pd.Timestamp("2200-01-01"))
CENTURY = timedelta(days=36_525)  # as pandas counts nanoseconds
ITEMS = {
    "int64": INT64,
    "uint8": st.integers(0, 255),
    "float64": st.floats(),
    "float32": st.floats(width=32),
    "complex128": st.complex_numbers(),
    "bool": st.booleans(),
    "object": st.none() | INT64 | st.text() | st.tuples(st.booleans()) | st.just(pd.NA),
    "str": st.none() | st.text(),
    "string": st.none() | st.text(),
    "category": st.none() | st.integers(0, 3),
    "Int64": st.none() | INT64,
    "Float32": st.none() | st.floats(allow_nan=False, width=32),
    "boolean": st.none() | st.booleans(),
    "datetime64[s]": st.none() | TIMES.map(lambda time: time.replace(microsecond=0)),
    "datetime64[ns, Europe/Berlin]": st.none() | TIMES,
    "timedelta64[us]": st.none() | st.timedeltas(-CENTURY, CENTURY),
    "period[M]": st.none() | TIMES.map(lambda time: pd.Period(time, "M")),
    "interval[int64, left]": st.integers(0, 9).map(lambda n: pd.Interval(n, n + 2, "left")),
    "Sparse[int64, 0]": st.integers(0, 2),
}
NAMES = st.none() | st.text() | st.integers() | st.tuples(st.text(), st.booleans())
ORDERED = pd.CategoricalDtype(["b", "a", "unused"], ordered=True)


@st.composite
def columns(draw, length=None):
    """Series of every type that a column has, of that length."""
    length = draw(st.integers(0, 4)) if length is None else length
    dtype = draw(st.sampled_from([*ITEMS, ORDERED]))
    items = st.sampled_from([None, "a", "b"]) if dtype is ORDERED else ITEMS[dtype]
    drawn = draw(st.lists(items, min_size=length, max_size=length))
    return pd.Series(drawn, dtype=dtype, name=draw(NAMES))


@st.composite
def indices(draw, length):
    name = draw(NAMES)
    kind = draw(st.sampled_from(["range", "days", "column", "levels"]))
    if kind == "range":
        start, step = draw(st.integers(-9, 9)), draw(st.sampled_from([-2, 1, 3]))
        return pd.RangeIndex(start, start + length * step, step, name=name)
    if kind == "days":
        return pd.date_range("2024-03-30", periods=length, tz="Europe/Berlin", name=name)
    if kind == "levels":  # pandas itself fails on some of objects
        both = columns(length).filter(lambda column: column.dtype != object)
        return pd.MultiIndex.from_arrays([draw(both), draw(both)])
    column = draw(columns(length))
    return pd.Index(column.array, dtype=column.dtype, name=name, tupleize_cols=False)


@st.composite
def frames(draw):
    length, width = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    index = draw(indices(length))
    made = [draw(columns(length)).set_axis(index) for _ in range(width)]
    frame = pd.DataFrame(dict(enumerate(made)), index=index)
    frame.columns = draw(indices(width))
    return frame


@given(frames())
@settings(max_examples=60)
def test_whatever_frame_crosses_is_the_same_on_the_other_side(frame):
    pd.testing.assert_frame_equal(
        across(frame),
        frame,
        check_exact=True,
        check_index_type="exact",
        check_column_type="exact",
        check_freq=True,
    )


@given(columns())
@settings(max_examples=60)
def test_whatever_series_crosses_is_the_same_on_the_other_side(series):
    pd.testing.assert_series_equal(across(series), series, check_exact=True)
    array = across(series.array)
    assert type(array) is type(series.array)
    pd.testing.assert_series_equal(pd.Series(array), pd.Series(series.array), check_exact=True)


@given(st.integers(0, 4).flatmap(indices))
@settings(max_examples=60)
def test_whatever_index_crosses_is_the_same_on_the_other_side(index):
    arrived = across(index)
    pd.testing.assert_index_equal(arrived, index, exact=True, check_exact=True)
    assert getattr(arrived, "freq", None) == getattr(index, "freq", None)


TABLE = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "real": [1.5, np.nan, 2.0],
        "text": ["x", None, "z"],
        "time": pd.to_datetime(["2024-01-01T08:00", None, "2024-03-01T10:00"]),
        "truth": [True, False, True],
    }
)


@pytest.mark.parametrize(
    "frame",
    [
        TABLE,
        TABLE.iloc[::2],
        TABLE[["whole"]],
        TABLE.set_index("text"),
        TABLE.set_index(["whole", "truth"]),
        TABLE.rename(columns={"whole": 1}),
        TABLE.astype({"text": "category"}),
        TABLE.groupby("truth").sum(numeric_only=True),
        TABLE.pivot_table(index="truth", values="whole", aggfunc=["sum", "mean"]),
        TABLE.describe(),
        pd.concat([TABLE, TABLE], axis=1),
        pd.DataFrame(),
        pd.DataFrame(np.zeros((2, 2))),
        pd.DataFrame({"maybe": pd.array([1, None], dtype="Int64")}),
        pd.DataFrame({"span": pd.to_timedelta([1, 2], unit="s")}),
    ],
    ids=range(15),
)
def test_frames(frame):
    pd.testing.assert_frame_equal(across(frame), frame)


@pytest.mark.parametrize(
    "series",
    [*(TABLE[name] for name in TABLE), TABLE["whole"].value_counts(), pd.Series([1, "a", [1]])],
    ids=range(7),
)
def test_series(series):
    pd.testing.assert_series_equal(across(series), series)


@pytest.mark.parametrize(
    "index",
    [
        TABLE.index,
        pd.Index(["a", "b"], name="n"),
        pd.DatetimeIndex(["2024-01-01", "2024-05-01"]),
        pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["x", "y"]),
    ],
    ids=range(4),
)
def test_indices(index):
    pd.testing.assert_index_equal(across(index), index)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2024-01-01T10:00"),
        pd.Timestamp("2024-01-01", tz="UTC"),
        pd.Timedelta("1s"),
        pd.Timestamp("2024-10-27T00:30Z").tz_convert("Europe/Berlin"),
        pd.Period("2024-01", freq="M"),
        pd.Interval(0.5, 2.0, closed="both"),
        pd.offsets.MonthEnd(2),
    ],
)
def test_scalars(value):
    assert across(value) == value
    assert type(across(value)) is type(value)


@pytest.mark.parametrize("absent", [pd.NaT, pd.NA])
def test_what_is_absent(absent):
    assert across(absent) is absent
