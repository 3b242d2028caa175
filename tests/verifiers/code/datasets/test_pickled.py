"""Packed tests are read as data; whatever else the bytes say is refused, and nothing is run."""

import base64
import contextlib
import os
import pickle
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.code.datasets import pickled
from verifiers.code.datasets.pickled import NotPlain, inflate, read_pickle, unpack

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class TooMuch(Exception):
    """Numbers of over 255 bytes, and one list or object in two places."""


def read_here(data):
    try:
        return read_pickle(data)
    except NotPlain as refused:
        if "opcode b'\\x8b'" in str(refused) or "several places" in str(refused):
            raise TooMuch from None
        raise


def pack(data, protocol=4):
    return base64.b64encode(zlib.compress(pickle.dumps(data, protocol=protocol))).decode()


@given(text=st.text() | st.text(min_size=300, max_size=400), protocol=st.sampled_from([2, 3, 4, 5]))
def test_text_comes_back_whole(text, protocol):
    assert unpack(pack(text, protocol)) == text


@given(data=PLAIN, protocol=st.sampled_from([2, 3, 4, 5]))
def test_plain_data_comes_back_equal_or_not_at_all(data, protocol):
    pickle_of_it = pickle.dumps(data, protocol=protocol)
    with contextlib.suppress(TooMuch):
        assert read_here(pickle_of_it) == data


@given(data=st.binary(max_size=300))
def test_any_bytes_are_data_or_refused(data):
    with contextlib.suppress(NotPlain):
        read_pickle(data)


@given(data=PLAIN, at=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_a_damaged_pickle_is_data_or_refused(data, at, byte):
    damaged = bytearray(pickle.dumps(data))
    damaged[at % len(damaged)] = byte
    with contextlib.suppress(NotPlain):
        read_pickle(bytes(damaged))


@given(text=st.text(max_size=100))
def test_any_text_is_data_or_refused(text):
    with contextlib.suppress(NotPlain):
        unpack(text)


class Touches:
    """What a hostile pickle does: name a function to call with arguments."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_that_would_call_something_calls_nothing(protocol, tmp_path):
    target = tmp_path / "made"
    with pytest.raises(NotPlain, match="opcode"):
        unpack(pack(Touches(target), protocol))
    with pytest.raises(NotPlain, match="opcode"):
        unpack(pack(["text", {"deep": Touches(target)}], protocol))
    assert not target.exists()


@pytest.mark.parametrize(
    "opcodes",
    [b"cos\nsystem\n", b"\x93", b"\x82\x01", b"P1\n", b"Q", b"R", b"i", b"o", b"b", b"\x81",
     b"\x92",
     b"\x97", b"\x98", b"V1\n", b"I1\n", b"0", b"2", b"1"],
)  # fmt: skip
def test_opcodes_that_plain_data_does_not_need_are_refused(opcodes):
    with pytest.raises(NotPlain, match="opcode"):
        read_pickle(b"\x80\x04" + opcodes + b".")


def test_a_bomb_is_not_inflated_past_its_limit():
    bomb = zlib.compress(b"\x00" * 50_000_000)
    with pytest.raises(NotPlain, match="more than 1000 bytes"):
        inflate(bomb, most=1000)


def test_a_pickle_that_repeats_a_text_for_ever_is_refused():
    text = b"X" + (1000).to_bytes(4, "little") + b"a" * 1000
    repeated = b"\x80\x02(" + text + b"q\x00" + b"h\x00" * 5000 + b"l."
    with pytest.raises(NotPlain, match="more text than it may"):
        read_pickle(repeated, most=1_000_000)


def test_a_pickle_of_countless_lists_is_refused():
    with pytest.raises(NotPlain, match="steps"):
        read_pickle(b"(" + b"]" * (pickled.MOST_OPCODES + 1) + b"t.")


def test_lists_within_lists_that_are_shared_are_refused():
    inner = []
    with pytest.raises(NotPlain, match="several places"):
        read_pickle(pickle.dumps([inner, inner]))


@pytest.mark.parametrize(
    ("text", "said"),
    [("not base64!", "no base64"), (base64.b64encode(b"plain").decode(), "no zlib data"),
     (base64.b64encode(zlib.compress(b"x" * 5000)[:20]).decode(), "cut off"),
     (base64.b64encode(zlib.compress(b"")).decode(), "cut off or damaged")],
)  # fmt: skip
def test_what_is_not_packed_is_named(text, said):
    with pytest.raises(NotPlain, match=said):
        unpack(text)
