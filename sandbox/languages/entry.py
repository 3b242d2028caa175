"""What a TOML file of the language table may say, and how it becomes a language.

name = "..."             and aliases, any spelling that users of other judges send
title                    what people call it
extensions, source_file  of files on disk, and in the working directory
java_names               true where Java's rule holds: a file is called after its public class; then
                         commands may hold {source_file} and {main_class}
hello                    a program that prints hello
install                  what to do when that does not work
notes                    what users should know
runtime_mib              what the runtime needs beside the heap it is told to keep to
[version]                argv of a command that prints the version
[compile]                argv and keep (files that runs need); perhaps env and limits
[run]                    argv, perhaps env
[warm_python]            instead of [run]: preload, sets of modules, each larger than the last
[files]                  more files that a program finds, unless it brings its own: name to text
[values]                 what {name} stands for in commands; there stand by themselves {dir}, the
                         working directory, and from the memory limit {memory_mib}, {heap_mib} (less
                         runtime_mib), {stack_mib}, {stack_kib} and {stack_bytes}
[image]                  packages of Debian that make it; perhaps libraries, what they bring beside
                         the standard library, more and more_libraries, the same for the full image
                         only, and setup, shell commands that prepare what programs share
[variants.NAME]          another language, like this one but for the keys given
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.languages.language import Language, fill
from sandbox.messages import Command, Compile
from sandbox.types import MIB, Limits

COMPILE_LIMITS = Limits(
    cpu_s=30, memory_bytes=2048 * MIB, output_bytes=MIB, file_bytes=256 * MIB, processes=64
)
"""Compilers get more than the programs they compile; an entry may say otherwise."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Command(_Strict):
    argv: Annotated[list[str], Field(min_length=1)]
    env: dict[str, str] = {}

    def filled(self, values: Mapping[str, str]) -> Command:
        return fill(Command(argv=tuple(self.argv), env=self.env), values)


class _CompileLimits(_Strict):
    cpu_s: float = COMPILE_LIMITS.cpu_s
    memory_bytes: int = COMPILE_LIMITS.memory_bytes
    processes: int = COMPILE_LIMITS.processes
    file_bytes: int = COMPILE_LIMITS.file_bytes


class _Compile(_Command):
    keep: list[str]
    limits: _CompileLimits = _CompileLimits()


class _WarmPython(_Strict):
    preload: list[list[str]]


class Image(_Strict):
    """What the runner image needs for a language."""

    packages: list[str]
    libraries: list[str] = []
    more: list[str] = []
    more_libraries: list[str] = []
    setup: str = ""


class _Entry(_Strict):
    name: str
    title: str
    aliases: list[str]
    extensions: list[str]
    source_file: str
    java_names: bool = False
    hello: str
    install: str
    notes: str = ""
    runtime_mib: int = 0
    version: _Command | None = None
    compile: _Compile | None = None
    run: _Command | None = None
    warm_python: _WarmPython | None = None
    files: dict[str, str] = {}
    values: dict[str, str] = {}
    image: Image | None = None

    @model_validator(mode="after")
    def _runs_in_one_way(self) -> Self:
        if (self.run is None) == (self.warm_python is None):
            raise ValueError("one of [run] and [warm_python] is needed, and only one")
        return self

    def language(self) -> Language:
        run, warm = self.run, self.warm_python
        return Language(
            name=self.name,
            title=self.title,
            aliases=tuple(self.aliases),
            extensions=tuple(self.extensions),
            source_file=self.source_file,
            java_names=self.java_names,
            hello=self.hello,
            install=self.install,
            notes=self.notes,
            runtime_mib=self.runtime_mib,
            files={name: text.encode() for name, text in self.files.items()},
            version=None if self.version is None else self.version.filled(self.values),
            compile=None if self.compile is None else self._compiling(self.compile),
            run=Command(argv=None, env={}) if run is None else run.filled(self.values),
            preload=() if warm is None else tuple(tuple(modules) for modules in warm.preload),
            libraries=() if self.image is None else tuple(self.image.libraries),
            more_libraries=() if self.image is None else tuple(self.image.more_libraries),
        )

    def _compiling(self, entry: _Compile) -> Compile:
        return Compile(
            command=entry.filled(self.values),
            limits=replace(COMPILE_LIMITS, **entry.limits.model_dump()),
            keep=tuple(entry.keep),
        )


def read_languages(file: Mapping[str, Any]) -> list[Language]:
    """The language of a parsed file, and its variants. Raises ValueError for a malformed one."""
    own = dict(file)
    variants: Mapping[str, Any] = own.pop("variants", {})
    # What names, extensions and an image belong to is one language, not its variants too.
    bare = {**own, "aliases": [], "extensions": [], "image": None}
    entries = [own, *({**bare, **changes, "name": name} for name, changes in variants.items())]
    return [_Entry.model_validate(entry).language() for entry in entries]
