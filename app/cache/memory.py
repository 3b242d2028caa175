"""Judgements in memory, within their room."""

from collections import OrderedDict

_LARGEST_SHARE = 8
"""One entry may take this part of the room, so that none drives out all others."""
_BOOKKEEPING_BYTES = 256
"""What an entry takes beside its data."""


class Memory:
    """Data by key; the least recently used go when the room is full. No room keeps nothing."""

    def __init__(self, room_bytes: int) -> None:
        self._room_bytes = room_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """What all entries take now."""
        return self._size_bytes

    def get(self, key: bytes) -> bytes | None:
        data = self._kept.get(key)
        if data is not None:
            self._kept.move_to_end(key)
        return data

    def put(self, key: bytes, data: bytes) -> None:
        if _size(data) > self._room_bytes // _LARGEST_SHARE:
            return
        self._drop(key)
        self._kept[key] = data
        self._size_bytes += _size(data)
        while self._size_bytes > self._room_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        data = self._kept.pop(key, None)
        if data is not None:
            self._size_bytes -= _size(data)


def _size(data: bytes) -> int:
    return len(data) + _BOOKKEEPING_BYTES
