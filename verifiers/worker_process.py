"""One worker process as the pool sees it: started, asked, and killed."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from typing import Self

from verifiers.errors import WorkerLost
from verifiers.worker import MAX_FRAME_BYTES, Result


class Died(Exception):
    """The worker is gone, and its replies with it."""


class WorkerProcess:
    """One process, for one request at a time."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        requests: asyncio.StreamWriter,
        replies: asyncio.StreamReader,
    ) -> None:
        self._process = process
        self._requests = requests
        self._replies = replies
        self.has_answered = False
        """Whether it was asked before: it has been idle since, and may have died of that."""

    @classmethod
    async def start(cls, functions: Sequence[str]) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "verifiers.worker",
            str(os.getpid()),
            *functions,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
            start_new_session=True,  # Ctrl-C is for the service, which needs us until it is drained
        )
        if process.stdin is None or process.stdout is None:
            raise WorkerLost("a worker started without its pipes")
        return cls(process, process.stdin, process.stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        try:  # asked of the kernel, as the event loop may not have heard yet
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return ended is None

    async def request(self, frame: bytes) -> list[Result]:
        try:
            self._requests.write(frame)
            await self._requests.drain()
            head = await self._replies.readexactly(4)
            length = int.from_bytes(head, "big")
            if length > MAX_FRAME_BYTES:
                raise Died
            results: list[Result] = json.loads(await self._replies.readexactly(length))
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
            raise Died from error
        self.has_answered = True
        return results

    async def stop(self) -> None:
        """Kill it and wait until it is gone; its children go with it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._requests.close()
        with contextlib.suppress(ConnectionError):
            await self._requests.wait_closed()
        await self._process.wait()
