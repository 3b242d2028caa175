"""The command as a whole: what it lists, and how it takes mistakes."""

from importlib.metadata import version

import pytest


def test_it_knows_its_version(rewardbox):
    assert rewardbox("--version").stdout == f"rewardbox {version('rewardbox')}\n"


def test_without_arguments_it_lists_its_commands(rewardbox):
    shown = rewardbox().output
    for command in ("serve", "score", "run", "doctor", "verifiers"):
        assert command in shown


def test_a_misspelt_command_is_guessed(rewardbox):
    done = rewardbox("scores")
    assert done.exit_code == 2
    assert "Did you mean 'score'?" in done.stderr


def test_strangers_are_not_listened_to_without_a_key(rewardbox):
    done = rewardbox("serve", "--host", "0.0.0.0")
    assert done.exit_code == 2
    assert "REWARDBOX_API_KEYS" in done.stderr


@pytest.mark.parametrize("port", ["70000", "http"])
def test_an_impossible_port_is_refused(rewardbox, port):
    assert rewardbox("serve", "--port", port).exit_code == 2
