"""Where results go: standard output, or a file that can be continued after any interruption."""

import fcntl
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from app import wire
from app.cli.rows import Row
from app.cli.tally import Tally
from app.cli.terminal import UserError

_BEGINNING = b'{"line":'
"""Of every line that this module writes."""
_FIELDS = {"line", "digest", "id", "verdict", "reward", "error"}


class Results:
    """Writes a line for each result as it comes, and counts it."""

    def __init__(self, file: BinaryIO, rows: Sequence[Row]) -> None:
        self.tally = Tally()
        self.pending = list(rows)
        """The rows that had no result when this was opened."""
        self._file = file

    def add(self, row: Row, result: Mapping[str, Any]) -> None:
        """Write the result of a row, at once and whole."""
        place = {"line": row.line, "digest": row.digest}
        self._file.write(wire.dump_line({**place, **result, **place}))
        self._file.flush()
        self.tally.add(row, result)

    def finish(self) -> None:
        """Called once every row has its result."""


class ResultFile(Results):
    """Results in a file, which ends up with one line for each row, in the order of the rows."""

    def __init__(self, path: Path, file: BinaryIO, rows: Sequence[Row]) -> None:
        """Takes over the results that `file` has. Raises UserError if it has anything else."""
        super().__init__(file, rows)
        self._path = path
        self._places: list[tuple[int, int, int]] = []
        self._take_over(rows)

    def add(self, row: Row, result: Mapping[str, Any]) -> None:
        start = self._file.tell()
        super().add(row, result)
        self._places.append((row.line, start, self._file.tell() - start))

    def finish(self) -> None:
        """Leave one line for each row, in their order."""
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with temporary.open("wb") as ordered:
            for _, start, length in sorted(self._places):
                self._file.seek(start)
                ordered.write(self._file.read(length))
        temporary.replace(self._path)

    def _take_over(self, rows: Sequence[Row]) -> None:
        waiting: dict[str, list[Row]] = defaultdict(list)
        for row in reversed(rows):
            waiting[row.digest].append(row)
        known, found, moved = set(waiting), 0, []
        for start, length, result in self._earlier():
            found += result["digest"] in known
            if not waiting[result["digest"]] or result["error"] is not None:
                continue
            row = waiting[result["digest"]].pop()
            if row.line == result["line"]:
                self._places.append((row.line, start, length))
                self.tally.add(row, result)
            else:
                moved.append((row, result))
        if self._file.seek(0, os.SEEK_END) and not found:
            raise _foreign(self._path, "has no result of any of these rows")
        for row, result in moved:
            self.add(row, result)
        left = {row.line for rows_left in waiting.values() for row in rows_left}
        self.pending = [row for row in rows if row.line in left]

    def _earlier(self) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        """Start, length and value of each line; cuts off a last one that was not written whole."""
        start = 0
        for number, text in enumerate(self._file, start=1):
            result = _result(text)
            if result is not None:
                yield start, len(text), result
            elif text.startswith(_BEGINNING) and not text.endswith(b"\n"):
                self._file.truncate(start)
            else:
                raise _foreign(self._path, f"has something else in line {number}")
            start += len(text)


@contextmanager
def open_results(path: Path | None, rows: Sequence[Row], *, overwrite: bool) -> Iterator[Results]:
    """Results at `path`, continued if there are some already; on standard output without a path.

    Rows that have no reward there, or have changed since, are pending. Raises UserError when what
    is at `path` cannot be continued.
    """
    if path is None:
        yield Results(sys.stdout.buffer, rows)
        return
    path = path.resolve()
    with _open(path, overwrite=overwrite) as file:
        # What is no regular file, such as /dev/null, can be neither continued nor put into order.
        yield ResultFile(path, file, rows) if path.is_file() else Results(file, rows)


def _open(path: Path, *, overwrite: bool) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            return path.open("wb")
        path.touch()
        file = path.open("r+b")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UserError(f"another process is writing {path}") from None
    if overwrite:
        file.truncate(0)
    return file


def _result(text: bytes) -> Mapping[str, Any] | None:
    if not text.endswith(b"\n"):
        return None
    try:
        value = wire.parse(text)
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, dict) and value.keys() >= _FIELDS else None


def _foreign(path: Path, what: str) -> UserError:
    return UserError(
        f"{path} {what}, so it is not continued; name another output, or add --overwrite"
    )
