"""The sandbox over a pool of this process: opens sessions, runs pairs, knows its languages."""

import asyncio
import copy
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from sandbox.alone import Company, patience
from sandbox.artefacts import Artefacts
from sandbox.base import Session
from sandbox.config import SandboxConfig
from sandbox.errors import LanguageUnavailable, SandboxError
from sandbox.figures import Figures
from sandbox.files import check_file_names
from sandbox.languages import Language, LanguageTable
from sandbox.runner import Loss
from sandbox.seat import BYSTANDER, OUT_OF_MEMORY, Seat, before, persist
from sandbox.selftest import Survey
from sandbox.session import LocalSession
from sandbox.shield import to_the_end
from sandbox.stages import Stage, Timed
from sandbox.supply import Supply
from sandbox.types import (
    Claim,
    Execution,
    LanguageInfo,
    Limits,
    Party,
    Program,
    SandboxInfo,
    Tier,
)

_LOOKING_S = 180.0
"""How long a list of languages may wait for runners and compilers."""


class LocalSandbox:
    """A Sandbox; `sandbox.start` makes one."""

    def __init__(
        self,
        pool: Supply,
        table: LanguageTable,
        config: SandboxConfig,
        *,
        launcher: str,
        reason: str,
    ) -> None:
        self.pool = pool
        """For its counters; sessions are opened here."""
        self._table = table
        self._config = config
        self._launcher = launcher
        self._reason = reason
        self._python = table.find("python")
        self._artefacts = Artefacts(config.artefact_bytes)
        self._default_limits = config.cap(Limits())
        self._tier = config.tiers[0]
        self._claim = Claim()
        self.survey = Survey(
            self._open, python_version=lambda: pool.hello.python if pool.hello else None
        )

    def on(self, tier: Tier, *, claim: Claim | None = None) -> "LocalSandbox":
        if tier not in self._config.tiers:
            offered = ", ".join(self._config.tiers)
            raise ValueError(f"the tier {tier} is not offered here, only {offered}")
        view = copy.copy(self)
        view._tier = tier
        view._claim = claim or self._claim
        return view

    @asynccontextmanager
    async def open(
        self,
        program: Program,
        *,
        beside: Sequence[Program] = (),
        limits: Limits | None = None,
        deadline: float | None = None,
    ) -> AsyncIterator[Session]:
        # Finding out about a language takes a runner: not while another is held.
        language, *others = [
            await self._available(each.language, deadline) for each in (program, *beside)
        ]
        company = tuple(zip(others, beside, strict=True))
        async with self._open(language, program, limits, deadline, company) as session:
            yield session

    async def _available(self, name: str, deadline: float | None) -> Language:
        """Raises UnknownLanguage, LanguageUnavailable."""
        language = self._table.find(name)
        found = self.survey.found.get(language.name)
        if found is None:
            found = await before(deadline, self.survey.look_at(language))
        if not found.available:
            raise LanguageUnavailable(f"{language.name}: {found.reason}")
        return language

    @asynccontextmanager
    async def _open(
        self,
        language: Language,
        program: Program,
        limits: Limits | None = None,
        deadline: float | None = None,
        beside: Sequence[tuple[Language, Program]] = (),
    ) -> AsyncIterator[Session]:
        if limits is None:
            limits = self._default_limits
        self._config.check(limits)
        seat = Seat(self.pool, deadline, self._tier, self._claim)
        sessions = [
            LocalSession(seat, number, self._config, *each, limits)
            for number, each in enumerate([(language, program), *beside])
        ]
        sessions[0].beside = tuple(sessions[1:])
        try:
            for session in sessions:
                found = self.survey.found.get(session.language.name)
                await session.begin(self._artefacts, found.version if found else None)
                if not session.can_run:
                    break
            yield sessions[0]
        finally:
            seat.leave()

    async def run_pair(
        self, first: Party, second: Party, *, deadline: float | None = None
    ) -> tuple[Execution, Execution]:
        for party in (first, second):
            self._config.check(party.limits)
            check_file_names(party.files)
        preloads = [self._python.preload_for(party.imports) for party in (first, second)]
        company: Company | None = None

        async def attempt(number: int, *, alone: bool = False) -> tuple[Execution, Execution]:
            nonlocal company
            with Timed(Stage.QUEUE):
                runner = await self.pool.acquire(
                    patience(deadline) if alone else deadline,
                    first=number > 0,
                    alone=alone,
                    tier=self._tier,
                    claim=self._claim,
                )
            runner.begin()
            try:
                judged = second
                if not alone:
                    company = Company(self.pool, second.limits)
                    judged = replace(second, limits=company.limits)
                parties = zip((first, judged), preloads, strict=True)
                with Timed(Stage.RUN, self._python.name):
                    return await before(deadline, runner.pair(*parties))
            finally:
                runner.close()

        # The first party is trusted: it was not the one that took the memory.
        out_of_memory = (BYSTANDER, OUT_OF_MEMORY)
        one, two = await persist(self.pool, attempt, out_of_memory)
        if company is None or not company.doubts(two):
            return one, company.settle(two) if company else two
        self.pool.stats.reruns += 1
        return await persist(self.pool, partial(attempt, alone=True), out_of_memory)

    async def languages(self) -> list[LanguageInfo]:
        return await asyncio.gather(*map(self._look_at, self._table.languages))

    async def _look_at(self, language: Language) -> LanguageInfo:
        try:
            deadline = asyncio.get_running_loop().time() + _LOOKING_S
            return await before(deadline, self.survey.look_at(language))
        except SandboxError as error:
            reason = f"it could not be tried: {error}"
            return LanguageInfo(
                name=language.name, aliases=language.aliases, available=False, reason=reason
            )

    def info(self) -> SandboxInfo:
        hello = self.pool.hello
        return SandboxInfo(
            launcher=self._launcher,
            runtime=self._config.runtime if self._launcher == "docker" else None,
            reason=self._reason,
            slots=self.pool.slots,
            walls=hello.walls if hello else (),
            tiers=self._config.tiers,
            toolchains=self.pool.toolchains,
        )

    def figures(self) -> Figures:
        """See `sandbox.figures.HasFigures`."""
        pool, in_use = self.pool, self.pool.in_use
        return Figures(
            slots=pool.slots,
            in_use={tier: in_use[tier] for tier in self._config.tiers},
            runners=pool.runners,
            idle_runners=pool.idle,
            waiting=pool.queue_length,
            longest_wait_s=pool.longest_wait_s,
            runs=pool.runs,
            retries=pool.stats.retries,
            reruns=pool.stats.reruns,
            launches=pool.stats.launched,
            launch_failures=pool.stats.launch_failures,
            lost={loss: pool.stats.lost[loss] for loss in Loss},
            artefact_bytes=self._artefacts.size_bytes,
        )

    async def close(self) -> None:
        """Stop all runners and what runs in them; sessions that are open get Overloaded."""
        await to_the_end(self.pool.close())
