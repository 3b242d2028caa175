"""The engine that tests of containers look into."""

import contextlib

import docker
import pytest


@pytest.fixture
def engine():
    with contextlib.closing(docker.from_env()) as client:
        yield client
