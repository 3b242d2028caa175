"""The agent: takes a pool's requests one after another and runs them, one session at a time."""

import contextlib
import os
import platform
import selectors
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

from . import protocol, sweeping, warm
from .party import Broken, Party
from .starting import Starter
from .stream import Stream

_OUTPUT_BYTES_OF_COMPILERS = 1 << 20
"""How long a process that is as good as gone may still be seen."""
_CONNECT_AGAIN_S = 0.1


class Session:
    """What stays the same from `open` to `close`: the files, and what the compiler made of them."""

    def __init__(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self.id: int = header["id"]
        self.files = dict(zip(header.get("files", ()), blobs, strict=False))
        self.python: dict[str, Any] | None = header.get("python")
        self.executable: list[str] = []


class Agent:
    """Serves one pool over a stream until that closes."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._selector = selectors.DefaultSelector()
        self._selector.register(stream.reader, selectors.EVENT_READ)
        self._session: Session | None = None
        self._starter = Starter()
        self._watched: set[int] = set()
        # The first process of a container ignores what it does not handle; an engine that wants to
        # stop it should not have to wait. What runs below dies with it.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

    def serve(self) -> None:
        """Answer requests for ever. Raises EOFError when the pool has gone, Broken when we cannot
        go on."""
        python = platform.python_version()
        hello = {"op": "hello", "version": protocol.VERSION, "python": python}
        self._stream.send({**hello, "walls": self._starter.walls})
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
        self._session = session = Session(header, blobs)
        compile_ = header["compile"]
        if compile_ is None:
            self._stream.hold({"op": "opened", "id": session.id, "compilation": None}, (b"", b""))
            return
        order = self._order(
            session,
            compile_["limits"],
            argv=compile_["argv"],
            env=compile_["env"],
            keep=compile_["keep"],
        )
        party = self._starter.start(order, [*session.files.values()], b"")
        if self._conduct([party]):
            execution, outputs, kept = party.result()
            session.files |= kept
            session.executable = list(kept)
            self._stream.send(
                {"op": "opened", "id": session.id, "compilation": execution},
                [output[:_OUTPUT_BYTES_OF_COMPILERS] for output in outputs[:2]],
            )

    def _run(self, session: Session, header: dict[str, Any], blobs: list[bytes]) -> None:
        files = session.files | dict(zip(header["files"], blobs[1:], strict=True))
        python = session.python
        order = self._order(
            session,
            header["limits"],
            files=list(files),
            argv=header["argv"],
            env=header["env"],
            args=header["args"],
            python=None if python is None else python["main"],
        )
        preload = () if python is None else tuple(python["preload"])
        party = self._starter.start(order, [*files.values()], blobs[0], preload=preload)
        if self._conduct([party]):
            execution, outputs, _ = party.result()
            reply = {"op": "ran", "id": session.id, "index": header["index"]}
            self._stream.send({**reply, "execution": execution}, outputs[:2])

    def _pair(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self._session = session = Session(header, [])
        ends = socket.socketpair()
        parties: list[Party] = []
        start = 0
        try:
            for number, party in enumerate(header["parties"]):
                end = start + 2 + len(party["files"])
                payload, stdin, *files = blobs[start:end]
                start = end
                order = self._order(
                    session,
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
        finally:
            for socket_ in ends:
                socket_.close()
        if self._conduct(parties):
            results = [party.result() for party in parties]
            executions = [execution for execution, _, _ in results]
            outputs = [output for _, triple, _ in results for output in triple]
            self._stream.send({"op": "paired", "id": session.id, "executions": executions}, outputs)

    def _close(self, number: int) -> None:
        detail = self._starter.remains()
        self._session = None
        self._stream.send({"op": "closed", "id": number, "clean": detail == "", "detail": detail})

    # Runs

    def _order(
        self,
        session: Session,
        limits: dict[str, Any],
        *,
        number: int = 0,
        files: Sequence[str] | None = None,
        argv: Sequence[str] | None = None,
        env: dict[str, str] | None = None,
        args: Sequence[str] = (),
        keep: Sequence[str] = (),
        python: str | None = None,
        harness: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        place = f"{sweeping.BOX}/{number}"
        env = {
            name: text.replace("{dir}", place)
            for name, text in {"HOME": place, **(env or {})}.items()
        }
        return {
            "op": "order",
            "dir": place,
            "files": list(session.files if files is None else files),
            "executable": session.executable,
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

    def _conduct(self, parties: list[Party]) -> bool:
        """See the parties through; False when the pool closed the session meanwhile."""
        self._watch_interpreters()
        for party in parties:
            party.meter.others = [other.pid for other in parties if other is not party]
            for fd in party.descriptors:
                self._selector.register(fd, selectors.EVENT_READ, party)
        try:
            while not all(party.over for party in parties):
                self._wait(parties)
                if parties[0].ended and len(parties) > 1:
                    parties[1].kill("signalled", "stopped when the other party ended")
        finally:
            for party in parties:
                for fd in party.descriptors:
                    self._selector.unregister(fd)
                party.close()
        return not self._closing()

    def _watch_interpreters(self) -> None:
        """Listen to those that are new: they tell when a program has ended."""
        for interpreter in self._starter.interpreters.values():
            if interpreter.pid not in self._watched:
                self._watched.add(interpreter.pid)
                self._selector.register(interpreter.channel, selectors.EVENT_READ, interpreter)

    def _wait(self, parties: list[Party]) -> None:
        """Wait for something to happen, or for the time to look in on a party."""
        now = time.monotonic()
        pauses = [party.look_in(now) - now for party in parties if not party.ended]
        for key, _ in self._selector.select(max(min(pauses), 0) if pauses else None):
            match key.data:
                case Party() as party:
                    party.feed(key.fd)
                    if key.fd not in party.descriptors:
                        self._selector.unregister(key.fd)
                case warm.WarmInterpreter() as interpreter:
                    self._end(interpreter, parties)
                case _:
                    self._stream.receive()
                    if self._closing():
                        for each in parties:
                            each.kill()

    def _end(self, interpreter: warm.WarmInterpreter, parties: list[Party]) -> None:
        try:
            ended = interpreter.ended()
        except EOFError as error:
            raise Broken("a warm interpreter has ended") from error
        for how in ended:
            for party in parties:
                if party.pid == how.pid:
                    party.end(how)

    def _closing(self) -> bool:
        """Whether the pool has asked to end the session under way."""
        number = None if self._session is None else self._session.id
        return any(
            header["op"] == "close" and header.get("id") == number
            for header, _ in self._stream.waiting
        )


def main(arguments: Sequence[str]) -> int:
    """Serve over standard input and output, or over the socket named by `--socket PATH`."""
    if arguments[:1] == ["--socket"]:
        descriptor = _connect(arguments[1]).detach()
        agent = Agent(Stream(descriptor, descriptor))
    else:
        agent = Agent(_take_standard_streams())
    try:
        agent.serve()
    except EOFError:
        return 0
    except (Broken, protocol.ProtocolError, OSError, RuntimeError) as error:
        agent.give_up(str(error))
    return 1


def _connect(path: str) -> socket.socket:
    """A connection to the pool, however long it takes until that is there.

    Ending instead, to be started again, would make a container engine wait longer each time.
    """
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(_CONNECT_AGAIN_S)
        else:
            return connection


def _take_standard_streams() -> Stream:
    """Keep the stream to the pool to ourselves; what is printed by mistake goes to stderr."""
    stream = Stream(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdin.close()
    return stream
