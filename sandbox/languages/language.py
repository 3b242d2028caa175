"""One language: how an agent is to compile and run a program written in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sandbox.config import SandboxConfig
from sandbox.files import check_file_names
from sandbox.languages.imports import choose_preload
from sandbox.messages import Command, Compile, Opening
from sandbox.types import MIB, Limits, Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One entry of the table. Commands may hold {memory_mib}, the memory limit."""

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
            compile=None if self.compile is None else _within(self.compile, config),
            python_main=self.source_file if self.warm else None,
            preload=self.preload_for(program.source),
        )

    def check_file_names(self, names: Iterable[str]) -> None:
        """Raise ValueError, naming the file, when a program or a run may not bring it."""
        kept = () if self.compile is None else self.compile.keep
        check_file_names(names, reserved=(self.source_file, *kept))

    def command(self, limits: Limits) -> Command:
        """How a run within `limits` is started."""
        return self.run if self.warm else fill(self.run, _memory_mib(limits))

    def preload_for(self, source: str) -> tuple[str, ...]:
        """The modules that should be imported already where this source text runs."""
        return choose_preload(source, self.preload)


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


def _within(compile_: Compile, config: SandboxConfig) -> Compile:
    limits = config.cap(compile_.limits)
    return replace(compile_, command=fill(compile_.command, _memory_mib(limits)), limits=limits)


def _memory_mib(limits: Limits) -> dict[str, str]:
    return {"memory_mib": str(limits.memory_bytes // MIB)}
