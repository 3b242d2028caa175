"""`rewardbox doctor`: tried, not guessed; and a remedy for what does not work."""

import json

import pytest

NOWHERE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


@pytest.mark.namespaces
def test_what_works_is_told_with_its_walls_and_languages(rewardbox_process):
    done = rewardbox_process("doctor", "--json", **NOWHERE)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    launchers = {
        (launcher["name"], launcher["runtime"]): launcher for launcher in report["launchers"]
    }
    assert list(launchers) == [
        ("docker", None),
        ("docker", "runsc"),
        ("namespaces", None),
        ("socket", None),
    ]
    namespaces = launchers["namespaces", None]
    assert namespaces["works"]
    assert namespaces["walls"]
    assert {"name": "python", "available": True}.items() <= namespaces["languages"][-1].items()
    assert not launchers["docker", None]["works"]
    assert report["choice"].startswith("namespaces: ")


def test_without_any_launcher_it_fails_and_says_what_to_do(rewardbox_process):
    done = rewardbox_process("doctor", REWARDBOX_PYTHON="/nowhere/python", **NOWHERE)
    assert done.returncode == 1
    assert "install and start one" in done.stdout
    assert "/nowhere/python, does not exist" in done.stdout
    assert "in use with the present settings: none" in done.stdout


def test_settings_that_are_wrong_are_named(rewardbox_process):
    done = rewardbox_process("doctor", REWARDBOX_SLOTZ="2")
    assert done.returncode == 2
    assert "REWARDBOX_SLOTZ: there is no such setting; did you mean REWARDBOX_SLOTS?" in done.stderr
