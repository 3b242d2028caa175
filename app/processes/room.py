"""Room that clients share over all processes: what each has taken counts for all of them."""

from collections.abc import Mapping, Sequence

from app.room import Room
from sandbox.lending.page import Own, Page


class SharedRoom(Room):
    """A Room of which other processes take too; `taken` is what this one has.

    Two that take some in the same microsecond may pass a bound, by one request.
    """

    def __init__(
        self, size: int, *, figure: Own, page: Page, member: int, clients: Sequence[str]
    ) -> None:
        """`clients` are all that there may be, in the same order in all processes."""
        super().__init__(size)
        self._figure = figure
        self._page = page
        self._member = member
        self._numbers = {client: number for number, client in enumerate(clients)}

    @property
    def shares(self) -> Mapping[str, int]:
        sums = self._page.sums(self._figure)
        return {client: sums[number] for client, number in self._numbers.items() if sums[number]}

    def take(self, client: str, count: int) -> None:
        super().take(client, count)
        own = self._taken_by[client]
        self._page.set_own(self._member, self._numbers[client], self._figure, own)
