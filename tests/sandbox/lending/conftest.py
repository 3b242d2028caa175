"""A shop: lends the runners of one pool; agents are scripted, and everybody is in this process."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, closing

import pytest

from sandbox.config import SandboxConfig
from sandbox.languages import language_table
from sandbox.lending.borrower import BorrowedPool, borrow
from sandbox.lending.lender import Lender, SharedPool
from sandbox.lending.link import Link, pair
from sandbox.lending.page import Page
from sandbox.local import LocalSandbox
from sandbox.types import LanguageInfo


class Shop:
    """A lender and its borrowers, each with the two ends of its link."""

    def __init__(self, pool, lender, page, config):
        self.pool = pool
        self.lender = lender
        self._page = page
        self._config = config
        self._links = []

    def borrower(self, of=2):
        our_end, their_end = pair()
        theirs = Link(their_end, on_closed=lambda: None)
        ours = Link(our_end, on_closed=lambda: lent.close())
        lent = self.lender.lend_to(ours, number=len(self._links) // 2 % of, of=of)
        sandbox = borrow(
            theirs, self._page, self._config, launcher="scripted", reason="", processes=of
        )
        self._links += [theirs, ours]
        for link in (ours, theirs):
            link.start()
        assert isinstance(sandbox.pool, BorrowedPool)
        sandbox.pool.take_state(lent.begin())
        sandbox.leave = theirs.close  # type: ignore[attr-defined] # for tests only
        return sandbox

    def close(self):
        for link in self._links:
            link.close()


@pytest.fixture
def shop_of(scripted):
    """Lends what a launcher starts: `async with shop_of(launcher) as shop`."""

    @asynccontextmanager
    async def open_shop(launcher, **settings):
        config = SandboxConfig(
            **{"answer_grace_s": 5, "launch_patience_s": 0.2, "spares": 0, **settings}
        )
        async with AsyncExitStack() as stack:
            page = stack.enter_context(closing(Page.make(members=2, clients=1)))
            pool = SharedPool(launcher, config, page=page)
            sandbox = LocalSandbox(pool, language_table(), config, launcher="scripted", reason="")
            for language in language_table().languages:
                sandbox.survey.found[language.name] = LanguageInfo(
                    name=language.name, aliases=("a",), available=language.name != "cpp23"
                )
            shop = Shop(pool, Lender(sandbox, pool), page, config)
            pool.start()
            stack.push_async_callback(pool.close)
            stack.callback(shop.close)
            await scripted.eventually(lambda: pool.idle == (launcher.slots or 0))
            yield shop
        await scripted.eventually(lambda: launcher.stopped == launcher.agents)

    return open_shop


class Gate:
    """Lets runs end that name a gate in their input, and knows how many are at it."""

    def __init__(self, scripted):
        self.scripted = scripted
        self.now = self.most = 0
        self._opened = asyncio.Event()

    def open(self):
        self._opened.set()

    async def behave(self, agent, header, blobs):
        if header["op"] != "run":
            await self.scripted.polite(agent, header, blobs)
            return
        self.now += 1
        self.most = max(self.most, self.now)
        await self._opened.wait()
        self.now -= 1
        agent.send_ran(header, stdout=blobs[0])


@pytest.fixture
def gate(scripted):
    return Gate(scripted)
