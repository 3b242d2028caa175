"""The machine is as it was, whatever ran in a sandbox, and so is the service that ran it."""

import contextlib
import json
import os
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import docker
import httpx
import pytest

from sandbox import Status
from sandbox.launchers import owner
from sandbox.launchers.containers import OWNER_LABEL
from sandbox.types import MIB

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

VERDICTS = {
    Status.EXITED: {"wrong_answer", "runtime_error"},
    Status.SIGNALLED: {"runtime_error"},
}
"""Of a program that ends so; those of limits and of violations are called as they are."""
GROWTH_BYTES = 64 * MIB
"""What a service may have grown by: an allocator gives back what it has only in part."""


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


def containers():
    """What the engine knows of the containers of this process, by id."""
    client = docker.from_env()
    try:
        label = f"{OWNER_LABEL}={owner.this_process()}"
        found = client.api.containers(all=True, filters={"label": label})
        return {each["Id"]: client.api.inspect_container(each["Id"]) for each in found}
    finally:
        client.close()


def children(pid="self"):
    """Child processes, of whichever thread."""
    found = set()
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            found |= set(path.read_text().split())
    return found


def descendants(pid):
    """The process and all that came of it, as far as their parents live."""
    return {pid}.union(*map(descendants, children(pid)))


def namespaces(pids):
    """Namespaces that the processes are in."""
    found = set()
    for path in (each for pid in pids for each in Path(f"/proc/{pid}/ns").glob("*")):
        with contextlib.suppress(OSError):
            found.add(os.readlink(path))
    return found


def processes(until_s=float("inf")):
    """Those of this machine that began by a time on the clock of its boot."""
    ticks = until_s * os.sysconf("SC_CLK_TCK")
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            began = path.read_text().rpartition(")")[2].split()[19]
            if int(began) <= ticks:
                found.append(path.parent.name)
    return found


def mounts():
    return Path("/proc/self/mountinfo").read_text().splitlines()


def mounted_for(container):
    """Names that an engine's own mounts for a container go by."""
    layers = container["GraphDriver"]["Data"] or {}
    network = Path(container["NetworkSettings"]["SandboxKey"]).name
    return {name for name in (container["Id"], layers.get("MergedDir"), network) if name}


def with_names(lines, names):
    return [line for line in lines if any(name in line for name in names)]


def command(pid):
    """What a process was started as."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()


def running(pid):
    """Descendants of a process, by what they were started as."""
    return Counter(filter(None, map(command, descendants(pid))))


def resident_bytes(pid):
    pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def files_below(folder):
    """Every file, with its size."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path: path.stat().st_size for path in paths}


def soon(nothing):
    """What `nothing` still finds once it had time to find nothing."""
    give_up_at = time.monotonic() + PATIENCE_S
    while (found := nothing()) and time.monotonic() < give_up_at:
        time.sleep(0.1)
    return found


def test_nothing_is_left_on_the_machine(launcher, open_ground):
    marks = {way: f"{way}-{uuid4().hex}" for way in ("ends", "stays")}
    before = children(), {line for line in mounts() if "docker" not in line}
    standing = containers() if launcher != "namespaces" else {}  # of other tests of this process
    with open_ground(launcher) as ground:
        for way, mark in marks.items():
            wall_s = 30 if way == "ends" else 1
            execution = ground.run_python(
                LEAVES_ALL_IT_CAN, mark, wall_s=wall_s, memory_bytes=1 << 29
            )
            assert execution.status == ("exited" if way == "ends" else "time_limit_exceeded")
            assert soon(lambda mark=mark: marked_processes(mark)) == []
            assert marked_files(mark) == []
        now = containers() if launcher != "namespaces" else {}
        ours = {name: each for name, each in now.items() if name not in standing}
        assert bool(ours) == (launcher != "namespaces")
        names = set().union(*map(mounted_for, ours.values()))
        runners = children() - before[0] | {str(each["State"]["Pid"]) for each in ours.values()}
        made = namespaces(set().union(*map(descendants, runners))) - namespaces(["self"])
        # What follows would prove nothing if it could not be seen; an engine elsewhere shows none.
        if not ours or any(map(os.path.exists, names)):
            assert made
            assert with_names(mounts(), names) or not ours
    # Numbers of namespaces are given anew: what others start from here on may be in ones called so.
    closed_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    # Mounts of the engine's others come and go; all else in this namespace is as it was.
    assert (children(), {line for line in mounts() if "docker" not in line}) == before
    assert soon(lambda: with_names(mounts(), names)) == []
    assert soon(lambda: namespaces(processes(closed_s)) & made) == set()
    if ours:
        assert soon(lambda: containers().keys() & ours.keys()) == set()


def item(program, argument):
    """One for a batch, which no output passes."""
    test = {"stdout": uuid4().hex, "args": [] if argument is None else [argument]}
    return {
        "verifier": "code.stdio",
        "completion": program.source,
        "reference": {"tests": [test]},
        "options": {
            "language": program.language,
            "extract": "whole",
            "limits": asdict(program.within),
            "cache": False,
            "output_preview_bytes": 1 << 20,
        },
    }


def verdicts(program, *, in_gvisor):
    """Those that its file allows it."""
    if not program.compiles:
        stops = {"exited", "signalled"}
        return {"compile_error" if end in stops else end for end in program.ends}
    ends = [*program.ends, *(program.ends_in_gvisor if in_gvisor else ())]
    return set().union(*(VERDICTS.get(Status(end), {end}) for end in ends))


def service_with(folder):
    """The process of ours that has the folder in its environment."""
    mine = [pid for pid in children() if folder in Path(f"/proc/{pid}/environ").read_text()]
    (pid,) = mine
    return pid


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_service_that_was_given_everything_at_once_is_as_it_was(everywhere, serving, tmp_path):
    settings, runs = everywhere
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    with serving(environment, **settings, compile_cache_bytes="0") as address:
        pid = service_with(str(tmp_path))
        folders = tmp_path, Path(os.readlink(f"/proc/{pid}/cwd"))
        with httpx.Client(base_url=address, timeout=1200) as client:
            honest = client.post("/v1/run", json={"language": "python", "source": "print(6 * 7)"})
            assert honest.json()["stdout"] == "42\n"
            client.get("/v1/languages").raise_for_status()  # what it starts for these is no leak
            before = [*map(files_below, folders)], running(pid), resident_bytes(pid)
            outside = {line for line in mounts() if "docker" not in line}

            answer = client.post(
                "/v1/score/batch",
                json={"items": [item(*run) for run in runs]},
                headers={"Accept": "application/x-ndjson"},
            )
            *judged, summary = map(json.loads, answer.text.splitlines())
            judged.sort(key=lambda result: result["index"])
            assert summary["summary"]["count"] == len(judged) == len(runs)
            wrong = [
                (program.name, argument, result["verdict"], result["error"])
                for (program, argument), result in zip(runs, judged, strict=True)
                if result["verdict"] not in verdicts(program, in_gvisor="runtime" in settings)
                or result["reward"] != 0
            ]
            assert wrong == []
            said = [json.dumps(result["tests"]) for result in judged]
            assert [
                name for (name, _), text in zip(runs, said, strict=True) if "ESCAPED" in text
            ] == []

            again = client.post("/v1/run", json={"language": "python", "source": "print(6 * 7)"})
            assert again.json()["stdout"] == "42\n"
        assert service_with(str(tmp_path)) == pid
        assert soon(lambda: running(pid) - before[1]) == Counter()
        assert [*map(files_below, folders)] == before[0]
        assert {line for line in mounts() if "docker" not in line} == outside
        assert resident_bytes(pid) < before[2] + GROWTH_BYTES
