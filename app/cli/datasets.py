"""Rows of datasets as items to score: which column holds what, and files of other formats."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from app import wire
from app.cli.terminal import UserError
from verifiers import InvalidReference
from verifiers.code.datasets import named, read
from verifiers.code.datasets.rows import with_options

AUTO = "auto"
"""In place of a dataset's name: what the keys of a row say."""
_PARQUET = b"PAR1"
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where in a row of a dataset things are."""

    dataset: str
    """Name of the shape, or AUTO."""
    completion: str
    id: str | None = None
    group: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options for every row, before those that the row has itself."""

    def __post_init__(self) -> None:
        if self.dataset != AUTO:
            try:
                named(self.dataset)
            except InvalidReference as error:
                raise UserError(f"--{error}") from None

    def fault(self, row: Mapping[str, Any]) -> str | None:
        """Why a row has nothing to score; None if it has."""
        if self.completion in row:
            return None
        columns = ", ".join(map(str, row))[:200]
        return f"no column `{self.completion}` (--completion); there are {columns}"

    def item(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The item of a row, as `POST /v1/score` takes it."""
        rest = {name: value for name, value in row.items() if name != self.completion}
        reference = rest if self.dataset == AUTO else {"dataset": self.dataset, "row": rest}
        item: dict[str, Any] = {"completion": row[self.completion]}
        try:
            reading = read(reference)
        except InvalidReference:  # which is said again by whoever scores it, as an error of its own
            item |= {"verifier": "dataset", "reference": reference, "options": dict(self.options)}
        else:
            options = with_options(reading, self.options)
            item |= {"verifier": reading.verifier, "reference": reading.reference}
            item["options"] = options
        for label, column in (("id", self.id), ("group", self.group)):
            if column is not None:
                item[label] = _label(row.get(column))
        return item


def as_lines(file: BinaryIO) -> BinaryIO:
    """The rows of a file as JSON Lines: those of Parquet or of a JSON list are rewritten.

    Raises UserError when a file of these kinds cannot be read.
    """
    beginning = file.read(4096)
    file.seek(0)
    if beginning.startswith(_PARQUET):
        return _written(_rows_of_parquet(file))
    if beginning.lstrip().startswith(b"["):
        return _written(_rows_of_list(file))
    return file


def _written(rows: Iterable[Any]) -> BinaryIO:
    with ExitStack() as stack:
        lines = stack.enter_context(tempfile.TemporaryFile())
        for row in rows:
            lines.write(wire.dump_line(row))
        lines.seek(0)
        stack.pop_all()  # it is closed by whoever reads it
        return lines


def _rows_of_list(file: BinaryIO) -> list[Any]:
    try:
        rows = wire.parse(file.read())
    except json.JSONDecodeError as error:
        raise UserError(f"{_name(file)} begins as a JSON list, but is none: {error}") from None
    return rows if isinstance(rows, list) else [rows]


def _rows_of_parquet(file: BinaryIO) -> Iterator[Any]:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise UserError(
            f"{_name(file)} is Parquet, which is read with pyarrow; install it with "
            f"`pip install pyarrow` beside rewardbox, or convert the file to JSON Lines"
        ) from None
    try:
        for batch in parquet.ParquetFile(file).iter_batches(_ROWS_AT_ONCE):
            yield from batch.to_pylist()
    except (ArrowInvalid, OSError) as error:
        raise UserError(f"{_name(file)} cannot be read as Parquet: {error}") from None


def _name(file: BinaryIO) -> str:
    return Path(str(getattr(file, "name", "the file"))).name


def _label(value: Any) -> Any:
    return value if isinstance(value, str | int) or value is None else str(value)
