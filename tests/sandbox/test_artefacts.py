"""What compilers made is kept by content: found by the same program only, bounded, and shared by
those who ask for it at the same time.
"""

import asyncio
from dataclasses import replace

import pytest

from sandbox.artefacts import Artefact, Artefacts, Origin, key_of
from sandbox.errors import Overloaded, RunnerLost
from sandbox.messages import Command, Compile, Opening
from sandbox.types import Execution, Limits, Status

pytestmark = pytest.mark.anyio

ENDED_WELL = Execution(status=Status.EXITED, exit_code=0)
FAILED = Execution(status=Status.EXITED, exit_code=1, stderr=b"error")
SLOW = Execution(status=Status.TIME_LIMIT_EXCEEDED, signal=9)

COMPILE = Compile(
    command=Command(argv=("cc", "-O2"), env={"A": "1"}), limits=Limits(cpu_s=30), keep=("main",)
)
OPENING = Opening(files={"main.c": b"int main;", "a.h": b""}, compile=COMPILE)


def made(content=b"binary"):
    return Artefact(execution=ENDED_WELL, files={"main": content})


class Compiler:
    """Counts its calls, and answers each with the same."""

    def __init__(self, answer):
        self.calls = 0
        self.go = asyncio.Event()
        self.go.set()
        self._answer = answer

    async def __call__(self):
        self.calls += 1
        await self.go.wait()
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


async def obtain(artefacts, compiler, key=b"key", deadline=None):
    return await artefacts.obtain(key, compiler, deadline)


class TestKeeping:
    async def test_the_same_program_is_compiled_once(self):
        artefacts, compiler = Artefacts(1 << 20), Compiler(made())
        assert await obtain(artefacts, compiler) == (made(), Origin.COMPILED)
        assert await obtain(artefacts, compiler) == (made(), Origin.KEPT)
        assert compiler.calls == 1

    async def test_an_error_of_the_program_is_kept_too(self):
        artefacts, compiler = Artefacts(1 << 20), Compiler(Artefact(execution=FAILED))
        await obtain(artefacts, compiler)
        artefact, origin = await obtain(artefacts, compiler)
        assert (artefact.execution.stderr, origin) == (b"error", Origin.KEPT)

    @pytest.mark.parametrize(
        "artefact",
        [
            Artefact(execution=SLOW),
            Artefact(execution=Execution(status=Status.SIGNALLED, signal=11)),
            Artefact(execution=Execution(status=Status.MEMORY_LIMIT_EXCEEDED, signal=9)),
            Artefact(execution=ENDED_WELL, files=None),
        ],
        ids=["time", "signal", "memory", "files stayed in the runner"],
    )
    async def test_what_might_end_otherwise_another_time_is_not_kept(self, artefact):
        artefacts, compiler = Artefacts(1 << 20), Compiler(artefact)
        for _ in range(2):
            assert (await obtain(artefacts, compiler))[1] is Origin.COMPILED
        assert artefacts.size_bytes == 0

    async def test_the_least_recently_used_go_when_the_room_is_full(self):
        artefacts, compiler = Artefacts(50_000), Compiler(made(bytes(10_000)))
        for key in (b"1", b"2", b"3", b"4", b"1", b"5"):
            await obtain(artefacts, compiler, key)
        assert artefacts.size_bytes <= 50_000
        assert (await obtain(artefacts, compiler, b"1"))[1] is Origin.KEPT
        assert (await obtain(artefacts, compiler, b"2"))[1] is Origin.COMPILED

    async def test_no_entry_takes_all_the_room(self):
        artefacts = Artefacts(80_000)
        assert artefacts.largest_bytes == 10_000

    async def test_errors_take_room_too(self):
        artefacts = Artefacts(100_000)
        long = replace(FAILED, stderr=bytes(60_000))
        for key in (b"1", b"2", b"3"):
            await obtain(artefacts, Compiler(Artefact(execution=long)), key)
        assert 60_000 < artefacts.size_bytes <= 100_000

    async def test_without_room_nothing_is_kept(self):
        artefacts, compiler = Artefacts(0), Compiler(Artefact(execution=FAILED))
        for _ in range(2):
            assert (await obtain(artefacts, compiler))[1] is Origin.COMPILED


class TestAtTheSameTime:
    async def start(self, artefacts, compiler, others=3, deadline=None):
        """One who compiles and is held up, and others who want the same."""
        compiler.go.clear()
        first = asyncio.create_task(obtain(artefacts, compiler))
        await asyncio.sleep(0)
        tasks = [
            asyncio.create_task(obtain(artefacts, compiler, deadline=deadline))
            for _ in range(others)
        ]
        await asyncio.sleep(0)
        return first, tasks

    @pytest.mark.parametrize("artefact", [made(), Artefact(execution=SLOW)], ids=["well", "slow"])
    async def test_one_compiles_for_all(self, artefact):
        compiler = Compiler(artefact)
        first, others = await self.start(Artefacts(1 << 20), compiler)
        compiler.go.set()
        assert await first == (artefact, Origin.COMPILED)
        assert await asyncio.gather(*others) == [(artefact, Origin.JOINED)] * 3
        assert compiler.calls == 1

    async def test_others_go_on_when_the_one_who_compiles_goes_away(self):
        compiler = Compiler(made())
        first, others = await self.start(Artefacts(1 << 20), compiler)
        first.cancel()
        await asyncio.wait([first])
        compiler.go.set()
        origins = [origin for _, origin in await asyncio.gather(*others)]
        assert sorted(origins, key=lambda each: each.value)[0] is Origin.COMPILED
        assert compiler.calls == 2

    async def test_the_failure_of_a_runner_is_not_shared(self):
        artefacts, unlucky, compiler = Artefacts(1 << 20), Compiler(RunnerLost("gone")), None
        first, _ = await self.start(artefacts, unlucky, others=0)
        compiler = Compiler(made())
        other = asyncio.create_task(obtain(artefacts, compiler))
        await asyncio.sleep(0)
        unlucky.go.set()
        with pytest.raises(RunnerLost):
            await first
        assert await other == (made(), Origin.COMPILED)

    async def test_who_waits_for_another_has_a_deadline_still(self):
        compiler = Compiler(made())
        deadline = asyncio.get_running_loop().time() + 0.05
        first, (other,) = await self.start(Artefacts(1 << 20), compiler, 1, deadline)
        with pytest.raises(Overloaded, match="deadline"):
            await other
        compiler.go.set()
        assert (await first)[1] is Origin.COMPILED

    async def test_what_stayed_in_a_runner_cannot_be_shared(self):
        compiler = Compiler(Artefact(execution=ENDED_WELL, files=None))
        first, others = await self.start(Artefacts(1 << 20), compiler)
        compiler.go.set()
        for task in (first, *others):
            assert (await task)[1] is Origin.COMPILED


CHANGES = {
    "source": {"files": {**OPENING.files, "main.c": b"int main = 1;"}},
    "file": {"files": {**OPENING.files, "a.h": b"#define X"}},
    "file name": {"files": {"main.c": b"int main;", "b.h": b""}},
    "border of two files": {"files": {"main.c": b"int main", "a.h": b";"}},
    "one more file": {"files": {**OPENING.files, "b.h": b""}},
    "flags": {"compile": replace(COMPILE, command=Command(argv=("cc", "-O3"), env={"A": "1"}))},
    "border of two flags": {
        "compile": replace(COMPILE, command=Command(argv=("cc -O2",), env={"A": "1"}))
    },
    "environment": {"compile": replace(COMPILE, command=Command(argv=("cc", "-O2"), env={}))},
    "limits": {"compile": replace(COMPILE, limits=Limits(cpu_s=60))},
    "files to keep": {"compile": replace(COMPILE, keep=("main", "x"))},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_another_program_has_another_key(change):
    assert key_of(replace(OPENING, **change), "14.2") != key_of(OPENING, "14.2")


def test_another_version_of_the_compiler_has_another_key():
    keys = {key_of(OPENING, version) for version in ("14.2", "14.3", None, "")}
    assert len(keys) == 4


def test_the_same_program_has_the_same_key():
    again = Opening(files=dict(OPENING.files), compile=replace(COMPILE))
    assert key_of(again, "14.2") == key_of(OPENING, "14.2")


def test_a_file_name_that_is_no_text_has_a_key():
    assert key_of(replace(OPENING, files={"\udcff": b""}), None)
