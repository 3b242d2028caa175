"""A candidate beside its examiner can neither read what that was given nor speak for it."""

import uuid

import pytest

from sandbox import Harness, Limits, Party
from sandbox.types import MIB

EXAMINER = """
import os, socket

def entry(payload, link, report):
    open("notes.txt", "wb").write(payload)
    with socket.socket(fileno=link) as joined:
        joined.sendall(b"begin")
        joined.settimeout(20)
        try:
            while joined.recv(4096):
                pass
        except OSError:
            pass
    os.write(report, b"failed")
    os._exit(0)
"""

CANDIDATE = """
import os, socket, sys

def entry(payload, link, report):
    joined = socket.socket(fileno=link)
    joined.recv(5)
    others = {int(name) for name in os.listdir("/proc") if name.isdigit()} - {os.getpid()}
    exec(payload.decode(), {"others": others, "joined": joined})
    sys.stdout.flush()
    os._exit(0)
"""

READS_MEMORY = """
for pid in others:
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                start, end = (int(each, 16) for each in line.split()[0].split("-"))
                try:
                    memory.seek(start)
                    if b"SECRET-" in memory.read(min(end - start, 1 << 24)):
                        print("ESCAPED: read the memory of", pid)
                except (OSError, ValueError, OverflowError):
                    pass
    except OSError:
        pass
"""
READS_FILES = """
import os
for pid in others:
    for fd in range(16):
        try:
            with open(os.open(f"/proc/{pid}/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                text = file.read(1 << 20) or b""
            if b"SECRET-" in text:
                print("ESCAPED: read descriptor", fd, "of", pid)
        except OSError:
            pass
    for path in (f"/proc/{pid}/environ", f"/proc/{pid}/cwd/notes.txt", f"/proc/{pid}/cmdline"):
        try:
            with open(path, "rb") as file:
                if b"SECRET-" in file.read():
                    print("ESCAPED: read", path)
        except OSError:
            pass
for folder, _, names in os.walk("/box"):
    for name in names:
        try:
            with open(f"{folder}/{name}", "rb") as file:
                if b"SECRET-" in file.read():
                    print("ESCAPED: read", folder, name)
        except OSError:
            pass
"""
# What reaches its own output through a process of the agent's forges nothing.
FORGES_REPORT = """
import os
harmless = [os.stat("/dev/null"), *map(os.fstat, range(3))]
for pid in others:
    for fd in range(16):
        try:
            target = os.open(f"/proc/{pid}/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK)
            os.write(target, b"passed")
            if not any(os.path.samestat(os.fstat(target), each) for each in harmless):
                print("ESCAPED: wrote to descriptor", fd, "of", pid)
        except OSError:
            pass
"""
WRITES_MEMORY = """
import ctypes
for pid in others:
    try:
        with open(f"/proc/{pid}/mem", "r+b", 0):
            print("ESCAPED: may write to the memory of", pid)
    except OSError:
        pass
"""
STRIKES = """
import os, signal
for pid in others:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except OSError:
            pass
try:
    os.kill(-1, signal.SIGKILL)
except OSError:
    pass
"""
GIVES_DESCRIPTORS = """
import array, os, socket
mine = array.array("i", [0, 1, 2] * 50)
try:
    while True:
        joined.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, mine)])
except OSError:
    pass
"""
LEAVES_A_DAEMON_ON_THE_LINK = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
"""

ATTACKS = {
    "reads memory": READS_MEMORY,
    "reads files": READS_FILES,
    "forges the report": FORGES_REPORT,
    "writes memory": WRITES_MEMORY,
    "strikes": STRIKES,
    "gives descriptors": GIVES_DESCRIPTORS,
    "leaves a daemon on the link": LEAVES_A_DAEMON_ON_THE_LINK,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_only_the_examiner_speaks_and_nobody_reads_it(ground, attack):
    secret = f"SECRET-{uuid.uuid4().hex}".encode()
    limits = Limits(cpu_s=5, wall_s=10, memory_bytes=256 * MIB, processes=32)
    examiner, candidate = (
        Party(
            harness=Harness(modules=((name, source),), entry=f"{name}:entry"),
            payload=payload,
            limits=limits,
        )
        for name, source, payload in (
            ("hostile_examiner", EXAMINER, secret),
            ("hostile_candidate", CANDIDATE, ATTACKS[attack].encode()),
        )
    )
    lost = ground.lost
    examined, tried = ground.run_pair(examiner, candidate)
    assert examined.succeeded, examined
    assert examined.report == b"failed"
    assert b"ESCAPED" not in tried.stdout, tried
    assert b"Traceback" not in tried.stderr, tried
    honest = ground.run_python("print(6 * 7)")
    assert honest.stdout == b"42\n"
    assert ground.lost == lost
