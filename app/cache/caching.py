"""Judging with a cache: which tasks may be looked up, and under what."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from app.cache.cache import Cache, Judgements, Origin
from app.cache.disk import open_disk
from app.cache.judgement import Made
from app.cache.keys import circumstances_of, key_of
from app.cache.memory import Memory
from app.intake import Task
from app.settings import Settings
from sandbox import Claim, Sandbox, Tier
from verifiers.registry import Registry


class Caching:
    """The cache of one service, asked with tasks."""

    def __init__(self, cache: Judgements, sandbox: Sandbox, *, circumstances: bytes = b"") -> None:
        self.cache = cache
        self._sandbox = sandbox
        self._circumstances = circumstances

    async def obtain(
        self, task: Task, tier: Tier, judge: Callable[[], Awaitable[Made]], *, claim: Claim
    ) -> tuple[Made, bool]:
        """What `judge` gives, or gave another with the same task; and whether it was another's.

        Raises what `judge` raises.
        """
        if not task.cacheable:
            return await judge(), False
        toolchains = self._sandbox.info().toolchains
        key = key_of(task, tier=tier, circumstances=self._circumstances, toolchains=toolchains)
        if key is None:
            return await judge(), False

        async def judge_with_these() -> Made:
            made = await judge()
            same = self._sandbox.info().toolchains == toolchains
            return made if same else replace(made, lasting=False)

        made, origin = await self.cache.obtain(key, judge_with_these, claim=claim)
        return made, origin is not Origin.JUDGED


@asynccontextmanager
async def open_caching(
    settings: Settings, registry: Registry, sandbox: Sandbox, cache: Judgements | None = None
) -> AsyncIterator[Caching]:
    """The cache that the settings ask for, over that of other processes if one is given."""
    circumstances = b""
    if settings.cache_file is not None:
        circumstances = circumstances_of(registry, settings.default_limits)
    async with AsyncExitStack() as stack:
        if cache is None:
            cache = await stack.enter_async_context(open_cache(settings))
        yield Caching(cache, sandbox, circumstances=circumstances)


@asynccontextmanager
async def open_cache(settings: Settings) -> AsyncIterator[Cache]:
    """Judgements in memory, and in a file if one is named."""
    async with AsyncExitStack() as stack:
        disk = None
        if settings.cache_file is not None:
            disk = await stack.enter_async_context(
                open_disk(settings.cache_file, settings.cache_file_bytes)
            )
        yield Cache(Memory(settings.cache_bytes), disk)
