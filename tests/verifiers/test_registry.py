"""Finding verifiers, with real packages on the import path: good ones and all ways to be bad."""

import textwrap
from uuid import uuid4

import pytest
from pydantic import ValidationError

from verifiers import UnknownVerifier, VerifierUnavailable
from verifiers.registry import Registry

VERIFIER = """
from verifiers import Options, Score, Verdict

class Shouting:
    name = "shouting"
    summary = "The completion is in capitals."
    reference_type = bool
    options_model = Options
    example = {"completion": "YES", "reference": True}

    async def verify(self, completion, reference, options, tools):
        right = completion.isupper() is reference
        return Score(reward=right, verdict=Verdict.ACCEPTED if right else Verdict.WRONG_ANSWER)
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a package with one entry point on the import path, as an installer would."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(distribution, source, *, target="Shouting", name="shouting"):
        module = f"plugin_{uuid4().hex}"  # nothing that an earlier test imported
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"{module}-2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 2.0\n"
        )
        (info / "entry_points.txt").write_text(
            f"[rewardbox.verifiers]\n{name} = {module}:{target}\n"
        )

    return write


def the(registry, name):
    return next(info for info in registry.describe() if info.name == name)


def test_a_class_and_an_instance_are_both_found(install):
    install("loud-one", VERIFIER)
    install(
        "loud-two",
        VERIFIER + "\nshouting = Shouting()\nshouting.name = 'loud'",
        name="loud",
        target="shouting",
    )

    registry = Registry.load(required=["shouting", "loud"])

    assert {"shouting", "loud"} <= set(registry.names())
    assert registry.get("shouting").summary == "The completion is in capitals."


def test_a_description_says_what_to_post_and_where_it_comes_from(install):
    install("loud", VERIFIER)

    info = the(Registry.load(), "shouting")

    assert info.available
    assert (info.source.built_in, info.source.distribution, info.source.version) == (
        False,
        "loud",
        "2.0",
    )
    assert info.reference_schema == {"type": "boolean"}
    assert "extract" in info.options_schema["properties"]
    assert info.example == {"verifier": "shouting", "completion": "YES", "reference": True}


def test_built_in_verifiers_come_the_same_way():
    info = the(Registry.load(), "text.exact")

    assert info.available
    assert info.source.built_in
    assert info.source.distribution == "rewardbox"


def test_references_and_options_are_validated(install):
    install("loud", VERIFIER)
    entry = Registry.load().entry("shouting")

    assert entry.parse_reference(True) is True
    with pytest.raises(ValidationError):
        entry.parse_reference({"answer": 1})
    with pytest.raises(ValidationError, match="revard"):
        entry.parse_options({"revard": "all"})


def test_two_packages_with_one_name_are_refused_by_name(install):
    install("loud-one", VERIFIER)
    install("loud-two", VERIFIER)

    with pytest.raises(ValueError, match=r"'shouting': loud-one 2\.0 and loud-two 2\.0"):
        Registry.load()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_module_nobody_has", "No module named 'a_module_nobody_has'"),
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import sys; sys.exit('goodbye')", "SystemExit: goodbye"),
        ("x = 1", "Shouting"),
        ("Shouting = 3", "it has no name, summary, reference_type"),
        (VERIFIER + "    del summary", "it has no summary"),
        (VERIFIER + "    name = 'whispering'", "named 'shouting', its verifier 'whispering'"),
        (VERIFIER + "    def verify(self, *args): pass", "`async def`"),
        (VERIFIER + "    options_model = dict", "no subclass of verifiers.Options"),
        (VERIFIER + "    example = {'completion': 'YES'}", "example has no reference"),
        (VERIFIER + "    example = {'completion': 'YES', 'reference': 'x'}", "ValidationError"),
        (VERIFIER + "    def __init__(self, model): pass", "TypeError"),
        (VERIFIER + "    class reference_type: pass", "PydanticSchemaGenerationError"),
    ],
)
def test_a_broken_plugin_is_kept_and_logged_with_its_reason(install, caplog, source, reason):
    install("broken", source)

    registry = Registry.load()

    assert "shouting" not in registry.names()
    info = the(registry, "shouting")
    assert not info.available
    assert reason in info.error
    assert f"'shouting' of broken 2.0 did not load: {info.error}" in caplog.text
    with pytest.raises(VerifierUnavailable, match=r"broken 2\.0 did not load"):
        registry.get("shouting")
    assert "text.exact" in registry.names()


def test_a_required_verifier_must_load(install):
    install("broken", "1 / 0")

    with pytest.raises(VerifierUnavailable, match="ZeroDivisionError"):
        Registry.load(required=["shouting"])
    with pytest.raises(UnknownVerifier, match=r"'shoutign'.*text\.exact"):
        Registry.load(required=["shoutign"])
