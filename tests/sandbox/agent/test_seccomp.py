"""The filter is well-formed on every architecture it is written for.

That it stops what it should is shown by real programs in tests/contract and tests/hostile.
"""

import struct

import pytest

from sandbox.agent import seccomp

ALLOW, RETURN = 0x7FFF0000, 0x06


def instructions(machine):
    program = seccomp.build(machine)
    assert len(program) % 8 == 0
    return [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_jump_leaves_the_program(machine):
    program = instructions(machine)
    for at, (_, if_true, if_false, _) in enumerate(program):
        assert at + 1 + max(if_true, if_false) < len(program) or (if_true, if_false) == (0, 0)
    assert program[-1] == (RETURN, 0, 0, ALLOW)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_it_is_short_enough_for_the_kernel(machine):
    assert len(instructions(machine)) <= 4096


def test_an_unknown_architecture_has_no_filter():
    with pytest.raises(KeyError):
        seccomp.build("pdp11")
