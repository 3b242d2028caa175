"""What gives this machine's compilers a head start, for runners to read.

The recipes of `sandbox/headstart`, which also run while an image is built, make it once for the
toolchains that are here: in the background, in a folder of the service's own, and from nothing that
a submission had a part in.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import signal
import time
from pathlib import Path

from sandbox.agent.program import ENVIRONMENT

logger = logging.getLogger("rewardbox.sandbox")

_RECIPES = Path(__file__).resolve().parents[1] / "headstart"
_TOOLS = ("g++", "java", "javac", "kotlinc", "node", "tsc", "go")
_PATIENCE_S = 5.0
"""Whoever runs a single program is gone by then, and need not pay for those that come later."""
_END_S = 3.0
_FORGOTTEN_AFTER_S = 30 * 24 * 3600.0


class Headstart:
    """A folder in which languages appear as they are made."""

    def __init__(self, folder: Path, *, patience_s: float = _PATIENCE_S) -> None:
        self.folder = folder
        self._patience_s = patience_s
        self._making: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to make what is missing."""
        self._making = asyncio.create_task(self._make())

    async def wait(self) -> None:
        """Until all is there that can be."""
        if self._making is not None:
            await asyncio.wait([self._making])

    async def close(self) -> None:
        """Stop; what is whole stays."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.wait([self._making])

    async def _make(self) -> None:
        await asyncio.sleep(self._patience_s)
        make = await asyncio.create_subprocess_exec(
            *("nice", "-n", "19", "sh", str(_RECIPES / "make.sh"), str(self.folder)),
            env={"PATH": ENVIRONMENT["PATH"], "LANG": "C.UTF-8"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            _, stderr = await make.communicate()
        except asyncio.CancelledError:
            await _end(make)
            raise
        if make.returncode != 0:
            last = stderr.decode(errors="replace").strip().rpartition("\n")[2]
            logger.warning("some compilers start slowly: %s", last)


async def _end(make: asyncio.subprocess.Process) -> None:
    """Ask the whole group to end, and make it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(make.pid, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_S):
                await make.wait()
                return


def open_headstart(cache: Path) -> Headstart | None:
    """The folder below `cache` for the toolchains that are here; None where none can be made."""
    folder = cache / _fingerprint()
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        os.utime(folder)
        _forget_others(cache)
    except OSError as error:
        logger.warning("compilers start slowly: %s cannot be used (%s)", folder, error.strerror)
        return None
    return Headstart(folder)


def _fingerprint() -> str:
    """Differs when a toolchain is replaced, or a recipe changes."""
    digest = hashlib.sha256()
    for recipe in sorted(_RECIPES.rglob("*")):
        if recipe.is_file():
            digest.update(recipe.read_bytes())
    for tool in _TOOLS:
        found = shutil.which(tool, path=ENVIRONMENT["PATH"])
        if found is not None:
            file = os.stat(found)
            digest.update(f"{tool} {file.st_size} {file.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _forget_others(cache: Path) -> None:
    """Remove what was made for toolchains that nobody has used for long."""
    for folder in cache.iterdir():
        if time.time() - folder.stat().st_mtime > _FORGOTTEN_AFTER_S:
            shutil.rmtree(folder, ignore_errors=True)
