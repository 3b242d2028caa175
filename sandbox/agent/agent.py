"""The agent: takes a pool's requests one after another and runs them, one session at a time."""

import contextlib
import os
import platform
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

from . import grounds, protocol, seccomp, system, warm
from .party import Broken, Party
from .stream import Stream

_OUTPUT_BYTES_OF_COMPILERS = 1 << 20
_LEAVING_S = 1.0
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
        self._harnesses: list[tuple[Sequence[str], list[bytes]]] = []
        self._fresh = grounds.fresh_ground_works()
        self._seccomp = _seccomp_works()
        self._uids = grounds.uids()
        self._interpreters: dict[tuple[str, ...], warm.WarmInterpreter] = {(): warm.first()}

    def serve(self) -> None:
        """Answer requests for ever. Raises EOFError when the pool has gone, Broken when we cannot
        go on."""
        python = platform.python_version()
        hello = {"op": "hello", "version": protocol.VERSION, "python": python}
        self._stream.send({**hello, "walls": self._walls()})
        while True:
            header, blobs = self._stream.next_request()
            try:
                self._answer(header, blobs)
            except (KeyError, TypeError, ValueError) as error:
                raise Broken(f"malformed request {header['op']!r}: {error!r}") from error

    def give_up(self, reason: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.send({"op": "broken", "detail": reason})

    def _walls(self) -> list[str]:
        walls = ["own uid"] if not self._fresh else ["user, PID, mount and IPC namespaces per run"]
        return [*walls, "no new privileges", *(["seccomp"] if self._seccomp else []), "rlimits"]

    # Requests

    def _answer(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        match header["op"]:
            case "load":
                self._load(header["modules"], blobs)
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

    def _load(self, modules: Sequence[str], sources: list[bytes]) -> None:
        self._harnesses.append((modules, sources))
        for interpreter in self._interpreters.values():
            interpreter.load(modules, sources)

    def _open(self, header: dict[str, Any], blobs: list[bytes]) -> None:
        self._session = session = Session(header, blobs)
        compile_ = header["compile"]
        if compile_ is None:
            self._stream.send({"op": "opened", "id": session.id, "compilation": None}, (b"", b""))
            return
        order = self._order(
            session,
            compile_["limits"],
            argv=compile_["argv"],
            env=compile_["env"],
            keep=compile_["keep"],
        )
        party = self._start((), order, [*session.files.values()], b"")
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
        party = self._start(preload, order, [*files.values()], blobs[0])
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
                preload = tuple(party["preload"])
                parties.append(
                    self._start(preload, order, [*files, payload], stdin, link, reports=reports)
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
        detail = "" if self._fresh else self._remains()
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
        place = f"{grounds.BOX}/{number}"
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
            "fresh": self._fresh,
            "seccomp": self._seccomp,
            "uid": next(self._uids),
            "outer_ids": [os.getuid(), os.getgid()],
            "opaque": harness is not None and number == 0,
            "reports": harness is not None and number == 0,
        }

    def _start(
        self,
        preload: tuple[str, ...],
        order: dict[str, Any],
        blobs: list[bytes],
        stdin: bytes,
        link: int | None = None,
        *,
        reports: bool = False,
    ) -> Party:
        interpreter = self._interpreter(preload)
        order["space_bytes"] = order["limits"]["file_bytes"] + sum(map(len, blobs))
        inherited = interpreter.inherited_bytes if order["argv"] is None else 0
        return Party(
            interpreter, order, blobs, stdin, inherited_bytes=inherited, link=link, reports=reports
        )

    def _interpreter(self, preload: tuple[str, ...]) -> warm.WarmInterpreter:
        if preload not in self._interpreters:
            interpreter = self._interpreters[()].grow(preload)
            for modules, sources in self._harnesses:
                interpreter.load(modules, sources)
            self._interpreters[preload] = interpreter
        return self._interpreters[preload]

    def _conduct(self, parties: list[Party]) -> bool:
        """See the parties through; False when the pool closed the session meanwhile."""
        for party in parties:
            for fd in party.descriptors:
                self._selector.register(fd, selectors.EVENT_READ, party)
        try:
            while any(party.descriptors for party in parties):
                self._wait(parties)
                if parties[0].ended and len(parties) > 1:
                    parties[1].kill("signalled", "stopped when the other party ended")
        finally:
            for party in parties:
                for fd in party.descriptors:
                    self._selector.unregister(fd)
                party.close()
        return not self._closing()

    def _wait(self, parties: list[Party]) -> None:
        now = time.monotonic()
        pauses = [party.look_in(now) - now for party in parties if not party.ended]
        for key, _ in self._selector.select(max(min(pauses), 0) if pauses else None):
            party: Party | None = key.data
            if party is None:
                self._stream.receive()
                if self._closing():
                    for each in parties:
                        each.kill()
            else:
                party.feed(key.fd)
                if key.fd not in party.descriptors:
                    self._selector.unregister(key.fd)

    def _closing(self) -> bool:
        """Whether the pool has asked to end the session under way."""
        number = None if self._session is None else self._session.id
        return any(
            header["op"] == "close" and header.get("id") == number
            for header, _ in self._stream.waiting
        )

    def _remains(self) -> str:
        """What a session left behind on shared ground, as far as we can see; normally nothing."""
        files, strangers = grounds.leftovers(), self._strangers()
        give_up_at = time.monotonic() + _LEAVING_S
        while strangers and time.monotonic() < give_up_at:
            # A warden closes its pipes, by which we know that it is done, a little before it ends.
            time.sleep(0.001)
            strangers = self._strangers()
        return f"left behind: {[*files, *strangers][:5]}" if files or strangers else ""

    def _strangers(self) -> list[int]:
        trusted = {os.getpid(), *(each.pid for each in self._interpreters.values())}
        return [pid for pid in grounds.live_processes() if pid not in trusted]


def _seccomp_works() -> bool:
    """Whether our filter can be put up here; found by doing so in a child."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(OSError, KeyError):
            system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
            system.install_filter(seccomp.build(system.MACHINE))
            os._exit(0)
        os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


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
