"""A client that goes away takes its running program with it, within 100 ms."""

import pytest

from benchmarks.leaving import PROMISED_S, measure
from benchmarks.service import Service

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("real_runners")]

TIMES = 7


@pytest.mark.parametrize(
    "launcher",
    [
        pytest.param("namespaces", marks=pytest.mark.namespaces),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
async def test_the_program_of_a_client_that_leaves_has_gone_in_time(serving, launcher):
    with serving(launcher=launcher, slots="1") as address:
        seconds = await measure(Service(address), TIMES)

    # What the service does takes as long each time; what a busy machine adds does not.
    assert min(seconds) < PROMISED_S, seconds
