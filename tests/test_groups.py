"""Tests that share what is slow to start run in one worker."""

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_keeps_together(request):
    """The scheduler reads groups from tests' ids, where not every pytest lets them be added."""
    if hasattr(request.config, "workerinput"):
        assert request.node.nodeid.endswith("@together")
