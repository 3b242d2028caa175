"""The language table, and what agents are told to do for a language."""

import tomllib
from pathlib import Path, PurePath

import pytest

from sandbox.config import SandboxConfig
from sandbox.errors import UnknownLanguage
from sandbox.languages import LanguageTable, language_table
from sandbox.languages.entry import read_languages
from sandbox.types import MIB, Limits, Program

CONFIG = SandboxConfig()
PEERS = tomllib.loads((Path(__file__).parents[2] / "data" / "peers.toml").read_text())

MANAGED = {
    "name": "managed",
    "title": "Managed",
    "aliases": ["m"],
    "extensions": [".m"],
    "source_file": "Main.m",
    "hello": "...",
    "install": "install it",
    "values": {"level": "3"},
    "version": {"argv": ["mc", "-v"]},
    "compile": {
        "argv": ["mc", "-J-Xmx{memory_mib}m", "-O{level}", "Main.m"],
        "env": {"CACHE": "{dir}/cache"},
        "keep": ["Main.class"],
        "limits": {"cpu_s": 60},
    },
    "run": {"argv": ["m", "-Xmx{memory_mib}m", "Main"], "env": {"HEAP": "{memory_mib}"}},
}


def only(entry):
    (language,) = read_languages(entry)
    return language


class TestTable:
    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("python", "python"),
            ("py", "python"),
            ("Python3", "python"),
            ("71", "python"),
            ("cpp", "cpp"),
            ("C++", "cpp"),
            ("g++", "cpp"),
            ("54", "cpp"),
            ("c++20", "cpp20"),
            ("cpp23", "cpp23"),
        ],
    )
    def test_knows_the_names_that_peers_use(self, name, found):
        assert language_table().find(name).name == found

    @pytest.mark.parametrize("peer", PEERS)
    def test_knows_all_names_of_a_peer_but_those_listed_with_a_reason(self, peer):
        found, missing = PEERS[peer]["found"], PEERS[peer]["missing"]
        table = language_table()
        for name in found:
            assert table.find(name)
        for name, reason in missing.items():
            assert reason
            with pytest.raises(UnknownLanguage):
                table.find(name)

    def test_says_what_there_is_instead(self):
        with pytest.raises(UnknownLanguage, match=r"'klingon'; there are bash, .*python"):
            language_table().find("klingon")

    @pytest.mark.parametrize(
        ("path", "name"), [("a/solution.py", "python"), ("x.CPP", "cpp"), ("x.cc", "cpp")]
    )
    def test_knows_files_by_extension(self, path, name):
        assert language_table().of_file(PurePath(path)).name == name

    def test_does_not_guess_at_other_files(self):
        assert language_table().of_file(PurePath("notes")) is None

    def test_refuses_a_name_that_is_taken(self):
        with pytest.raises(ValueError, match="'m' names both"):
            LanguageTable([only(MANAGED), only({**MANAGED, "name": "other"})])

    @pytest.mark.parametrize("language", language_table().languages, ids=lambda each: each.name)
    def test_says_of_every_language_what_to_install(self, language):
        assert language.install
        assert "hello" in language.hello


class TestEntry:
    def test_fills_in_its_values_and_the_memory_limit(self):
        language = only(MANAGED)
        opening = language.opening(Program(language="m", source="s"), CONFIG)
        assert opening.compile.command.argv == ("mc", "-J-Xmx2048m", "-O3", "Main.m")
        assert opening.compile.limits.cpu_s == 60
        command = language.command(Limits(memory_bytes=300 * MIB))
        assert command.argv == ("m", "-Xmx300m", "Main")
        assert command.env == {"HEAP": "300"}

    def test_leaves_the_working_directory_to_the_agent(self):
        compile_ = only(MANAGED).opening(Program(language="m", source=""), CONFIG).compile
        assert compile_.command.env == {"CACHE": "{dir}/cache"}

    def test_keeps_compilers_within_the_walls(self):
        config = SandboxConfig(memory_bytes=100 * MIB)
        compile_ = only(MANAGED).opening(Program(language="m", source=""), config).compile
        assert compile_.limits.memory_bytes == 100 * MIB
        assert compile_.command.argv[1] == "-J-Xmx100m"

    def test_brings_the_source_before_other_files(self):
        program = Program(language="m", source="é", files={"x/y": b"1"})
        opening = only(MANAGED).opening(program, CONFIG)
        assert list(opening.files.items()) == [("Main.m", "é".encode()), ("x/y", b"1")]

    @pytest.mark.parametrize("name", ["Main.m", "Main.class", "Main.m/x", "/x"])
    def test_refuses_files_in_the_programs_way(self, name):
        with pytest.raises(ValueError, match=name):
            only(MANAGED).opening(Program(language="m", source="", files={name: b""}), CONFIG)

    def test_brings_its_own_files_unless_the_program_does(self):
        language = only({**MANAGED, "files": {".rc": "ours"}})
        for files, content in (({}, b"ours"), ({".rc": b"theirs"}, b"theirs")):
            opening = language.opening(Program(language="m", source="", files=files), CONFIG)
            assert opening.files[".rc"] == content
        with pytest.raises(ValueError, match=r"rc/x' has another file as its folder"):
            language.check_file_names([".rc/x"])

    def test_calls_files_as_java_wants_it(self):
        compile_ = {"argv": ["javac", "{source_file}", "{main_class}"], "keep": ["main.jar"]}
        language = only({**MANAGED, "java_names": True, "compile": compile_})
        source = "public class A { } class B { public static void main(String[] a) { } }"
        opening = language.opening(Program(language="m", source=source), CONFIG)
        assert list(opening.files) == ["A.java"]
        assert opening.compile.command.argv == ("javac", "A.java", "B")
        for name in ("A.java", "A.java/x", "B.java/x"):
            with pytest.raises(ValueError, match=name):
                language.opening(Program(language="m", source=source, files={name: b""}), CONFIG)

    def test_tells_runtimes_how_large_they_may_become(self):
        run = {"argv": ["m", "{heap_mib}", "{stack_mib}", "{stack_kib}", "{stack_bytes}"]}
        language = only({**MANAGED, "runtime_mib": 100, "run": run})

        def sizes(memory_mib):
            return language.command(Limits(memory_bytes=memory_mib * MIB)).argv[1:3]

        assert sizes(500) == ("400", "500")
        assert sizes(150) == ("75", "150")
        assert sizes(2000) == ("1900", "1000")
        assert language.command(Limits(memory_bytes=MIB)).argv == ("m", "1", "1", "1024", "1048576")

    def test_has_variants_that_differ_in_some_keys(self):
        variants = {"fast": {"aliases": ["f"], "values": {"level": "9"}}}
        slow, fast = read_languages({**MANAGED, "variants": variants})
        assert (slow.name, fast.name, fast.aliases, fast.extensions) == (
            "managed",
            "fast",
            ("f",),
            (),
        )
        for variant, level in ((slow, "-O3"), (fast, "-O9")):
            argv = variant.compile.command.argv
            assert argv is not None
            assert argv[2] == level

    @pytest.mark.parametrize(
        "changes",
        [
            {"colour": "red"},
            {"warm_python": {}},
            {"run": {"argv": []}},
            {"aliases": "m"},
            {"compile": {"argv": ["mc"]}},
            {"compile": {"argv": ["mc"], "keep": [], "limits": {"days": 1}}},
            {"compile": {"argv": ["mc"], "keep": [], "colour": "red"}},
        ],
        ids=repr,
    )
    def test_that_is_malformed_is_refused(self, changes):
        with pytest.raises(ValueError, match="valid"):
            read_languages({**MANAGED, **changes})

    def test_that_is_incomplete_is_refused(self):
        for key in ("name", "title", "aliases", "source_file", "hello", "install", "run"):
            with pytest.raises(ValueError, match=key):
                read_languages({name: value for name, value in MANAGED.items() if name != key})
