"""The language table: reads the TOML files beside it and says how an agent is to run a program.

A file holds `name`, `aliases` (any spelling that peers' users send), `extensions`, `source_file`,
`hello` (a program that prints hello), `install` (what to do when it does not), then

    [version]          argv of a command that prints the version
    [compile]          argv, keep (files that the runs need), and perhaps env and limits
    [run]              argv, and perhaps env
    [warm_python]      instead of [run]: preload, sets of modules in order of size
    values             what {name} stands for in the above; {memory_mib} is the memory limit, {dir}
                       the working directory
    [variants.NAME]    another entry, like this one but for the keys given here
"""

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import PurePath
from typing import Any, Self

from sandbox.config import SandboxConfig
from sandbox.errors import UnknownLanguage
from sandbox.files import check_file_names
from sandbox.languages.imports import choose_preload
from sandbox.messages import Command, Compile, Opening
from sandbox.types import MIB, Limits, Program

COMPILE_LIMITS = Limits(
    cpu_s=30, memory_bytes=2048 * MIB, output_bytes=MIB, file_bytes=256 * MIB, processes=64
)
"""Compilers get more than the programs they compile; an entry may say otherwise."""

_KEYS = {
    "name",
    "aliases",
    "extensions",
    "source_file",
    "hello",
    "install",
    "version",
    "compile",
    "run",
    "warm_python",
    "values",
    "variants",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One entry of the table."""

    name: str
    aliases: tuple[str, ...]
    extensions: tuple[str, ...]
    source_file: str
    hello: str
    """A program that prints "hello"; a language that fails it is not offered."""
    install: str
    """What to do when it is missing."""
    version: Command | None = None
    compile: Compile | None = None
    run: Command = field(default_factory=lambda: Command(argv=None, env={}))
    preload: tuple[tuple[str, ...], ...] = ()

    @property
    def warm(self) -> bool:
        """Whether a warm Python runs it."""
        return self.run.argv is None

    def opening(self, program: Program, config: SandboxConfig) -> Opening:
        """What an agent needs to prepare the program.

        Raises ValueError when a file has a name that it must not have.
        """
        self.check_file_names(program.files)
        # A lone surrogate is for the compiler to complain about, not a failure of ours.
        source = program.source.encode(errors="surrogatepass")
        return Opening(
            files={self.source_file: source, **program.files},
            compile=self.compile and _within(self.compile, config),
            python_main=self.source_file if self.warm else None,
            preload=self.preload_for(program.source),
        )

    def check_file_names(self, names: Iterable[str]) -> None:
        """Raise ValueError, naming the file, when a program or a run may not bring it."""
        kept = self.compile.keep if self.compile else ()
        check_file_names(names, reserved=(self.source_file, *kept))

    def command(self, limits: Limits) -> Command:
        """How a run within `limits` is started."""
        return self.run if self.warm else _fill(self.run, _memory_mib(limits))

    def preload_for(self, source: str) -> tuple[str, ...]:
        """The modules that should be imported already where this source text runs."""
        return choose_preload(source, self.preload)


class LanguageTable:
    """All languages, found by any of their names."""

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages = sorted(languages, key=lambda language: language.name)
        self._by_name: dict[str, Language] = {}
        for language in self.languages:
            for name in (language.name, *language.aliases):
                other = self._by_name.setdefault(name, language)
                if other is not language:
                    raise ValueError(f"{name!r} names both {other.name} and {language.name}")

    def find(self, name: str) -> Language:
        """Raises UnknownLanguage."""
        language = self._by_name.get(name) or self._by_name.get(name.lower())
        if language is None:
            known = ", ".join(language.name for language in self.languages)
            raise UnknownLanguage(f"unknown language {name[:100]!r}; there are {known}")
        return language

    def of_file(self, path: PurePath) -> Language | None:
        """The language that files of this extension are written in."""
        for language in self.languages:
            if path.suffix.lower() in language.extensions:
                return language
        return None

    @classmethod
    def load(cls) -> Self:
        """Read the files beside this module. Raises ValueError naming what is wrong in which."""
        languages: list[Language] = []
        for file in resources.files(__package__).iterdir():
            if file.name.endswith(".toml"):
                try:
                    languages += read_languages(tomllib.loads(file.read_text("utf-8")))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"language table, {file.name}: {error!r}") from error
        return cls(languages)


@functools.cache
def language_table() -> LanguageTable:
    """The table, read once."""
    return LanguageTable.load()


def read_languages(entry: Mapping[str, Any]) -> list[Language]:
    """An entry and its variants. Raises KeyError, TypeError or ValueError for a malformed one."""
    variants: Mapping[str, Any] = entry.get("variants", {})
    own = {key: value for key, value in entry.items() if key != "variants"}
    return [
        _read_language(own),
        # Extensions belong to the entry itself, or a file would be in two languages.
        *(
            _read_language({**own, "extensions": [], "aliases": [], **changes, "name": name})
            for name, changes in variants.items()
        ),
    ]


def _read_language(entry: Mapping[str, Any]) -> Language:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    if ("run" in entry) == ("warm_python" in entry):
        raise ValueError("one of [run] and [warm_python] is needed")
    values = entry.get("values", {})
    warm = entry.get("warm_python", {})
    return Language(
        name=entry["name"],
        aliases=tuple(entry["aliases"]),
        extensions=tuple(entry["extensions"]),
        source_file=entry["source_file"],
        hello=entry["hello"],
        install=entry["install"],
        version=_fill(_read_command(entry["version"]), values) if "version" in entry else None,
        compile=_read_compile(entry["compile"], values) if "compile" in entry else None,
        run=_fill(_read_command(entry.get("run", {})), values),
        preload=tuple(tuple(modules) for modules in warm.get("preload", ())),
    )


def _read_command(entry: Mapping[str, Any]) -> Command:
    argv = entry.get("argv")
    return Command(argv=None if argv is None else tuple(argv), env=entry.get("env", {}))


def _read_compile(entry: Mapping[str, Any], values: Mapping[str, str]) -> Compile:
    command = _fill(Command(argv=tuple(entry["argv"]), env=entry.get("env", {})), values)
    return Compile(
        command=command,
        limits=replace(COMPILE_LIMITS, **entry.get("limits", {})),
        keep=tuple(entry["keep"]),
    )


def _within(compile_: Compile, config: SandboxConfig) -> Compile:
    limits = config.cap(compile_.limits)
    return replace(compile_, command=_fill(compile_.command, _memory_mib(limits)), limits=limits)


def _memory_mib(limits: Limits) -> dict[str, str]:
    return {"memory_mib": str(limits.memory_bytes // MIB)}


def _fill(command: Command, values: Mapping[str, str]) -> Command:
    def fill(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    return Command(
        argv=None if command.argv is None else tuple(map(fill, command.argv)),
        env={name: fill(text) for name, text in command.env.items()},
    )
