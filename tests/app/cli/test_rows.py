"""Rows are found where they are, recognised by their text, and never lost for being malformed."""

import pytest

from app.cli.rows import open_rows
from app.cli.terminal import UserError


def test_every_line_but_the_blank_ones_is_a_row(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n\n   \n  {"a": 2}  \r\n{"a": 3}')
    with open_rows(path) as source:
        assert [row.line for row in source.rows] == [1, 4, 5]
        assert [source.item(row) for row in source.rows] == [{"a": 1}, {"a": 2}, {"a": 3}]
        assert source.text(source.rows[1]) == b'{"a": 2}'


def test_rows_can_be_read_in_any_order(write_rows):
    with open_rows(write_rows({"a": 1}, {"a": 2})) as source:
        first, second = source.rows
        assert [source.item(second), source.item(first)] == [{"a": 2}, {"a": 1}]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not JSON"),
        ('{"a": NaN}', "not JSON"),
        ("[1]", "not a JSON object"),
        ("null", "not a JSON object"),
    ],
)
def test_a_malformed_row_is_kept_with_its_fault(write_rows, line, fault):
    with open_rows(write_rows({"a": 1}, line)) as source:
        sound, malformed = source.rows
        assert sound.fault is None
        assert malformed.fault.startswith(fault)
        assert source.item(malformed) is None


def test_a_row_is_recognised_by_its_text_alone(write_rows):
    with open_rows(write_rows({"a": 1}, {"a": 2}, {"a": 1})) as source:
        first, second, third = (row.digest for row in source.rows)
        assert first == third != second


def test_a_file_without_rows_is_refused(write_rows):
    with pytest.raises(UserError, match="no rows"), open_rows(write_rows("", " ")):
        pass


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"nowhere\.jsonl"), open_rows(tmp_path / "nowhere.jsonl"):
        pass
