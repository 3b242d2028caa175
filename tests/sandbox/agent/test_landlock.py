"""The fence, put up in a process of its own: what stays inside works, the rest does not."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from uuid import uuid4

import pytest

from sandbox.agent import landlock, system

FENCED_IN = """
import errno, json, os, signal, socket, sys
from sandbox.agent import landlock, system

inside, outside, abstract = sys.argv[1:]
system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
fenced = landlock.put_up([inside])
here = socket.socket(socket.AF_UNIX)
here.bind("\\0" + abstract + "-inside")
here.listen()
mine = os.fork()
if mine == 0:
    signal.pause()

def connect(name):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\\0" + name)

def change(path):
    with open(path, "w") as file:
        file.write("changed")

def remake():
    os.mkdir(f"{inside}/a")
    change(f"{inside}/b")
    os.rename(f"{inside}/b", f"{inside}/a/c")

def listen():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))

attempts = {
    "change a file inside": lambda: change(f"{inside}/file"),
    "make and move files inside": remake,
    "write to a device": lambda: change("/dev/null"),
    "signal a child": lambda: os.kill(mine, signal.SIGKILL),
    "connect inside": lambda: connect(abstract + "-inside"),
    "read a file outside": lambda: open(f"{outside}/file").read(),
    "change a file outside": lambda: change(f"{outside}/file"),
    "make a file outside": lambda: change(f"{outside}/new"),
    "empty a file outside": lambda: os.truncate(f"{outside}/file", 0),
    "remove a file outside": lambda: os.unlink(f"{outside}/file"),
    "move a file outside": lambda: os.rename(f"{inside}/file", f"{outside}/file"),
    "change the kernel's view of it": lambda: change("/proc/self/comm"),
    "make a device inside": lambda: os.mknod(f"{inside}/device", 0o020600, os.makedev(1, 3)),
    "signal its parent": lambda: os.kill(os.getppid(), 0),
    "connect outside": lambda: connect(abstract),
    "listen to TCP": listen,
}
refused = []
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError as error:
        assert error.errno in (errno.EACCES, errno.EPERM), (name, error)
        refused.append(name)
print(json.dumps({"fenced": fenced, "refused": refused}))
"""

NO_LANDLOCK = """
import errno, struct
from sandbox.agent import landlock, system

def op(code, value, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, value)

create_ruleset, refuse, allow = 444, 0x00050000 | errno.ENOSYS, 0x7FFF0000
system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
system.install_filter(
    op(0x20, 0) + op(0x15, create_ruleset, 0, 1) + op(0x06, refuse) + op(0x06, allow)
)
try:
    landlock.put_up(["/tmp"])
except OSError as error:
    print(error.errno == errno.ENOSYS)
"""

REFUSED_FROM = {
    "change a file outside": 3,
    "make a file outside": 3,
    "empty a file outside": 3,
    "remove a file outside": 3,
    "move a file outside": 3,
    "change the kernel's view of it": 3,
    "make a device inside": 3,
    "signal its parent": 6,
    "connect outside": 6,
    "listen to TCP": 4,
}
"""By the level of Landlock from which on."""


def run(source, *arguments):
    command = [sys.executable, "-c", source, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


@pytest.fixture
def abi():
    with contextlib.suppress(OSError):
        return system.landlock_abi()
    return 0


@pytest.fixture
def abstract_socket():
    """The name of one that listens outside the fence."""
    name = f"rewardbox-{uuid4().hex}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        yield name


@pytest.fixture
def places(tmp_path):
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("untouched")
    return tmp_path / "inside", tmp_path / "outside"


def test_what_is_outside_can_only_be_looked_at(abi, places, abstract_socket):
    inside, outside = places
    if abi < min(REFUSED_FROM.values()):
        with pytest.raises(OSError, match="landlock"):
            landlock.put_up([inside])
        return
    told = json.loads(run(FENCED_IN, inside, outside, abstract_socket))
    assert told["refused"] == [name for name, level in REFUSED_FROM.items() if level <= abi]
    assert told["fenced"].startswith("files")
    assert os.listdir(outside) == ["file"]
    assert (outside / "file").read_text() == "untouched"


def test_a_kernel_without_it_says_so():
    assert run(NO_LANDLOCK) == b"True\n"
