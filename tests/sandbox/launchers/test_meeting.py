"""Where one container is met: by one peer, once, in a directory that is gone afterwards."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sandbox.launchers.meeting import MeetingPoint, NotMet, remove_leftovers


@pytest.fixture(params=["short", "long"])
def point(request, tmp_path, monkeypatch):
    place = tmp_path if request.param == "short" else tmp_path / ("long" * 40)
    place.mkdir(exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with contextlib.closing(MeetingPoint()) as made:
        yield made
    assert list(place.iterdir()) == []


@pytest.fixture
def container():
    """Both ends of what is attached to it."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(end) for end in socket.socketpair()]


def connect(point, monkeypatch):
    peer = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(point.mount["Source"])  # paths may be longer than addresses
    peer.connect(Path(point.options[-1]).name)
    monkeypatch.undo()
    return peer


def test_who_connects_is_met(point, container, monkeypatch):
    with connect(point, monkeypatch) as peer, point.meet(unless=container[0]) as met:
        peer.sendall(b"hello")
        assert met.recv(100) == b"hello"


def test_the_number_of_open_descriptors_does_not_matter(container, monkeypatch):
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    many = [os.dup(0) for _ in range(1100)]
    try:
        with (
            contextlib.closing(MeetingPoint()) as point,
            connect(point, monkeypatch),
            point.meet(unless=container[0]) as met,
        ):
            assert met.fileno() > 1024
    finally:
        for each in many:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_what_a_container_says_before_does_not_matter(point, container, monkeypatch):
    container[1].sendall(b"a warning")
    with connect(point, monkeypatch), point.meet(unless=container[0]):
        pass


def test_nobody_is_waited_for_once_the_container_has_ended(point, container):
    container[1].close()
    with pytest.raises(NotMet):
        point.meet(unless=container[0])


def test_nobody_is_waited_for_for_ever(point, container, monkeypatch):
    monkeypatch.setattr("sandbox.launchers.meeting._PATIENCE_S", 0.1)
    with pytest.raises(NotMet):
        point.meet(unless=container[0])


def test_others_of_the_machine_cannot_enter(point):
    outer = Path(point.mount["Source"]).parent
    assert outer.stat().st_mode & 0o777 == 0o700


def test_what_the_dead_left_is_removed_and_only_that(point):
    code = "from sandbox.launchers.meeting import MeetingPoint as M; print(M().mount['Source'])"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "TMPDIR": tempfile.gettempdir()}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    left = Path(ended.stdout.strip()).parent
    assert left.exists()
    remove_leftovers()
    assert not left.exists()
    assert Path(point.mount["Source"]).exists()


def test_it_is_mounted_read_only_where_the_command_looks(point):
    assert point.mount["ReadOnly"]
    assert Path(point.options[-1]).parent == Path(point.mount["Target"])
