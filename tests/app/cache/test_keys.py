"""What decides a judgement decides its key, and nothing else does."""

import asyncio
import itertools
from types import SimpleNamespace

import pytest

from app.cache.keys import circumstances_of, key_of
from sandbox import Limits, Tier
from verifiers.registry import Registry

ITEM = ("math", "so it is 4", "4", {})


def key(content=ITEM, tier=Tier.WARM, circumstances=b"", toolchains="gcc 12"):
    task = SimpleNamespace(content=content)
    return key_of(task, tier=tier, circumstances=circumstances, toolchains=toolchains)


def with_reference(reference):
    return key(("math", "4", reference, {}))


def test_the_same_content_has_the_same_key():
    built = "".join(["so it", " is 4"])

    assert key() == key(("math", built, "4", {}))
    assert key() == key()


@pytest.mark.parametrize(
    "other",
    [
        {"content": ("text.exact", "so it is 4", "4", {})},
        {"content": ("math", "so it is 5", "4", {})},
        {"content": ("math", "so it is 4", "5", {})},
        {"content": ("math", "so it is 4", "4", {"language": "c"})},
        {"content": ("mathso it is 4", "", "4", {})},
        {"tier": Tier.FRESH},
        {"circumstances": b"another version"},
        {"toolchains": "gcc 13"},
    ],
    ids=str,
)
def test_what_decides_a_judgement_makes_another_key(other):
    assert key(**other) != key()


@pytest.mark.parametrize("options", [{"cache": True}, {"tier": "warm"}, {"cache": False}])
def test_options_of_the_cache_are_no_part_of_the_content(options):
    assert key(("math", "so it is 4", "4", options)) == key()


LOOKALIKES = [
    1,
    1.0,
    True,
    "1",
    [1],
    0,
    0.0,
    -0.0,
    False,
    "",
    None,
    [],
    {},
    [[]],
    [{}],
    float("nan"),
    float("inf"),
    2**63,
    2.0**63,
    str(2**63),
    {"1": 1},
    {"1": 1.0},
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},
    ["a", "b"],
    ["ab"],
    ["ab", ""],
    "\ud800",
    "\ufffd",
    "?",
    "\\ud800",
    "é",
    "e\u0301",
]


def test_values_that_only_look_alike_have_different_keys():
    keys = [with_reference(value) for value in LOOKALIKES]

    for (one, first), (other, second) in itertools.combinations(
        zip(LOOKALIKES, keys, strict=True), 2
    ):
        assert first != second, f"{one!r} and {other!r}"


def test_what_is_no_plain_data_has_no_key():
    assert with_reference(object()) is None
    assert with_reference({"function": print}) is None
    assert with_reference(asyncio) is None


def test_what_is_nested_too_deeply_has_no_key():
    value = []
    for _ in range(10_000):
        value = [value]

    assert with_reference(value) is None


def test_circumstances_hang_on_the_limits_of_those_who_ask_for_none():
    registry = Registry(entries=[])

    one = circumstances_of(registry, Limits(cpu_s=1))

    assert one == circumstances_of(registry, Limits(cpu_s=1))
    assert one != circumstances_of(registry, Limits(cpu_s=2))


def test_circumstances_hang_on_the_code_of_plugins(tmp_path, monkeypatch, make_entry, calling):
    module = tmp_path / "rewardbox_cache_plugin.py"
    module.write_text("VERSION = 1")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(type(calling), "__module__", module.stem)
    registry = Registry(entries=[make_entry(calling)])

    one = circumstances_of(registry, Limits())
    module.write_text("VERSION = 2")

    assert one != circumstances_of(registry, Limits())
