"""Options of verifiers whose tests may draw random numbers."""

from typing import Annotated

from pydantic import Field

from verifiers.base import Options


class LuckOptions(Options):
    """With a seed, so that the same tests are held each time."""

    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 0
    """Where the generators of `random` and `numpy.random` begin, for tests in Python and for the
    program; other seeds give other draws, and the same seed always the same."""

    def seed_for(self, *sources: str) -> int | None:
        """The seed for a process of these sources; None if nothing there can draw."""
        return self.seed if any("random" in source for source in sources) else None
