"""Who started a runner, told from its name: whether that process is alive still."""

import subprocess
import sys

import pytest

from sandbox.launchers import owner


@pytest.fixture
def neighbour():
    """(process, its name as an owner)"""
    code = "from sandbox.launchers import owner; print(owner.this_process(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_this_process_is_alive():
    assert not owner.has_died(owner.this_process())


def test_another_process_has_died_once_it_is_gone(neighbour):
    process, name = neighbour
    assert not owner.has_died(name)
    process.kill()
    process.wait()
    assert owner.has_died(name)


def test_a_process_number_that_was_given_again_does_not_revive_an_owner():
    place, _, _ = owner.this_process().rpartition("/")
    assert owner.has_died(f"{place}/1")


@pytest.mark.parametrize(
    "name",
    ["", "nonsense", "a/b/c/d", "00000000-0000-0000-0000-000000000000/4026531836/1/1"],
)
def test_nothing_is_said_of_processes_elsewhere(name):
    assert not owner.has_died(name)
