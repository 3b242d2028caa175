"""What the filter says to every system call, found by running it as the kernel would.

That a program meets its end by it is shown by real programs in tests/contract and tests/hostile.
"""

import errno
import operator
import struct

import pytest

from sandbox.agent import seccomp

KILL, ALLOW = 0x80000000, 0x7FFF0000
REFUSE, ABSENT = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
LOAD, RETURN = 0x20, 0x06
TESTS = {
    0x15: operator.eq,
    0x25: operator.gt,
    0x35: operator.ge,
    0x45: lambda accumulator, value: accumulator & value != 0,
}
"""The few instructions of BPF that the filter is made of: these are jumps."""

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""With their names in <linux/audit.h>."""
TABLES = ((seccomp._KILL, KILL), (seccomp._REFUSE, REFUSE), (seccomp._ABSENT, ABSENT))
VERDICTS = {name: verdict for names, verdict in TABLES for name in names}
NUMBERS = {name: numbers for names, _ in TABLES for name, numbers in names.items()} | {
    "socket": seccomp._SOCKET,
    "clone": seccomp._CLONE,
    "prlimit64": seccomp._PRLIMIT,
}
FURTHEST_NUMBER = 600

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK = 1, 2, 10, 16, 17, 40
SIGCHLD, PTHREAD = 17, 0x003D0F00
"""What fork and pthread_create give as flags of clone."""
CLONE_PARENT = 0x8000
NAMESPACES = {
    "time": 0x00000080,
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "UTS": 0x04000000,
    "IPC": 0x08000000,
    "user": 0x10000000,
    "PID": 0x20000000,
    "network": 0x40000000,
}

on_every_machine = pytest.mark.parametrize("machine", MACHINES)


def instructions(machine):
    program = seccomp.build(machine)
    assert len(program) % 8 == 0
    return [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]


def run(program, *, number, arch, argument=0):
    """The verdict of a filter; IndexError or KeyError when the kernel would not have taken it."""
    data = struct.pack("=iIQ6Q", number, arch, 0, argument, 0, 0, 0, 0, 0)
    accumulator, at = 0, 0
    while True:
        code, if_true, if_false, value = program[at]
        if code == RETURN:
            return value
        if code == LOAD:
            (accumulator,) = struct.unpack_from("=I", data, value)
            at += 1
        else:
            at += 1 + (if_true if TESTS[code](accumulator, value) else if_false)


@pytest.fixture
def verdict(machine):
    """What the machine's filter says to a call, by its name or number, and its first argument."""
    program = instructions(machine)
    column = list(MACHINES).index(machine)

    def ask(call, argument=0):
        number = NUMBERS[call][column] if isinstance(call, str) else call
        return run(program, number=number, arch=MACHINES[machine], argument=argument)

    return ask


@on_every_machine
@pytest.mark.parametrize("name", VERDICTS)
def test_every_entry_of_the_tables_has_the_verdict_of_its_table(verdict, name):
    assert verdict(name) == VERDICTS[name]


@on_every_machine
def test_all_other_calls_are_allowed(verdict, machine):
    column = list(MACHINES).index(machine)
    listed = {numbers[column] for numbers in NUMBERS.values()}
    others = [number for number in range(FURTHEST_NUMBER) if number not in listed]
    assert {verdict(number) for number in others} == {ALLOW}
    assert max(listed) < FURTHEST_NUMBER


@on_every_machine
def test_no_number_stands_in_two_tables(machine):
    column = list(MACHINES).index(machine)
    numbers = [each[column] for each in NUMBERS.values()]
    assert len(set(numbers)) == len(numbers)


@on_every_machine
def test_sockets_are_unix_sockets_only(verdict):
    assert verdict("socket", AF_UNIX) == ALLOW
    for family in (0, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK):
        assert verdict("socket", family) == REFUSE


@on_every_machine
def test_processes_and_threads_are_made_but_no_namespaces_and_no_siblings(verdict):
    for flags in (SIGCHLD, PTHREAD):
        assert verdict("clone", flags) == ALLOW
        for other in (CLONE_PARENT, *NAMESPACES.values()):
            assert verdict("clone", flags | other) == KILL


@on_every_machine
def test_limits_are_changed_of_oneself_only(verdict):
    assert verdict("prlimit64", 0) == ALLOW
    assert verdict("prlimit64", 4711) == REFUSE


@on_every_machine
def test_calls_in_another_convention_end_the_program(machine):
    program = instructions(machine)
    for arch in (0x40000003, 0x40000028, *set(MACHINES.values()) - {MACHINES[machine]}):
        assert run(program, number=1, arch=arch) == KILL  # i386, arm and each other's


def test_so_do_those_with_x32_numbers():
    program = instructions("x86_64")
    for number in (0, 1, 59, 520):
        assert run(program, number=number | 1 << 30, arch=MACHINES["x86_64"]) == KILL


@on_every_machine
def test_it_is_short_enough_for_the_kernel(machine):
    assert len(instructions(machine)) <= 4096


def test_an_unknown_architecture_has_no_filter():
    with pytest.raises(KeyError):
        seccomp.build("pdp11")
