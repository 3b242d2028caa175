"""The agent: takes a pool's requests one after another and runs them, one session at a time."""

import contextlib
import math
import os
import platform
import signal
import socket
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from . import connecting, pipes, protocol, sweeping
from .conducting import Conductor
from .party import Broken, Party
from .program import take_descriptors
from .starting import Starter
from .stream import Stream

_OUTPUT_BYTES_OF_COMPILERS = 1 << 20
_PACKAGES = "/var/lib/dpkg/status"
"""Differs between images of which one has other packages, or another version of one."""
_LAST_WORDS_S = 3.0
_OTHER_ENDED = "stopped when the other party ended"


class Unclean(Exception):
    """A session left something behind, and the pool has been told."""


class Program:
    """What stays the same from run to run: the files, and what the compiler made of them."""

    def __init__(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self.files = dict(zip(header["files"], blobs, strict=True))
        self.python: dict[str, Any] | None = header["python"]
        self.executable: list[str] = header["executable"]


class Session:
    """What stays the same until `close`: the programs, by number."""

    def __init__(self, number: int) -> None:
        self.id = number
        self.programs: dict[int, Program] = {}


class Agent:
    """Serves one pool over a stream until that closes."""

    def __init__(self, stream: Stream, *, cpus: float) -> None:
        """`cpus` is how many of them all programs together can use; infinity if nobody knows."""
        self._stream = stream
        self._session: Session | None = None
        self._starter = Starter(cpus=cpus)
        self._conductor = Conductor(stream, self._starter)
        # The first process of a container ignores what it does not handle; an engine that wants to
        # stop it should not have to wait. What runs below dies with it.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

    def serve(self) -> None:
        """Answer requests for ever.

        Raises EOFError when the pool has gone, Broken or Unclean when we cannot go on.
        """
        hello = {
            "op": "hello",
            "version": protocol.VERSION,
            "python": platform.python_version(),
            "walls": self._starter.walls,
            "toolchains": _toolchains(),
        }
        self._stream.send(hello)
        while True:
            header, blobs = self._stream.next_request()
            try:
                self._answer(header, blobs)
            except (KeyError, TypeError, ValueError) as error:
                raise Broken(f"malformed request {header['op']!r}: {error!r}") from error

    def give_up(self, reason: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.send({"op": "broken", "detail": reason})

    # Requests

    def _answer(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        match header["op"]:
            case "open" | "run" | "pair" if self._stream.closes(header["id"]):
                pass  # no answer is waited for any more
            case "load":
                self._starter.load(header["modules"], blobs)
            case "open":
                self._open(header, blobs)
            case "run" if self._session is not None:
                self._run(self._session, header, blobs)
            case "pair":
                self._pair(header, blobs)
            case "close":
                self._close(header["id"])
            case other:
                raise ValueError(f"no such request now: {other}")

    def _open(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        session = self._session
        if session is None or session.id != header["id"]:
            self._session = session = Session(header["id"])
        session.programs[header["program"]] = program = Program(header, blobs)
        compile_ = header["compile"]
        if compile_ is None:
            return
        order = _order(
            compile_["limits"],
            files=program.files,
            argv=compile_["argv"],
            env=compile_["env"],
            keep=compile_["keep"],
        )
        party = self._starter.start(order, [*program.files.values()], b"")
        if self._conduct([party]):
            execution, outputs, kept = party.result()
            program.files |= kept
            program.executable = list(kept)
            reply = {"op": "compiled", "id": session.id, "compilation": execution}
            said = [output[:_OUTPUT_BYTES_OF_COMPILERS] for output in outputs[:2]]
            if sum(map(len, kept.values())) > compile_["largest_bytes"]:
                self._stream.send({**reply, "kept": None}, said)
            else:
                self._stream.send({**reply, "kept": list(kept)}, [*said, *kept.values()])

    def _run(self, session: Session, header: dict[str, Any], blobs: list[bytes]) -> None:
        headers = header["parties"]
        rest = iter(blobs)
        given = [[*islice(rest, 1 + len(each["files"]))] for each in headers]
        ends = pipes.crossed() if len(headers) == 2 else []
        try:
            parties = self._begin_all(session, headers, given, ends)
        finally:
            for end in ends:
                os.close(end)
        if self._conduct(parties, end=_end_joined if ends else None):
            results = [party.result() for party in parties]
            kept = [
                _fitting(files, each["limits"]["file_bytes"])
                for each, (_, _, files) in zip(headers, results, strict=True)
            ]
            answer: list[bytes] = []
            for (_, outputs, _), files in zip(results, kept, strict=True):
                answer += [*outputs[:2], *files.values()]
            reply = {"op": "ran", "id": session.id, "index": header["index"]}
            executions = [execution for execution, _, _ in results]
            self._stream.send(
                {**reply, "executions": executions, "kept": [*map(list, kept)]}, answer
            )

    def _begin_all(
        self,
        session: Session,
        headers: list[dict[str, Any]],
        given: list[list[bytes]],
        ends: Sequence[int],
    ) -> list[Party]:
        """Start the parties of a run, of two first the one that judges.

        It is there before the other could take what it needs, where they share file systems.
        """
        parties: list[Party] = []
        for number in reversed(range(len(headers))):
            joined = ends[2 * number : 2 * number + 2]
            party = self._begin(session, number, headers[number], given[number], joined=joined)
            parties.insert(0, party)
            if number:
                party.wait_until_begun()
        return parties

    def _begin(
        self,
        session: Session,
        number: int,
        header: dict[str, Any],
        blobs: list[bytes],
        *,
        joined: Sequence[int],
    ) -> Party:
        """Start one party of a run; `joined` are its standard input and output, if not its own."""
        stdin, *contents = blobs
        program = session.programs[header["program"]]
        files = program.files | dict(zip(header["files"], contents, strict=True))
        python = program.python
        order = _order(
            header["limits"],
            number=number,
            files=files,
            executable=program.executable,
            argv=header["argv"],
            env=header["env"],
            args=header["args"],
            keep=header["keep"],
            python=None if python is None else python["main"],
        )
        preload = () if python is None else tuple(python["preload"])
        return self._starter.start(order, [*files.values()], stdin, preload=preload, joined=joined)

    def _pair(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self._session = session = Session(header["id"])
        ends = socket.socketpair()
        parties: list[Party] = []
        start = 0
        try:
            for number, party in enumerate(header["parties"]):
                end = start + 2 + len(party["files"])
                payload, stdin, *files = blobs[start:end]
                start = end
                order = _order(
                    party["limits"],
                    number=number,
                    files=party["files"],
                    harness={"entry": party["entry"]},
                )
                link, reports = ends[number].fileno(), number == 0
                parties.append(
                    self._starter.start(
                        order,
                        [*files, payload],
                        stdin,
                        preload=tuple(party["preload"]),
                        link=link,
                        reports=reports,
                    )
                )
                if number == 0:  # as of two in a run, the one that judges
                    parties[0].wait_until_begun()
        finally:
            for socket_ in ends:
                socket_.close()
        if self._conduct(parties, end=_end_pair):
            results = [party.result() for party in parties]
            executions = [execution for execution, _, _ in results]
            outputs = [output for _, triple, _ in results for output in triple]
            self._stream.send({"op": "paired", "id": session.id, "executions": executions}, outputs)

    def _close(self, number: int) -> None:
        remains = self._starter.remains()
        self._session = None
        reply = {"op": "closed", "id": number, "clean": remains == "", "detail": remains}
        if remains:  # what the next session has sent already must not run here
            self._stream.send(reply)
            raise Unclean
        self._stream.hold(reply)

    def _conduct(
        self, parties: list[Party], *, end: Callable[[list[Party]], None] | None = None
    ) -> bool:
        """See the parties through; False when the pool closed the session meanwhile."""
        number = None if self._session is None else self._session.id
        return self._conductor.conduct(parties, session=number, end=end)


def _order(
    limits: dict[str, Any],
    *,
    number: int = 0,
    files: Iterable[str],
    executable: Sequence[str] = (),
    argv: Sequence[str] | None = None,
    env: dict[str, str] | None = None,
    args: Sequence[str] = (),
    keep: Sequence[str] = (),
    python: str | None = None,
    harness: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What a warm interpreter is told of a run, but for its uid."""
    place = f"{sweeping.BOX}/{number}"
    env = {
        name: text.replace("{dir}", place) for name, text in {"HOME": place, **(env or {})}.items()
    }
    return {
        "op": "order",
        "dir": place,
        "files": list(files),
        "executable": list(executable),
        "argv": None if argv is None else [text.replace("{dir}", place) for text in argv],
        "args": list(args),
        "env": env,
        "keep": list(keep),
        "python": python,
        "harness": harness,
        "limits": limits,
        "opaque": harness is not None and number == 0,
        "reports": harness is not None and number == 0,
    }


def _end_pair(parties: list[Party]) -> None:
    """The end of the first is the end of both."""
    if parties[0].ended:
        parties[1].kill("signalled", _OTHER_ENDED)


def _end_joined(parties: list[Party]) -> None:
    """When one ends badly, nothing is left for the other to do. The second has the last word."""
    if parties[-1].failed:
        parties[0].kill("signalled", _OTHER_ENDED)
    if parties[0].failed:
        parties[-1].stop_soon(_LAST_WORDS_S, _OTHER_ENDED)


def _fitting(files: dict[str, bytes], room: int) -> dict[str, bytes]:
    """All of the files, or none if they are too large together."""
    return files if sum(map(len, files.values())) <= room else {}


def main(arguments: Sequence[str]) -> int:
    """Serve over standard input and output, or over a socket: the one at `--socket PATH`, whenever
    that is there, or at `--meet PATH`, which has to be there by now.

    `--cpus NUMBER` goes before, and tells how many of them this container can use at most.
    """
    take_descriptors()
    cpus = math.inf
    if arguments[:1] == ["--cpus"]:
        cpus, arguments = float(arguments[1]), arguments[2:]
    if arguments[:1] in (["--socket"], ["--meet"]):
        patient = arguments[0] == "--socket"
        descriptor = connecting.connect(arguments[1], patient=patient).detach()
        agent = Agent(Stream(descriptor, descriptor), cpus=cpus)
    else:
        agent = Agent(connecting.take_standard_streams(), cpus=cpus)
    try:
        agent.serve()
    except (EOFError, Unclean):
        return 0
    except (Broken, protocol.ProtocolError, OSError, RuntimeError) as error:
        agent.give_up(str(error))
    return 1


def _toolchains() -> str:
    """Tells runners apart that have other compilers, libraries or processors."""
    try:
        with open(_PACKAGES, "rb") as file:
            packages = zlib.crc32(file.read())
    except OSError:  # namespaces of one machine: their runners are all alike
        packages = 0
    return f"{platform.machine()} {packages:08x}"
