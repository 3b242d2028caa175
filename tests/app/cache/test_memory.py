"""A bounded number of bytes, the least recently used going first."""

from app.cache.memory import Memory

ENTRY = 1024
ROOM = 16 * (ENTRY + 256)


def filled(count, room=ROOM):
    memory = Memory(room)
    for number in range(count):
        memory.put(b"%d" % number, bytes(ENTRY))
    return memory


def test_it_never_takes_more_than_its_room():
    memory = filled(1000)

    assert len(memory) == 16
    assert memory.size_bytes <= ROOM


def test_the_least_recently_used_go_first():
    memory = filled(16)

    memory.get(b"0")
    memory.put(b"new", bytes(ENTRY))

    assert memory.get(b"0") is not None
    assert memory.get(b"1") is None


def test_an_entry_that_would_drive_out_most_others_is_not_kept():
    memory = filled(16)

    memory.put(b"large", bytes(ROOM // 8))

    assert memory.get(b"large") is None
    assert len(memory) == 16


def test_an_entry_that_is_put_again_is_counted_once():
    memory = Memory(ROOM)

    memory.put(b"key", b"one")
    memory.put(b"key", b"another")

    assert memory.get(b"key") == b"another"
    assert memory.size_bytes == len(b"another") + 256


def test_no_room_keeps_nothing():
    assert len(filled(3, room=0)) == 0
