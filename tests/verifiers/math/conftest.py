"""Tools with real worker processes for the tests of the maths verifier."""

from dataclasses import dataclass

import pytest

from sandbox import Limits
from verifiers.workers import WorkerPool


@dataclass
class MathTools:
    """What the verifier needs of Tools; it runs no programs."""

    workers: WorkerPool
    limits: Limits
    deadline: float | None = None


@pytest.fixture
async def tools():
    limits = Limits(
        cpu_s=10,
        wall_s=35,
        memory_bytes=2**29,
        output_bytes=2**20,
        processes=8,
        file_bytes=2**20,
    )
    async with WorkerPool(size=1) as workers:
        yield MathTools(workers, limits)
