"""Requests written as, and answers read from, the headers of the agent protocol.

Answers are believed only as far as they are possible: types, ranges and counts are checked, and
whatever is out of them raises ProtocolError.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.agent.protocol import VERSION, ProtocolError
from sandbox.types import Execution, Invocation, Limits, Party, Status

Request = tuple[dict[str, Any], list[bytes]]
"""Header and blobs."""

MAX_MESSAGE_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How a program is started; `argv` is None for what a warm Python runs."""

    argv: tuple[str, ...] | None
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compile:
    """How the compiler is called."""

    command: Command
    limits: Limits
    keep: tuple[str, ...]
    """Files that the compiler leaves and that every run gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A program as an agent sees it: files, and how to prepare them."""

    files: Mapping[str, bytes]
    compile: Compile | None = None
    python_main: str | None = None
    """The file that a warm Python runs; None for every other language."""
    preload: tuple[str, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    """To be loaded into warm interpreters before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One program's part in a run."""

    program: int
    command: Command
    invocation: Invocation
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What an agent says of itself and its runner."""

    python: str
    walls: tuple[str, ...]
    toolchains: str
    """The same where what one runner compiled is fit to run on another."""


def load_request(name: str, modules: Sequence[tuple[str, str]]) -> Request:
    header = {"op": "load", "name": name, "modules": [module for module, _ in modules]}
    return header, [source.encode() for _, source in modules]


def open_request(
    session: int,
    program: int,
    opening: Opening,
    *,
    made: Mapping[str, bytes] | None = None,
    largest_bytes: int = 0,
) -> Request:
    """`made` is what the compiler left another time, when it need not run again; `largest_bytes`
    is how much of what it leaves now should come back."""
    compiler = opening.compile if made is None else None
    files = {**opening.files, **(made or {})}
    header = {
        "op": "open",
        "id": session,
        "program": program,
        "files": list(files),
        "executable": list(made or ()),
        "compile": compiler
        and {
            "argv": compiler.command.argv,
            "env": dict(compiler.command.env),
            "limits": _limits(compiler.limits),
            "keep": compiler.keep,
            "largest_bytes": largest_bytes,
        },
        "python": opening.python_main and {"main": opening.python_main, "preload": opening.preload},
    }
    return header, list(files.values())


def run_request(session: int, index: int, turns: Sequence[Turn]) -> Request:
    """Two turns are joined."""
    header = {
        "op": "run",
        "id": session,
        "index": index,
        "parties": [
            {
                "program": turn.program,
                "argv": turn.command.argv,
                "env": dict(turn.command.env),
                "args": turn.invocation.args,
                "limits": _limits(turn.limits),
                "files": list(turn.invocation.files),
                "keep": turn.invocation.keep,
            }
            for turn in turns
        ],
    }
    blobs: list[bytes] = []
    for turn in turns:
        blobs += (turn.invocation.stdin, *turn.invocation.files.values())
    return header, blobs


def pair_request(session: int, parties: Sequence[tuple[Party, str, tuple[str, ...]]]) -> Request:
    """`parties` are each a party, the name its harness was loaded under, and what to preload."""
    header = {
        "op": "pair",
        "id": session,
        "parties": [
            {
                "harness": harness,
                "entry": party.harness.entry,
                "preload": preload,
                "limits": _limits(party.limits),
                "files": list(party.files),
            }
            for party, harness, preload in parties
        ],
    }
    blobs: list[bytes] = []
    for party, _, _ in parties:
        blobs += (party.payload, party.stdin, *party.files.values())
    return header, blobs


def close_request(session: int) -> Request:
    return {"op": "close", "id": session}, []


def _limits(limits: Limits) -> dict[str, float]:
    return {
        "cpu_s": limits.cpu_s,
        "wall_s": limits.wall_backstop_s,
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
        "processes": limits.processes,
        "file_bytes": limits.file_bytes,
    }


def read_hello(header: Mapping[str, Any], blobs: list[bytes]) -> Hello:
    if header["op"] == "broken":
        raise ProtocolError(f"it could not begin: {read_text(header, 'detail')}")
    if header["op"] != "hello":
        raise ProtocolError("it does not say hello first")
    if header.get("version") != VERSION:
        raise ProtocolError(
            f"its agent speaks version {header.get('version')!r} of the protocol, this service "
            f"version {VERSION}; build the runner image from the same release"
        )
    walls = header.get("walls")
    if type(walls) is not list or not all(type(wall) is str for wall in walls):
        raise ProtocolError("malformed list of walls")
    return Hello(
        python=read_text(header, "python"),
        walls=tuple(walls),
        toolchains=read_text(header, "toolchains"),
    )


def read_compiled(
    header: Mapping[str, Any], blobs: list[bytes], *, keep: Sequence[str]
) -> tuple[Execution, dict[str, bytes] | None]:
    """What the compiler did, and what it left of the files to `keep`; None if that stays there."""
    kept = header.get("kept")
    if kept is None:
        stdout, stderr = _exactly(2, blobs)
        return _execution(header.get("compilation"), stdout, stderr), None
    _only(kept, keep)
    stdout, stderr, *contents = _exactly(2 + len(kept), blobs)
    files = dict(zip(kept, contents, strict=True))
    return _execution(header.get("compilation"), stdout, stderr), files


def read_ran(
    header: Mapping[str, Any], blobs: list[bytes], *, keep: Sequence[Sequence[str]]
) -> list[Execution]:
    """What each party did, and left of the files that it was to `keep`."""
    executions, kept = header.get("executions"), header.get("kept")
    if (
        type(executions) is not list
        or type(kept) is not list
        or not len(executions) == len(kept) == len(keep)
    ):
        raise ProtocolError("not an execution for each party")
    read: list[Execution] = []
    for execution, names, asked in zip(executions, kept, keep, strict=True):
        _only(names, asked)
        stdout, stderr, *contents = _exactly(2 + len(names), blobs[: 2 + len(names)])
        blobs = blobs[2 + len(names) :]
        files = dict(zip(names, contents, strict=True))
        read.append(_execution(execution, stdout, stderr, files=files))
    _exactly(0, blobs)
    return read


def read_paired(header: Mapping[str, Any], blobs: list[bytes]) -> tuple[Execution, Execution]:
    executions = header.get("executions")
    if type(executions) is not list or len(executions) != 2:
        raise ProtocolError("a pair has two executions")
    blobs = _exactly(6, blobs)
    return _execution(executions[0], *blobs[:3]), _execution(executions[1], *blobs[3:])


def read_clean(header: Mapping[str, Any], blobs: list[bytes]) -> bool:
    clean = header.get("clean")
    if type(clean) is not bool:
        raise ProtocolError("malformed `clean`")
    return clean


def read_text(values: Mapping[str, Any], key: str) -> str:
    """A short text without lone surrogates, which could not be written out again."""
    text = values.get(key)
    if type(text) is not str or len(text) > MAX_MESSAGE_CHARACTERS:
        raise ProtocolError(f"malformed {key!r}")
    return text.encode(errors="replace").decode()


def _only(names: Any, asked: Sequence[str]) -> None:
    """Check that these are some of the names that were asked for."""
    if type(names) is not list or not all(type(name) is str and name in asked for name in names):
        raise ProtocolError("a program left what it was not asked for")


def _exactly(count: int, blobs: list[bytes]) -> list[bytes]:
    if len(blobs) != count:
        raise ProtocolError(f"{len(blobs)} blobs where there should be {count}")
    return blobs


def _execution(
    value: Any,
    stdout: bytes,
    stderr: bytes,
    report: bytes = b"",
    *,
    files: Mapping[str, bytes] | None = None,
) -> Execution:
    if type(value) is not dict:
        raise ProtocolError("malformed execution")
    word: Any = value.get("status")
    try:
        status = Status(word)
    except ValueError as error:
        raise ProtocolError("unknown status") from error
    exit_code = _whole(value, "exit_code", largest=255)
    signal = _whole(value, "signal", largest=64)
    if (status is Status.EXITED and exit_code is None) or (
        status is Status.SIGNALLED and not signal
    ):
        raise ProtocolError("an execution that ended without a cause")
    return Execution(
        status=status,
        exit_code=exit_code,
        signal=signal,
        stdout=stdout,
        stderr=stderr,
        cpu_s=_seconds(value, "cpu_s"),
        wall_s=_seconds(value, "wall_s"),
        memory_bytes=_whole(value, "memory_bytes", largest=2**53),
        message=read_text(value, "message"),
        report=report,
        files=files or {},
    )


def _whole(values: Mapping[str, Any], key: str, *, largest: int) -> int | None:
    number = values.get(key)
    if number is None:
        return None
    if type(number) is not int or not 0 <= number <= largest:
        raise ProtocolError(f"impossible {key!r}")
    return number


def _seconds(values: Mapping[str, Any], key: str) -> float:
    number: Any = values.get(key)
    if type(number) not in (int, float) or not 0 <= number < math.inf:
        raise ProtocolError(f"impossible {key!r}")
    return float(number)
