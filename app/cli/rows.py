"""The rows of a JSON Lines file: where each is, and by what it is recognised another time."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app import wire
from app.cli.terminal import UserError

STDIN = Path("-")
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Row:
    """One row, by its place in the file; its text stays there."""

    line: int
    """Number of its line, from 1."""
    offset: int
    length: int
    digest: str
    """Hash of its text: what it is recognised by when an output is continued."""
    fault: str | None
    """Why it cannot be an item; None if it may be one."""


class RowFile:
    """An indexed file of rows. Only the index is kept in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.rows = list(_index(file))

    def text(self, row: Row) -> bytes:
        """The row as it stands in the file."""
        self._file.seek(row.offset)
        return self._file.read(row.length)

    def item(self, row: Row) -> Any:
        """The row's value; None if it has a fault."""
        return None if row.fault else wire.parse(self.text(row))


@contextmanager
def open_rows(path: Path) -> Iterator[RowFile]:
    """Index the file at `path`, or standard input if that is `-`.

    Raises UserError when it cannot be read or has no rows.
    """
    with _seekable_stdin() if path == STDIN else _open(path) as file:
        rows = RowFile(file)
        if not rows.rows:
            raise UserError(f"{path} has no rows; it should have one JSON object a line")
        yield rows


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None


@contextmanager
def _seekable_stdin() -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
        file.seek(0)
        yield file


def _index(file: BinaryIO) -> Iterator[Row]:
    offset = 0
    for number, line in enumerate(file, start=1):
        text = line.strip()
        if text:
            start = offset + line.index(text)
            digest = hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
            yield Row(number, start, len(text), digest, _fault(text))
        offset += len(line)


def _fault(text: bytes) -> str | None:
    try:
        value = wire.parse(text)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    if not isinstance(value, dict):
        return "not a JSON object; a row is an item such as POST /v1/score takes"
    return None
