"""The queue's bounds, and the shares of clients, over two processes."""

from contextlib import closing

import pytest

from app.admission import Admission
from app.drain import Drain
from app.errors import Problem
from app.processes.room import SharedRoom
from sandbox.lending.page import Own, Page

pytestmark = pytest.mark.anyio

CLIENTS = ["", "a", "b"]


@pytest.fixture
def page():
    with closing(Page.make(members=2, clients=len(CLIENTS))) as page:
        yield page


@pytest.fixture
def queues(page):
    def room(size, figure, number):
        return SharedRoom(size, figure=figure, page=page, member=number, clients=CLIENTS)

    return [
        Admission(
            items=room(10, Own.ITEMS, number),
            body_bytes=room(1000, Own.BODY_BYTES, number),
            drain=Drain(),
        )
        for number in range(2)
    ]


async def test_items_of_all_processes_count(queues):
    one, other = queues
    with one.admit("a", 8) as admitted:
        with pytest.raises(Problem, match="8 items are waiting and 3 more"), other.admit("a", 3):
            pass
        admitted.answered()
        with other.admit("a", 3):
            assert (one.taken, other.taken) == (7, 3)
            with pytest.raises(Problem, match="10 items are waiting"), one.admit("a"):
                pass

    with other.admit("a", 10):
        assert (one.taken, other.taken) == (0, 10)


async def test_bodies_of_all_processes_count(queues):
    one, other = queues
    with one.hold("a") as held, other.hold("a") as more:
        held.take(900)
        with pytest.raises(Problem, match="900 bytes are not answered yet"):
            more.take(200)
        more.take(100)
        assert (one.held_bytes, other.held_bytes) == (900, 100)
    assert (one.held_bytes, other.held_bytes) == (0, 0)


async def test_one_body_always_fits(queues):
    with queues[0].hold("") as held:
        held.take(5000)


async def test_a_client_that_has_nothing_gets_in_whichever_process_the_others_fill(queues):
    one, other = queues
    with one.admit("a", 10), other.admit("b", 5), pytest.raises(Problem), one.admit("b"):
        pass


async def test_what_a_client_has_in_another_process_is_held_against_it(queues):
    one, other = queues
    with one.admit("a", 10), one.admit("b", 3):
        with pytest.raises(Problem), other.admit("b", 3):
            pass
        with other.admit("b", 2):
            pass


async def test_what_a_process_had_when_it_ended_counts_no_longer(queues, page):
    one, other = queues
    with one.admit("a", 10), other.admit("b"):
        page.forget(0)
        with other.admit("b", 9):
            pass
