"""A file that survives restarts, is bounded, and is never believed when it is not sound."""

import sqlite3
import stat

import pytest

from app.cache.disk import open_disk

pytestmark = pytest.mark.anyio

ROOM = 1 << 20


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deeper" / "results.db"


async def fill(path, entries, room=ROOM):
    async with open_disk(path, room) as disk:
        for key, data in entries.items():
            disk.put(key, data)


async def read(path, *keys, room=ROOM):
    async with open_disk(path, room) as disk:
        return [await disk.get(key) for key in keys]


def change(path, statement, *arguments):
    with sqlite3.connect(path) as connection:
        connection.execute(statement, arguments)
    connection.close()


async def test_what_was_put_is_there_after_a_restart(path):
    await fill(path, {b"one": b"1", b"two": bytes(100_000)})

    assert await read(path, b"one", b"two", b"three") == [b"1", bytes(100_000), None]


async def test_what_was_just_put_is_there_at_once(path):
    async with open_disk(path, ROOM) as disk:
        disk.put(b"one", b"1")
        disk.put(b"two", b"2")

        assert [await disk.get(key) for key in (b"one", b"two")] == [b"1", b"2"]


async def test_only_its_owner_may_read_or_write_it(path):
    await fill(path, {b"one": b"1"})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_two_processes_may_share_it(path):
    async with open_disk(path, ROOM) as one, open_disk(path, ROOM) as other:
        one.put(b"one", b"1")
        other.put(b"two", b"2")
        for disk in (one, other):
            await disk.get(b"")  # comes after what was put

        assert await other.get(b"one") == b"1"
        assert await one.get(b"two") == b"2"


async def test_the_file_stays_within_its_room(path):
    room = 256 * 1024
    async with open_disk(path, room) as disk:
        for number in range(2000):
            disk.put(b"%d" % number, bytes(1024))
            if number % 20 == 0:
                assert await disk.get(b"none") is None
    found = await read(path, b"1999", b"0", room=room)

    assert found == [bytes(1024), None]
    assert path.stat().st_size < 1.5 * room


async def test_what_was_used_last_stays_longest(path):
    room = 128 * 1024
    async with open_disk(path, room) as disk:
        disk.put(b"used", b"!")
        for number in range(1000):
            disk.put(b"%d" % number, bytes(1024))
            if number % 10 == 0:
                assert await disk.get(b"used") == b"!"


async def test_an_entry_that_was_tampered_with_is_not_believed(path):
    await fill(path, {b"one": b"1", b"two": b"2"})

    change(path, "UPDATE judgements SET value = ? WHERE key = ?", b"0" * 17, b"one")
    change(path, "UPDATE judgements SET value = 'text' WHERE key = ?", b"two")

    assert await read(path, b"one", b"two") == [None, None]


async def test_an_entry_under_the_key_of_another_is_not_believed(path):
    await fill(path, {b"one": b"1"})

    change(path, "UPDATE judgements SET key = ?", b"two")

    assert await read(path, b"two") == [None]


@pytest.mark.parametrize("at", [100, 4096, 5000, 9000])
async def test_a_damaged_file_is_replaced(path, at):
    entries = {b"%d" % number: bytes(500) for number in range(100)}
    await fill(path, entries)
    content = bytearray(path.read_bytes())
    content[at : at + 2000] = b"\xa5" * 2000
    path.write_bytes(content)

    async with open_disk(path, ROOM) as disk:
        for key in entries:
            assert await disk.get(key) in (None, entries[key])
        for key in entries:
            disk.put(key, b"new")
    await fill(path, dict.fromkeys(entries, b"newer"))

    assert set(await read(path, *entries)) == {b"newer"}


async def test_a_file_that_was_cut_off_is_replaced(path):
    entries = {b"%d" % number: bytes(500) for number in range(100)}
    await fill(path, entries)
    path.write_bytes(path.read_bytes()[:6000])

    assert {*await read(path, *entries)} <= {None, bytes(500)}


@pytest.mark.parametrize("content", [b"my thesis", b"SQLite format 3\0" + bytes(200)])
async def test_a_file_of_somebody_else_is_left_alone(path, content):
    path.parent.mkdir()
    path.write_bytes(content)

    async with open_disk(path, ROOM) as disk:
        assert disk is None

    assert path.read_bytes() == content


async def test_a_database_of_somebody_else_is_left_alone(path):
    path.parent.mkdir()
    change(path, "CREATE TABLE judgements (mine)")
    before = path.read_bytes()

    async with open_disk(path, ROOM) as disk:
        assert disk is None

    assert path.read_bytes() == before


async def test_a_file_of_another_format_begins_anew(path):
    await fill(path, {b"one": b"1"})
    change(path, "PRAGMA user_version = 99")

    assert await read(path, b"one") == [None]
    await fill(path, {b"one": b"1"})
    assert await read(path, b"one") == [b"1"]


async def test_a_place_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")

    async with open_disk(tmp_path / "file" / "results.db", ROOM) as disk:
        assert disk is None


async def test_a_file_that_another_holds_is_done_without(path, monkeypatch):
    monkeypatch.setattr("app.cache.disk._BUSY_S", 0.05)
    await fill(path, {b"one": b"1"})
    async with open_disk(path, ROOM) as disk:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        disk.put(b"two", b"2")
        await disk.get(b"")  # comes after what was put
        holder.execute("ROLLBACK")
        holder.close()

        assert [await disk.get(key) for key in (b"one", b"two")] == [b"1", None]
