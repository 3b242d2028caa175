"""Judgements on disk, in one SQLite file that survives restarts and may be shared by processes.

What is in the file is believed only if it has our mark and each entry its checksum; whatever goes
wrong with it costs the cache, never a request.
"""

import asyncio
import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

_MARK = 0x52774278
_FORMAT = 1
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"
_MARK_AT = slice(68, 72)
"""Of the file's header: `application_id`, see https://sqlite.org/fileformat.html."""
_CHECKSUM_BYTES = 16
_MOST_PENDING_BYTES = 64 * 1024 * 1024
_MOST_TOUCHED = 1000
_LOG_BYTES = 16 * 1024 * 1024
_BUSY_S = 2.0
_LEAST_GOING = 64
_PAGES_GIVEN_BACK = 256


@asynccontextmanager
async def open_disk(path: Path, room_bytes: int) -> AsyncIterator["Disk | None"]:
    """The cache in that file, made if there is none; None, and a warning, if it cannot be used."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="cache") as thread:
        loop = asyncio.get_running_loop()
        try:
            file = await loop.run_in_executor(thread, _File, path, room_bytes)
        except (OSError, sqlite3.Error) as error:
            log.warning("the cache on disk cannot be used", path=str(path), reason=str(error))
            yield None
            return
        disk = Disk(file, thread)
        try:
            yield disk
        finally:
            await disk.close()


class Disk:
    """The file as the event loop sees it; all work on it is done in one thread."""

    def __init__(self, file: "_File", thread: ThreadPoolExecutor) -> None:
        self._file = file
        self._thread = thread
        self._pending: dict[bytes, bytes] = {}
        self._pending_bytes = 0
        self._writing: asyncio.Future[None] | None = None

    async def get(self, key: bytes) -> bytes | None:
        if key in self._pending:
            return self._pending[key]
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._file.get, key)

    def put(self, key: bytes, data: bytes) -> None:
        """Write it soon; with too much to write already, not at all."""
        if self._pending_bytes + len(data) > _MOST_PENDING_BYTES:
            return
        self._pending[key] = data
        self._pending_bytes += len(data)
        if self._writing is None:
            self._write()

    async def close(self) -> None:
        """Write what there is to write."""
        while self._writing is not None:
            await asyncio.wait([self._writing])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)

    def _write(self) -> None:
        entries, self._pending, self._pending_bytes = self._pending, {}, 0
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._thread, self._file.put, entries)
        self._writing.add_done_callback(self._written)

    def _written(self, _: asyncio.Future[None]) -> None:
        self._writing = None
        if self._pending:
            self._write()


class _File:
    """One connection, used by one thread. Opening raises OSError and sqlite3.Error."""

    def __init__(self, path: Path, room_bytes: int) -> None:
        self._path = path
        self._room_bytes = room_bytes
        self._touched: set[bytes] = set()
        self._warned = False
        _refuse_foreign(path)
        try:
            self._connection: sqlite3.Connection | None = _connect(path)
        except sqlite3.OperationalError:
            raise  # in use, or not ours to write
        except sqlite3.DatabaseError as error:
            self._connection = self._begin_anew(error)

    def get(self, key: bytes) -> bytes | None:
        """The data of `key`; None if there is none, or none that can be believed."""
        try:
            row = self._rows("SELECT value FROM judgements WHERE key = ?", (key,))
        except sqlite3.Error as error:
            self._note(error)
            return None
        stored = row[0][0] if row else None
        if not isinstance(stored, bytes):
            return None
        checksum, data = stored[:_CHECKSUM_BYTES], stored[_CHECKSUM_BYTES:]
        if checksum != _checksum(key, data):
            return None
        self._touched.add(key)
        if len(self._touched) > _MOST_TOUCHED:
            self.put({})
        return data

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        """Write them all, or none."""
        connection = self._connection
        if connection is None:
            return
        now = time.time_ns()
        rows = [(key, now, _checksum(key, data) + data) for key, data in entries.items()]
        try:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO judgements VALUES (?, ?, ?)", rows)
                connection.executemany(
                    "UPDATE judgements SET used = ? WHERE key = ?",
                    [(now, key) for key in self._touched],
                )
            self._make_room(connection, most=max(2 * len(entries), _LEAST_GOING))
        except sqlite3.Error as error:
            self._note(error)
        self._touched.clear()

    def close(self) -> None:
        """Note what was used last, and leave one file behind."""
        if self._touched:
            self.put({})
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()

    def _rows(self, statement: str, arguments: tuple[bytes, ...]) -> list[tuple[object, ...]]:
        if self._connection is None:
            return []
        return self._connection.execute(statement, arguments).fetchall()

    def _make_room(self, connection: sqlite3.Connection, *, most: int) -> None:
        """Let the least recently used go, at most so many, so that nobody waits long for it."""
        over = _size_bytes(connection) - self._room_bytes
        if over <= 0:
            return
        oldest = connection.execute(
            "SELECT key, length(value) FROM judgements ORDER BY used, rowid LIMIT ?", (most,)
        )
        going: list[tuple[bytes]] = []
        for key, length in oldest.fetchall():
            if over <= 0:
                break
            going.append((key,))
            over -= length
        with connection:
            connection.executemany("DELETE FROM judgements WHERE key = ?", going)
        connection.execute(f"PRAGMA incremental_vacuum({_PAGES_GIVEN_BACK})").fetchall()

    def _note(self, error: sqlite3.Error) -> None:
        """Go on without what was asked for; a file that is damaged is replaced."""
        if not isinstance(error, sqlite3.OperationalError):
            if self._connection is not None:
                self._connection.close()
            self._connection = self._begin_anew(error)
        elif not self._warned:  # busy or full, it may come right again
            self._warned = True
            log.warning("the cache on disk fails", path=str(self._path), reason=str(error))

    def _begin_anew(self, error: sqlite3.Error) -> sqlite3.Connection | None:
        log.warning("the cache on disk is damaged: a new one begins", reason=str(error))
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            return _connect(self._path)
        except (OSError, sqlite3.Error) as another:
            log.warning("the cache on disk cannot be used", reason=str(another))
            return None


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # For its owner's eyes: whoever may write it decides rewards.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone() != (_FORMAT,):
                connection.execute("DROP TABLE IF EXISTS judgements")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS judgements"
                " (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL)"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS used ON judgements (used)")
            connection.execute(f"PRAGMA application_id = {_MARK}")
            connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refuse_foreign(path: Path) -> None:
    """Raise OSError for a file that is not ours, so that nobody's data is replaced."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        ours = header.startswith(_MAGIC) and header[_MARK_AT] == _MARK.to_bytes(4, "big")
        if header and not ours:
            raise OSError("the file is no cache of Rewardbox; name another one, or remove it")


def _size_bytes(connection: sqlite3.Connection) -> int:
    """Of all pages that hold something."""
    numbers = [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    ]
    return int((numbers[0] - numbers[1]) * numbers[2])


def _checksum(key: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(key + data, digest_size=_CHECKSUM_BYTES).digest()
