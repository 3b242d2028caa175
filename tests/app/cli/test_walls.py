"""Which walls doctor says are missing, from what runners tell and what a program sees of them."""

import pytest

from app.cli.walls import Surroundings, missing, read_surroundings, standing
from sandbox import SandboxUnavailable, Status
from sandbox.testing import exited, stopped

CONTAINER = ("own uid", "no new privileges", "seccomp", "rlimits")
WHOLE = (*CONTAINER, "Landlock (files, TCP, abstract sockets, signals)")
NAMESPACES = ("user, PID, mount and IPC namespaces per run", "no new privileges", "seccomp")


def around(**changes):
    """What a program sees in a container that is as it should be, but for these changes."""
    sound = {
        "interfaces": ["lo"],
        "root_is_read_only": True,
        "capabilities": 0,
        "capabilities_to_be_had": 0xE0,
        "memory_bytes": 2816 << 20,
    }
    return Surroundings(**{**sound, **changes})


def test_where_all_stand_none_is_missing():
    assert missing(WHOLE, around()) == ()
    assert standing(WHOLE, around()) == (
        *WHOLE,
        "runner: no network",
        "runner: read-only root",
        "runner: no capabilities",
        "runner: memory bound of 2816 MiB",
    )


def test_no_fence_at_all_is_told_once():
    (told,) = missing(CONTAINER, around())
    assert told.startswith("Landlock: ")
    assert "Linux 6.12" in told


@pytest.mark.parametrize(
    ("fenced", "unfenced"),
    [
        ("files", {"TCP": "6.7", "abstract sockets": "6.12", "signals": "6.12"}),
        ("files, TCP", {"abstract sockets": "6.12", "signals": "6.12"}),
        ("TCP, abstract sockets, signals", {"files": "6.2"}),
        ("", {"files": "6.2", "TCP": "6.7", "abstract sockets": "6.12", "signals": "6.12"}),
    ],
)
def test_a_fence_with_gaps_is_told_with_the_kernel_that_has_none(fenced, unfenced):
    told = missing((*CONTAINER, f"Landlock ({fenced})"), around())
    assert len(told) == len(unfenced)
    for text, (what, since) in zip(told, unfenced.items(), strict=True):
        assert text.startswith(f"Landlock for {what}: ")
        assert text.endswith(f"Linux {since} has it")


def test_namespaces_need_no_fence_and_their_own_capabilities_are_harmless():
    assert missing(NAMESPACES, around(capabilities_to_be_had=(1 << 41) - 1)) == ()


@pytest.mark.parametrize(
    ("wall", "changes"),
    [
        ("no network", {"interfaces": ["lo", "eth0"]}),
        ("read-only root", {"root_is_read_only": False}),
        ("no capabilities", {"capabilities_to_be_had": 0xE0 | 1 << 21}),
        ("no capabilities", {"capabilities": 1}),
        ("memory bound", {"memory_bytes": None}),
        ("memory bound", {"memory_bytes": 0x7FFFFFFFFFFFF000}),
    ],
)
def test_a_wall_of_the_runner_that_does_not_stand_is_missing(wall, changes):
    (told,) = missing(WHOLE, around(**changes))
    assert told.startswith(f"{wall}: ")
    assert not [text for text in standing(WHOLE, around(**changes)) if f"runner: {wall}" in text]


def test_what_a_program_saw_is_read_from_what_it_printed():
    assert read_surroundings(exited(0, stdout=around().model_dump_json())) == around()
    with pytest.raises(SandboxUnavailable, match="memory_limit_exceeded"):
        read_surroundings(stopped(Status.MEMORY_LIMIT_EXCEEDED))
