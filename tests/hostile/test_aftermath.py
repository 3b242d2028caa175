"""When a sandbox has been closed, the machine is as it was, whatever ran in it."""

import os
import time
from pathlib import Path
from uuid import uuid4

import docker

from sandbox.launchers import owner
from sandbox.launchers.docker import OWNER_LABEL

LEAVES_ALL_IT_CAN = """
import ctypes, os, signal, subprocess, sys, time
mark = sys.argv[1]
for place in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", ".", os.environ["HOME"]):
    try:
        os.makedirs(f"{place}/{mark}/deep")
    except OSError:
        pass
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
for _ in range(3):
    subprocess.Popen(["sleep", "3600", "--", mark], start_new_session=True)
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(3600)", mark], start_new_session=True
    )
if os.fork() == 0:
    os.setsid()
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(60 if mark.startswith("stays") else 0.1)
"""
PATIENCE_S = 10.0


def marked_processes(mark):
    """Processes of this machine, in containers too, that carry the mark in their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if mark.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def marked_files(mark):
    places = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/box", os.getcwd())
    return [f"{place}/{mark}" for place in places if os.path.lexists(f"{place}/{mark}")]


def mounts():
    """Mounts that this process sees, but for those of the engine, which others use too."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line.split(" ", 1)[1] for line in lines if "docker" not in line}


def containers():
    client = docker.from_env()
    try:
        label = f"{OWNER_LABEL}={owner.this_process()}"
        return {each.id for each in client.containers.list(all=True, filters={"label": label})}
    finally:
        client.close()


def children():
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def soon(nothing):
    """What `nothing` still finds once it had time to find nothing."""
    give_up_at = time.monotonic() + PATIENCE_S
    while (found := nothing()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return found


def test_nothing_is_left_on_the_machine(launcher, open_ground):
    marks = {way: f"{way}-{uuid4().hex}" for way in ("ends", "stays")}
    at_first = mounts(), children()
    with open_ground(launcher) as ground:
        for way, mark in marks.items():
            execution = ground.run_python(LEAVES_ALL_IT_CAN, mark, wall_s=1, memory_bytes=1 << 29)
            assert execution.status == ("exited" if way == "ends" else "time_limit_exceeded")
            assert soon(lambda mark=mark: marked_processes(mark)) == []
            assert marked_files(mark) == []
        ours = containers() if launcher != "namespaces" else set()
        assert bool(ours) == (launcher != "namespaces")
    assert (mounts(), children()) == at_first
    if ours:
        assert soon(lambda: containers() & ours) == set()
