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
    assert "seccomp" in namespaces["walls"]
    assert {"runner: no network", "runner: read-only root", "runner: no capabilities"} <= set(
        namespaces["walls"]
    )
    (missing,) = namespaces["missing"]
    assert missing.startswith("memory bound: none can be seen from inside")
    assert namespaces["tiers"] == {"warm": "works", "fresh": "works"}
    available = {each["name"]: each["available"] for each in namespaces["languages"]}
    assert available["python"]
    assert not launchers["docker", None]["works"]
    assert [name for name, launcher in launchers.items() if launcher["in_use"]] == [
        ("namespaces", None)
    ]
    assert report["choice"].startswith("namespaces: ")


def test_without_any_launcher_it_fails_and_says_what_to_do(rewardbox_process):
    done = rewardbox_process("doctor", REWARDBOX_PYTHON="/nowhere/python", **NOWHERE)
    assert done.returncode == 1
    assert "install and start one" in done.stdout
    assert "/nowhere/python, does not exist" in done.stdout
    assert "in use with the present settings: none" in done.stdout


@pytest.mark.namespaces
def test_it_fails_if_what_is_asked_for_does_not_work_whatever_else_does(rewardbox_process):
    asked_for = {"REWARDBOX_LAUNCHER": "docker", "REWARDBOX_RUNTIME": "kata"}
    done = rewardbox_process("doctor", "--json", **asked_for, **NOWHERE)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert [each["name"] for each in report["launchers"] if each["works"]] == ["namespaces"]
    assert not any(each["in_use"] for each in report["launchers"])
    assert ("docker", "kata") in [(each["name"], each["runtime"]) for each in report["launchers"]]
    assert report["choice"].startswith("none: ")


def test_settings_that_are_wrong_are_named(rewardbox_process):
    done = rewardbox_process("doctor", REWARDBOX_SLOTZ="2")
    assert done.returncode == 2
    assert "REWARDBOX_SLOTZ: there is no such setting; did you mean REWARDBOX_SLOTS?" in done.stderr
