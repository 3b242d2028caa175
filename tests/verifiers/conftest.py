"""One set of tools, with its worker processes, for all tests of a module."""

import pytest

from verifiers.testing import local_tools


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
async def tools():
    async with local_tools() as tools:
        yield tools
