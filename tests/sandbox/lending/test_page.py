"""Numbers that processes share."""

import os
from contextlib import closing

from sandbox.lending.page import Figure, Own, Page


def test_what_one_writes_the_others_read():
    with (
        closing(Page.make(members=2, clients=3)) as page,
        closing(Page(os.dup(page.fd))) as other,
    ):
        page[Figure.BUSY] = 3
        other.set_own(1, 2, Own.ITEMS, 2**40)

        assert other[Figure.BUSY] == 3
        assert page.sums(Own.ITEMS) == [0, 0, 2**40]


def test_sums_are_of_one_figure_and_client_and_all_members():
    with closing(Page.make(members=3, clients=2)) as page:
        page[Figure.FREE] = 7
        for member in range(3):
            for client in range(2):
                page.set_own(member, client, Own.ITEMS, 10**client * (member + 1))
                page.set_own(member, client, Own.BODY_BYTES, 1000)

        assert page.sums(Own.ITEMS) == [6, 60]
        assert page.sums(Own.BODY_BYTES) == [3000, 3000]


def test_who_has_gone_counts_no_longer():
    with closing(Page.make(members=2, clients=2)) as page:
        for member in range(2):
            for client in range(2):
                for figure in Own:
                    page.set_own(member, client, figure, 5)
        page.forget(0)

        assert page.sums(Own.ITEMS) == page.sums(Own.BODY_BYTES) == [5, 5]
