"""Whatever a warm interpreter holds is not written to by those who use it."""

import subprocess
import sys

import pytest

from sandbox import Invocation, Program, SandboxConfig, start

COUNTS = """
import gc, sys
from sandbox.agent.immortal import make_immortal

class Held:
    pass

held = Held()
{before}
make_immortal()
new = Held()
many = [held, new] * 1000
print(sys.getrefcount(held) > 2**31, sys.getrefcount(new) > 2**31)
del many
gc.unfreeze()
print(gc.collect() >= 0, isinstance(held, Held))
"""

CODE = """
import sys
from sandbox.agent.immortal import make_immortal

def use():
    def inner():
        return 1234.5
    return inner

make_immortal()
inner = use()
parts = [use.__code__, inner.__code__, inner.__code__.co_consts[-1], inner()]
print({sys.getrefcount(part) > 2**31 for part in parts})
"""

HOLDS_ON = """
import gc, sys, collections
gc.unfreeze()
gc.collect()
del sys.modules["collections"], collections
gc.collect()
import collections
print(collections.Counter("aab").most_common(1), sys.getrefcount(sys) > 2**31)
"""


WRITES_AT_THE_END = """
import io, sys
def main():
    out = sys.stdout.detach()
    out.write(b"freed\\n")
main()
"""


def run(source):
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


HAS_IMMORTAL_OBJECTS = sys.version_info >= (3, 12)


def test_what_is_alive_is_not_counted_any_more_where_python_has_that_and_what_comes_later_is():
    assert run(COUNTS.format(before="")) == [f"{HAS_IMMORTAL_OBJECTS} False", "True True"]


def test_nor_are_code_and_constants_in_it():
    assert run(CODE) == [f"{{{HAS_IMMORTAL_OBJECTS}}}"]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("import sandbox.agent.immortal as i; i._HEADER_BYTES = 8", id="other header"),
        pytest.param("sys.byteorder = 'big'", id="other byte order"),
    ],
)
def test_an_interpreter_that_lays_out_its_objects_otherwise_is_left_alone(before):
    assert run(COUNTS.format(before=before)) == ["False False", "True True"]


@pytest.mark.anyio
@pytest.mark.docker
@pytest.mark.parametrize(
    ("source", "told"),
    [
        pytest.param(HOLDS_ON, b"[('a', 2)] True\n", id="modules"),
        pytest.param(WRITES_AT_THE_END, b"freed\n", id="streams"),
    ],
)
async def test_a_program_can_drop_what_it_was_born_with(source, told):
    async with (
        start(SandboxConfig(launcher="docker", slots=1, spares=0)) as sandbox,
        sandbox.open(Program(language="python", source=source)) as session,
    ):
        execution = await session.run(Invocation())
    assert execution.stdout == told, execution
