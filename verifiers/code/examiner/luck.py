"""Luck that is the same each time: random generators that begin where a seed says."""

import importlib
import random
import sys


def begin(seed: int | None) -> None:
    """Seed what there is; None is for those who draw nothing, and costs nothing."""
    if seed is None:
        return
    random.seed(seed)
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random").seed(seed)
