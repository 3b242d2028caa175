"""The rows of a JSON Lines file: where each is, and by what it is recognised another time."""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from app import wire
from app.cli.datasets import as_lines
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


class Layout(Protocol):
    """What the rows of a dataset are to be."""

    def fault(self, row: Mapping[str, Any]) -> str | None:
        """Why nothing can be made of a row; None if something can."""

    def item(self, row: Mapping[str, Any]) -> Any:
        """What is made of a row."""


class RowFile:
    """An indexed file of rows. Only the index is kept in memory."""

    def __init__(self, file: BinaryIO, layout: Layout | None = None) -> None:
        """With a `layout`, rows are those of a dataset, and items are made of them."""
        self._file = file
        self._layout = layout
        self.rows = list(_index(file, layout))

    def text(self, row: Row) -> bytes:
        """The row as it stands in the file."""
        self._file.seek(row.offset)
        return self._file.read(row.length)

    def posted(self, row: Row) -> bytes:
        """The item of a row as a service takes it: the row itself, unless a layout makes it."""
        return self.text(row) if self._layout is None else wire.dump(self.item(row))

    def item(self, row: Row) -> Any:
        """The row's value; None if it has a fault."""
        if row.fault:
            return None
        value = wire.parse(self.text(row))
        return self._layout.item(value) if self._layout else value


@contextmanager
def open_rows(path: Path, layout: Layout | None = None) -> Iterator[RowFile]:
    """Index the file at `path`, or standard input if that is `-`.

    Rows of a dataset, as a `layout` says, may also be a JSON list or Parquet. Raises UserError
    when it cannot be read or has no rows.
    """
    with (
        _seekable_stdin() if path == STDIN else _open(path) as file,
        as_lines(file) if layout else nullcontext(file) as lines,
    ):
        rows = RowFile(lines, layout)
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


def _index(file: BinaryIO, layout: Layout | None) -> Iterator[Row]:
    offset = 0
    for number, line in enumerate(file, start=1):
        text = line.strip()
        if text:
            start = offset + line.index(text)
            digest = hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
            yield Row(number, start, len(text), digest, _fault(text, layout))
        offset += len(line)


def _fault(text: bytes, layout: Layout | None) -> str | None:
    try:
        value = wire.parse(text)
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg} at column {error.colno}"
    if not isinstance(value, dict):
        return "not a JSON object; a row is an item such as POST /v1/score takes"
    return layout.fault(value) if layout else None
