"""A first process makes the calls it was told to make, reaps, and is what its source says."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from sandbox.agent import bare, system

FD = bare.FREE_DESCRIPTOR
AT_FDCWD = -100


@pytest.fixture
def bear():
    """Start a process that makes the given calls; it is gone after the test."""
    pids = []

    def bear(calls, namespaces=0):
        pids.append(bare.Mother(calls).bear(namespaces))
        return pids[-1]

    yield bear
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    system.prctl(system.PR_SET_DUMPABLE, 1)


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[0]


def own_children():
    """Of this thread: others may keep processes for other tests."""
    return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()


@pytest.mark.parametrize("machine", sorted(bare.CODE))
def test_the_code_is_what_the_assembler_makes_of_the_source(machine, tmp_path):
    prefix = "" if machine == system.MACHINE else f"{machine}-linux-gnu-"
    assembler, objcopy = shutil.which(f"{prefix}as"), shutil.which(f"{prefix}objcopy")
    if assembler is None or objcopy is None:
        pytest.skip(f"no assembler for {machine} here: install its binutils")
    source = tmp_path / "bare.s"
    source.write_text(bare.SOURCES[machine])
    built, code = tmp_path / "bare.o", tmp_path / "bare.bin"
    subprocess.run([assembler, source, "-o", built], check=True)
    subprocess.run([objcopy, "-O", "binary", "-j", ".text", built, code], check=True)
    assert code.read_bytes() == bare.CODE[machine]


def test_calls_are_made_in_order(bear, tmp_path):
    path = tmp_path / "file"
    create = os.O_WRONLY | os.O_CREAT
    bear(
        [
            ("mkdirat", AT_FDCWD, str(tmp_path / "directory"), 0o700),
            ("openat", AT_FDCWD, str(path), create, 0o600),
            ("write", FD, b"hello", 5),
            ("close", FD),
            ("fchmodat", AT_FDCWD, str(path), 0o400),
        ]
    )
    assert (tmp_path / "directory").is_dir()
    assert path.read_text() == "hello"
    assert path.stat().st_mode & 0o777 == 0o400


def test_a_call_that_fails_is_told_and_leaves_no_process(tmp_path):
    missing = str(tmp_path / "missing" / "directory")
    mother = bare.Mother([("mkdirat", AT_FDCWD, missing, 0o700)])
    before = own_children()
    with pytest.raises(FileNotFoundError, match=r"mkdirat.*missing"):
        mother.bear(0)
    assert own_children() == before
    system.prctl(system.PR_SET_DUMPABLE, 1)


def test_it_holds_no_descriptor_and_takes_no_signal(bear):
    pid = bear([])
    assert os.listdir(f"/proc/{pid}/fd") == []
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        os.kill(pid, number)
    time.sleep(0.05)
    assert state(pid) == "S"


def test_its_memory_belongs_to_root_alone(bear):
    pid = bear([])
    assert os.stat(f"/proc/{pid}/mem").st_uid == 0


@pytest.mark.skipif(os.getuid() != 0, reason="needs the right to make a PID namespace")
def test_it_reaps_what_is_orphaned(bear):
    first = bear([], system.CLONE_NEWPID)
    entrance = os.pidfd_open(first)
    helper = os.fork()
    if helper == 0:
        system.setns(entrance, system.CLONE_NEWPID)
        parent = os.fork()
        if parent == 0:
            for _ in range(20):
                if os.fork() == 0:
                    os._exit(0)
            os._exit(0)
        os.waitpid(parent, 0)
        os._exit(0)
    os.waitpid(helper, 0)
    os.close(entrance)
    children = Path(f"/proc/{first}/task/{first}/children")
    for _ in range(100):
        if children.read_text() == "":
            break
        time.sleep(0.02)
    assert children.read_text() == ""
    with contextlib.suppress(ChildProcessError):
        assert os.waitpid(first, os.WNOHANG) == (0, 0)
