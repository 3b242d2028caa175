"""Fixtures that every part of the suite shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
