"""One language: how an agent is to compile and run a program written in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sandbox.config import SandboxConfig
from sandbox.files import check_file_names
from sandbox.languages.imports import choose_preload
from sandbox.languages.java_source import java_names
from sandbox.messages import Command, Compile, Opening
from sandbox.types import MIB, Limits, Program

_LARGEST_STACK_MIB = 1000
"""A JVM refuses larger ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One entry of the table. Commands may hold what `_sizes` computes from the memory limit."""

    name: str
    title: str
    """What people call it."""
    aliases: tuple[str, ...]
    extensions: tuple[str, ...]
    source_file: str
    java_names: bool = False
    """Whether a source file is called after the public class in it."""
    hello: str
    """A program that prints "hello"; a language that fails it is not offered."""
    install: str
    """What to do when it is missing."""
    notes: str = ""
    """What users should know."""
    runtime_mib: int = 0
    """What its runtime needs beside the heap, when that has a limit of its own."""
    version: Command | None = None
    compile: Compile | None = None
    run: Command = field(default_factory=lambda: Command(argv=None, env={}))
    preload: tuple[tuple[str, ...], ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What a program finds beside it, unless it brings its own."""
    libraries: tuple[str, ...] = ()
    """What images have for it beside its standard library, as people call it."""
    more_libraries: tuple[str, ...] = ()
    """The same, of the full image only."""

    @property
    def warm(self) -> bool:
        """Whether a warm Python runs it."""
        return self.run.argv is None

    def opening(self, program: Program, config: SandboxConfig) -> Opening:
        """What an agent needs to prepare the program.

        Raises ValueError when a file has a name that it must not have.
        """
        self.check_file_names(program.files)
        names = self._names(program.source)
        main = names["source_file"]
        if main != self.source_file:
            check_file_names(program.files, reserved=[main])
        # A lone surrogate is for the compiler to complain about, not a failure of ours.
        source = program.source.encode(errors="surrogatepass")
        return Opening(
            files={**self.files, main: source, **program.files},
            compile=None if self.compile is None else self._within(self.compile, config, names),
            python_main=main if self.warm else None,
            preload=self.preload_for(program.source),
            modules=program.modules if self.warm else (),
        )

    def check_file_names(self, names: Iterable[str]) -> None:
        """Raise ValueError, naming the file, when a program or a run may not bring it."""
        kept = () if self.compile is None else self.compile.keep
        check_file_names({*names, *self.files}, reserved=(self.source_file, *kept))
        for name in names if self.java_names else ():
            if ".java/" in name:
                raise ValueError(f"file name {name!r} has a folder that is called as programs are")

    def command(self, limits: Limits) -> Command:
        """How a run within `limits` is started."""
        return self.run if self.warm else fill(self.run, self._sizes(limits))

    def preload_for(self, source: str) -> tuple[str, ...]:
        """The modules that should be imported already where this source text runs."""
        return choose_preload(source, self.preload)

    def _names(self, source: str) -> dict[str, str]:
        if not self.java_names:
            return {"source_file": self.source_file}
        names = java_names(source)
        return {"source_file": names.file, "main_class": names.main_class}

    def _within(
        self, compile_: Compile, config: SandboxConfig, names: Mapping[str, str]
    ) -> Compile:
        limits = config.cap(compile_.limits)
        command = fill(compile_.command, {**names, **self._sizes(limits)})
        return replace(compile_, command=command, limits=limits)

    def _sizes(self, limits: Limits) -> dict[str, str]:
        """What managed runtimes are told: the limit is on what is resident, so that heap and stack
        may each be as large, and whichever grows meets it."""
        memory_mib = limits.memory_bytes // MIB
        stack_mib = max(min(memory_mib, _LARGEST_STACK_MIB), 1)
        return {
            "memory_mib": str(memory_mib),
            "heap_mib": str(max(memory_mib - self.runtime_mib, memory_mib // 2, 1)),
            "stack_mib": str(stack_mib),
            "stack_kib": str(stack_mib * 1024),
            "stack_bytes": str(stack_mib * MIB),
        }


def fill(command: Command, values: Mapping[str, str]) -> Command:
    """The command with each {name} replaced; what has no value stays as it is."""

    def replaced(text: str) -> str:
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    return Command(
        argv=None if command.argv is None else tuple(map(replaced, command.argv)),
        env={name: replaced(text) for name, text in command.env.items()},
    )
