"""A program in Python finds what it would find under an interpreter of its own, to its end."""

import sys

import anyio
import pytest

from sandbox import Invocation, Program, SandboxConfig, start

pytestmark = [pytest.mark.anyio, pytest.mark.namespaces, pytest.mark.xdist_group("like_python")]

STREAMS = """
import sys
for stream in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__):
    print(stream.mode, stream.name, stream.buffer.mode, stream.buffer.name, stream.fileno())
    print(type(stream.buffer), type(stream.buffer.raw), stream.encoding, stream.errors)
"""
FAST_OUTPUT = """
import os, sys
from io import BytesIO, IOBase
class FastIO(IOBase):
    def __init__(self, file):
        self._fd = file.fileno()
        self.buffer = BytesIO()
        self.writable = "x" in file.mode or "r" not in file.mode
        self.write = self.buffer.write if self.writable else None
    def flush(self):
        if self.writable:
            os.write(self._fd, self.buffer.getvalue())
            self.buffer.truncate(0), self.buffer.seek(0)
sys.stdin, sys.stdout = FastIO(sys.stdin), FastIO(sys.stdout)
sys.stdout.write(b"3\\n")
"""
ENDS = {
    "a file in a global": "out = open(1, 'w')\nout.write('3')",
    "a file in an object": "class W: pass\nw = W()\nw.out = open(1, 'w')\nw.out.write('3')",
    "a file in a class": "class W: out = open(1, 'w')\nW.out.write('3')",
    "a file behind a bound method": "write = open(1, 'w').write\nwrite('3')",
    "a file in a partial": (
        "from functools import partial\nsay = partial(print, file=open(1, 'w'))\nsay(3)"
    ),
    "a file as a default": "def say(text, out=open(1, 'w')): out.write(text)\nsay('3')",
    "a file in a list": "files = [open(1, 'w')]\nfiles[0].write('3')",
    "bytes in an object": (
        "import io\nclass W: out = io.BufferedWriter(io.FileIO(1, 'w'))\nW.out.write(b'3')"
    ),
    "an object that prints in the end": "class W:\n def __del__(self): print(3)\nw = W()",
    "objects in the order in which they were made": (
        "class W:\n def __init__(self, name): self.name = name\n"
        " def __del__(self): say(self.name)\n"
        "def say(name): print(name)\none = W('one')\n_two = W('two')\nthree = W('three')"
    ),
    "a file in a global of a large program": (
        "data = [[n] for n in range(800_000)]\nout = open(1, 'w')\nout.write('3')"
    ),
    "exit handlers before objects": (
        "import atexit\nclass W:\n def __del__(self): print('object')\n"
        "w = W()\natexit.register(print, 'handler')"
    ),
    "standard output before other files": "print('first')\nout = open(1, 'w')\nout.write('second')",
    "a daemon that goes on": (
        "import threading, time\nstarted = threading.Event()\ndef work():\n"
        "    started.set()\n    while True:\n        try: time.sleep(0.0001)\n"
        "        except Exception: print('it should not see the end')\n"
        "threading.Thread(target=work, daemon=True).start()\nstarted.wait()\nprint(3)"
    ),
    "an object that fails in its end": (
        "class W:\n def __del__(self): raise ValueError\nw = W()\nprint(3)"
    ),
}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def sandbox():
    async with start(SandboxConfig(launcher="namespaces", slots=1)) as sandbox:
        yield sandbox


async def both(sandbox, source):
    """What it prints here and elsewhere, and with which exit code."""
    async with sandbox.open(Program(language="python", source=source)) as session:
        here = await session.run(Invocation())
    elsewhere = await anyio.run_process(
        [sys.executable, "-I", "-X", "utf8", "-c", source], input=b"", check=False
    )
    return (here.stdout, here.exit_code), (elsewhere.stdout, elsewhere.returncode)


@pytest.mark.parametrize("source", [STREAMS, FAST_OUTPUT], ids=["streams", "fast output"])
async def test_streams_are_what_they_are_elsewhere(sandbox, source):
    here, elsewhere = await both(sandbox, f"{source}\nsys.stdout.flush()")
    assert here == elsewhere


@pytest.mark.parametrize("source", ENDS.values(), ids=ENDS.keys())
async def test_an_end_leaves_nothing_unwritten_that_is_written_elsewhere(sandbox, source):
    here, elsewhere = await both(sandbox, source)
    assert here == elsewhere
