"""Calls verifiers as the service does, without a service: for tests of plugins and of our own.

async with local_tools() as tools:
    score = await tools.verify("text.exact", "Paris", "Paris", {})
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox import Limits, Sandbox
from sandbox.testing import FakeSandbox
from verifiers.base import Score, Workers
from verifiers.registry import Registry
from verifiers.workers import WorkerPool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTools:
    """Tools over a registry; see `verifiers.base.Tools`."""

    registry: Registry
    sandbox: Sandbox
    workers: Workers
    limits: Limits = field(default_factory=Limits)
    deadline: float | None = None

    async def verify(
        self, name: str, completion: str, reference: Any, options: Mapping[str, Any]
    ) -> Score:
        """Raises pydantic.ValidationError too, for a reference or options of the wrong shape."""
        entry = self.registry.entry(name)
        return await entry.verifier.verify(
            completion, entry.parse_reference(reference), entry.parse_options(options), self
        )


@asynccontextmanager
async def local_tools(
    *, registry: Registry | None = None, sandbox: Sandbox | None = None
) -> AsyncIterator[LocalTools]:
    """Tools with every installed verifier and real workers; runs nothing unless given a sandbox."""
    async with WorkerPool(size=1) as workers:
        yield LocalTools(
            registry=registry or Registry.load(),
            sandbox=sandbox or FakeSandbox(),
            workers=workers,
        )
