"""Finds out which languages the runners really have, by running a program in each."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from sandbox.base import Session
from sandbox.languages import Language
from sandbox.stages import heard_by
from sandbox.types import Execution, Invocation, LanguageInfo, Program

_GREETING = b"hello"
_VERSION = re.compile(rb"\d+(?:\.\d+)+")
_QUOTED_BYTES = 200

Open = Callable[[Language, Program], AbstractAsyncContextManager[Session]]


class Survey:
    """What is known of the languages so far."""

    def __init__(self, open_session: Open, *, python_version: Callable[[], str | None]) -> None:
        self.found: dict[str, LanguageInfo] = {}
        """By name, those that have been tried."""
        self._open = open_session
        self._python_version = python_version
        self._trying: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def look_at(self, language: Language) -> LanguageInfo:
        """Try the language, unless that has been done.

        Raises SandboxError when that was not possible; asking again tries again.
        """
        # Whoever happens to ask first has not asked for these programs.
        async with self._trying[language.name]:
            if language.name not in self.found:
                with heard_by(None):
                    self.found[language.name] = await self._try(language)
        return self.found[language.name]

    async def _try(self, language: Language) -> LanguageInfo:
        try:
            await self._say_hello(language)
            version = await self._version(language)
        except _Unavailable as why:
            return LanguageInfo(
                name=language.name,
                aliases=language.aliases,
                available=False,
                reason=f"{why}; {language.install}",
            )
        return LanguageInfo(
            name=language.name, aliases=language.aliases, available=True, version=version
        )

    async def _version(self, language: Language) -> str | None:
        if language.version is None:
            return self._python_version() if language.warm else None
        probe = replace(language, compile=None, run=language.version)
        async with self._open(probe, Program(language=language.name, source="")) as session:
            execution = await session.run(Invocation())
        _require(execution.succeeded, "its version cannot be asked for", execution)
        match = _VERSION.search(execution.stdout + execution.stderr)
        return match and match[0].decode()

    async def _say_hello(self, language: Language) -> None:
        program = Program(language=language.name, source=language.hello)
        async with self._open(language, program) as session:
            compilation = session.compilation
            if compilation is not None:
                _require(compilation.succeeded, "it does not compile", compilation.execution)
            execution = await session.run(Invocation())
        greeted = execution.succeeded and _GREETING in execution.stdout.split()
        _require(greeted, "its first program does not run", execution)


class _Unavailable(Exception):
    """Says why a language cannot be offered."""


def _require(fine: bool, complaint: str, execution: Execution) -> None:
    if not fine:
        words = execution.stderr[-_QUOTED_BYTES:].decode(errors="replace").strip()
        detail = words or execution.message or f"{execution.status}, {execution.exit_code}"
        raise _Unavailable(f"{complaint} ({detail})")
