"""What one of several service processes shares with the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.cache.cache import Judgements
from app.room import Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Parts that are the same for all processes of a service."""

    cache: Judgements
    items: Room
    """Of the queue, see `Admission`."""
    body_bytes: Room
    exposition: Callable[[], Awaitable[bytes]]
    """The metrics of all of them, as Prometheus reads them."""
