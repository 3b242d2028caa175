"""Orders come out as they went in, from files that nobody can change."""

import errno
import fcntl
import os

import pytest

from sandbox.agent import orders


def test_an_order_comes_out_as_it_went_in():
    header, blobs = {"op": "order", "files": ["a", "b"]}, [b"one", bytes(5_000_000)]
    assert orders.unpack(orders.pack(header, blobs)) == (header, blobs)


def test_nobody_can_change_a_memory_file_or_make_it_longer():
    fd = orders.memory_file(b"content")
    with pytest.raises(PermissionError):
        os.write(fd, b"x")
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 100)
    assert os.read(fd, 100) == b"content"
    os.close(fd)


@pytest.fixture
def refusals(monkeypatch):
    """How often the kernel is still to refuse to seal a file, with which error."""
    left, add_seals = [], fcntl.fcntl

    def refuse(fd, command, argument):
        if left:
            raise OSError(left.pop(), "refused")
        return add_seals(fd, command, argument)

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    return left


def test_a_file_whose_pages_the_kernel_holds_for_a_moment_is_sealed_after_that(refusals):
    refusals += [errno.EBUSY] * 3
    fd = orders.memory_file(b"content")
    with pytest.raises(PermissionError):
        os.write(fd, b"x")
    os.close(fd)


@pytest.mark.parametrize("errors", [[errno.EBUSY] * 1000, [errno.EPERM]], ids=["busy", "forbidden"])
def test_a_file_that_cannot_be_sealed_is_none(refusals, errors):
    refusals += errors
    with pytest.raises(OSError, match="refused"):
        orders.memory_file(b"content")
