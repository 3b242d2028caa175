"""Settings: where they come from, and that a mistake is named together with its remedy."""

import pytest

from app.loading import load_settings
from app.settings import InvalidSettings
from sandbox.types import MIB


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A working directory without a settings file."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_arguments_win_over_the_environment_and_that_over_the_file(nowhere, monkeypatch):
    (nowhere / "rewardbox.toml").write_text('port = 1\nslots = 2\nmax_body_bytes = "3 MiB"\n')
    monkeypatch.setenv("REWARDBOX_PORT", "4")
    monkeypatch.setenv("REWARDBOX_SLOTS", "5")

    settings = load_settings(port=6)

    assert (settings.port, settings.slots, settings.max_body_bytes) == (6, 5, 3 * MIB)


def test_the_file_may_be_named(nowhere, monkeypatch):
    (nowhere / "mine.toml").write_text('api_keys = ["a", "b"]\n')
    monkeypatch.setenv("REWARDBOX_CONFIG", str(nowhere / "mine.toml"))

    assert [key.get_secret_value() for key in load_settings().api_keys] == ["a", "b"]


def test_lists_are_separated_by_commas_in_the_environment(monkeypatch):
    monkeypatch.setenv("REWARDBOX_API_KEYS", "one, two,")
    monkeypatch.setenv("REWARDBOX_REQUIRED_VERIFIERS", "math")

    settings = load_settings()

    assert [key.get_secret_value() for key in settings.api_keys] == ["one", "two"]
    assert settings.required_verifiers == ("math",)


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("REWARDBOX_RUNTIME", "")
    monkeypatch.setenv("REWARDBOX_SLOTS", "")

    settings = load_settings()

    assert (settings.runtime, settings.slots) == (None, None)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"PORT": "http"}, ["REWARDBOX_PORT", "valid integer", "Port to listen on"]),
        ({"PORT": "70000"}, ["REWARDBOX_PORT", "65535"]),
        ({"PROT": "80"}, ["REWARDBOX_PROT", "did you mean REWARDBOX_PORT?"]),
        ({"FLUX": "80"}, ["REWARDBOX_FLUX", "docs/settings.md"]),
        ({"LAUNCHER": "none"}, ["REWARDBOX_LAUNCHER", "'docker', 'namespaces' or 'socket'"]),
        ({"SLOTS": "0", "DRAIN_S": "inf"}, ["REWARDBOX_SLOTS", "REWARDBOX_DRAIN_S"]),
        ({"PROCESSES": "0"}, ["REWARDBOX_PROCESSES", "greater than 0"]),
        ({"MAX_BODY_BYTES": "lots"}, ["REWARDBOX_MAX_BODY_BYTES"]),
        ({"DEFAULT_CPU_S": "200"}, ["default_cpu_s", "max_cpu_s", "raise"]),
        ({"MAX_CPU_S": "1000"}, ["max_wall_s", "3005"]),
        ({"MAX_ITEMS": "100000"}, ["max_items", "queue_size"]),
        ({"LAUNCHER": "socket"}, ["socket", "path"]),
        ({"CONFIG": "/nowhere.toml"}, ["/nowhere.toml", "REWARDBOX_CONFIG", "unset"]),
        ({"API_KEYS": "  "}, ["REWARDBOX_API_KEYS", "empty"]),
        ({"API_KEYS": ","}, ["REWARDBOX_API_KEYS", "empty"]),
        ({"PROT": "80", "SLOTS": "x"}, ["REWARDBOX_PROT", "REWARDBOX_SLOTS"]),
    ],
)
def test_every_mistake_in_the_environment_is_named(monkeypatch, variables, told):
    for name, value in variables.items():
        monkeypatch.setenv(f"REWARDBOX_{name}", value)

    with pytest.raises(InvalidSettings) as caught:
        load_settings()

    assert all(text in str(caught.value) for text in told), str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port = 'http'", ["port in rewardbox.toml", "valid integer"]),
        ("prot = 80", ["prot in rewardbox.toml", "did you mean port?"]),
        ('api_keys = [""]', ["api_keys in rewardbox.toml: one of the keys is empty"]),
        ('api_keys = ["key", " "]', ["api_keys in rewardbox.toml", "empty"]),
        ('api_keys = ""', ["api_keys in rewardbox.toml", "empty"]),
        ("port = \nslots = 1", ["rewardbox.toml", "no valid TOML", "line 1"]),
    ],
)
def test_every_mistake_in_the_file_is_named(nowhere, text, told):
    (nowhere / "rewardbox.toml").write_text(text)

    with pytest.raises(InvalidSettings) as caught:
        load_settings()

    assert all(part in str(caught.value) for part in told), str(caught.value)


def test_what_the_command_line_reads_as_a_client_is_no_mistake(monkeypatch):
    monkeypatch.setenv("REWARDBOX_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("REWARDBOX_API_KEY", "secret")

    assert load_settings().api_keys == ()


def test_keys_are_never_shown(monkeypatch):
    monkeypatch.setenv("REWARDBOX_API_KEYS", "hush")

    assert "hush" not in repr(load_settings())
    with pytest.raises(InvalidSettings) as caught:
        load_settings(api_keys=[3])
    assert "hush" not in str(caught.value)
