"""Runs a program that has passed its tests with tests that no right program passes."""

import random
from collections.abc import Awaitable, Callable, Iterator, Sequence, Set

from sandbox import Execution, Status
from verifiers.base import Score
from verifiers.code.appended.alteration import altered, denied
from verifiers.code.appended.parts import NamedTest
from verifiers.code.appended.sites import Site
from verifiers.errors import InvalidReference

_MOST_ATTEMPTS = 4
"""Times that altered tests may fail to compile."""

_ENDED = (Status.EXITED, Status.SIGNALLED)

Run = Callable[[str], Awaitable[Execution | Score]]
"""Runs a source of tests with the program; a score says that it does not compile."""


class Counterproof:
    """The alterations of one source of tests, by chance: the program must not know which."""

    def __init__(
        self,
        tests: str,
        sites: Sequence[Site],
        named: Sequence[NamedTest],
        run: Run,
        passed: Callable[[Execution], Set[int]],
        chance: random.Random,
    ) -> None:
        self._tests = tests
        self._named = named
        inside = [site for site in sites if self._around(site)]
        # What is in none of the tests may be in one that is left out.
        self._sites = inside or sites
        self._run = run
        self._passed = passed
        self._chance = chance
        self._tried: set[Site] = set()

    async def passes_altered(self, passed: Set[int], times: int) -> bool:
        """Whether any of the tests that were passed is passed with something else expected.

        The last demand of every test is altered first: whoever leaves early never gets there. After
        that one demand at a time, so that nothing else shows that this is another run. Raises
        InvalidReference if no alteration compiles.
        """
        sites = [site for site in self._sites if self._tests_of(site) & passed]
        tried = 0
        for chosen in self._selections(sites, passed):
            again = await self._altered(chosen)
            if again is None:
                continue
            still = self._passed(again)
            if any(self._tests_of(site) & passed <= still for site in chosen):
                return True
            tried += 1
            self._tried.update(chosen if len(chosen) == 1 else ())
            if tried == times:
                return False
        if sites and not tried:
            raise InvalidReference(
                "reference.tests do not compile with anything else expected, so passing them "
                "proves nothing"
            )
        return False

    async def fails_denied(
        self, passed: Set[int], names_failure: Callable[[Execution], bool]
    ) -> bool:
        """Whether the program fails tests in which comparisons are altered, and denied.

        Half of them are, then the other half: what lies without knowing the answer cannot tell
        which. What was altered alone needs no more of it. `names_failure` tells a failed assertion
        from other ends.
        """
        deniable = [
            site
            for site in self._sites
            if site.literals and site.negation and site not in self._tried
        ]
        deniable = [site for site in deniable if self._tests_of(site) & passed]
        some = {site for site in deniable if self._chance.random() < 0.5}
        for chosen in ([s for s in deniable if s in some], [s for s in deniable if s not in some]):
            if not chosen:
                continue
            source = denied(self._tests, chosen, self._sites, self._chance)
            outcome = await self._run(source)
            if isinstance(outcome, Score) or outcome.status not in _ENDED:
                continue
            wanted = set().union(*(self._tests_of(site) & passed for site in chosen))
            if not wanted <= self._passed(outcome) and names_failure(outcome):
                return True
        return False

    def _selections(self, sites: Sequence[Site], passed: Set[int]) -> Iterator[list[Site]]:
        last = {number: site for site in sites for number in self._tests_of(site) & passed}
        yield list(dict.fromkeys(last.values()))
        others = [site for site in sites if len(last) > 1 or site not in last.values()]
        self._chance.shuffle(others)
        others.sort(key=lambda site: not site.literals)
        yield from ([site] for site in others)

    async def _altered(self, chosen: list[Site]) -> Execution | None:
        for _ in range(_MOST_ATTEMPTS if any(site.literals for site in chosen) else 1):
            outcome = await self._run(altered(self._tests, chosen, self._sites, self._chance))
            if not isinstance(outcome, Score):
                return outcome
        return None

    def _tests_of(self, site: Site) -> Set[int]:
        """The numbers of the tests that a demand is in; all of them if it is in none."""
        return self._around(site) or set(range(len(self._named) or 1))

    def _around(self, site: Site) -> Set[int]:
        return {
            number for number, test in enumerate(self._named) if test.start <= site.start < test.end
        }
