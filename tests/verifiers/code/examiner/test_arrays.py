"""What NumPy makes crosses as data: equal, of the same type, shape and bits. That this is so of all
types and layouts, test_codec finds out."""

import numpy as np
import pytest

from tests.verifiers.code.examiner.test_codec import across, object_array, same
from verifiers.code.examiner.codec import Uncarriable

INNER = np.dtype([("x", "<f4"), ("name", "<U3")])


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, np.nan, -0.0]]),
        np.array([], dtype="float32"),
        np.array(5),
        np.array(["2024-01-01", "NaT"], dtype="datetime64[25s]"),
        np.array([1, "a", None, [2]], dtype=object),
        np.array([b"a\0b", b"\0"]),
        np.zeros(2, ">i4"),
        np.zeros(2, np.longdouble),
        np.zeros((2, 0, 3), dtype=object),
        np.asfortranarray(np.arange(6).reshape(2, 3)).T[::-1],
        np.array([(1, (2.5, "abc"), [1, 2])], [("n", "i8"), ("in", INNER), ("two", "u1", (2,))]),
    ],
    ids=lambda array: f"{array.dtype}{list(array.shape)}",
)
def test_arrays(array):
    assert same(across(array), array)


@pytest.mark.parametrize(
    "array",
    [
        np.array(["a"], dtype=np.dtypes.StringDType()),
        np.zeros(2, "V4"),
        np.zeros(2, [("any", object)]),
        np.zeros(2, [(("title", "name"), "i4")]),
        np.zeros(2, np.dtype([("a", "i1"), ("b", "i4")], align=True)),
        np.ma.array([1, 2], mask=[False, True]),
        np.zeros(2, [("a", "i4")]).view(np.recarray),
    ],
    ids=lambda array: f"{type(array).__name__} of {array.dtype}",
)
def test_arrays_that_cannot_cross(array):
    with pytest.raises(Uncarriable):
        across(array)


@pytest.mark.parametrize(
    "scalar",
    [
        np.float32(1.5),
        np.float64(-0.0),
        np.int64(-3),
        np.bool_(True),
        np.complex64(1j),
        np.longdouble("1.1"),
        np.datetime64("NaT"),
        np.timedelta64(3, "h"),
        np.str_("a"),
        np.str_("ends with nothing\0"),
        np.str_(""),
        np.bytes_(b"a\0"),
    ],
    ids=repr,
)
def test_scalars(scalar):
    arrived = across(scalar)
    assert type(arrived) is type(scalar)
    assert repr(arrived) == repr(scalar)
    assert len(np.array(arrived).tobytes()) == len(np.array(scalar).tobytes())


@pytest.mark.parametrize("writeable", [True, False])
def test_whether_an_array_may_be_written_to(writeable):
    array = np.zeros(2)
    array.flags.writeable = writeable
    assert across(array).flags.writeable is writeable


def test_what_is_in_an_array_of_objects_is_shared_with_what_holds_it_too():
    row = [1]
    array, alone = across([object_array([row, row]), row])
    array[0].append(2)
    assert alone == [1, 2]
    assert array[1] is alone
