"""An output holds one line for each row, whatever interrupted it and however often."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.results import open_results
from app.cli.rows import open_rows
from app.cli.terminal import UserError

ITEMS = [{"id": name, "completion": name} for name in "abcd"]


def scored(row, reward=1.0):
    return {"id": f"row {row.line}", "verdict": "accepted", "reward": reward, "error": None}


def failed(row, *, retryable):
    error = {"kind": "overload", "retryable": retryable, "message": "too busy"}
    return {"id": None, "verdict": None, "reward": None, "error": error}


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out.jsonl"


@pytest.fixture
def opened(output, write_rows):
    """Opens the results of these items: `with opened(ITEMS) as (results, rows)`."""

    @contextmanager
    def open_both(items=ITEMS, *, overwrite=False):
        with (
            open_rows(write_rows(*items)) as source,
            open_results(output, source.rows, overwrite=overwrite) as results,
        ):
            yield results, source.rows

    return open_both


def lines_pending(results):
    return [row.line for row in results.pending]


def test_a_result_is_in_the_file_as_soon_as_it_is_added(opened, output, read_rows):
    with opened() as (results, rows):
        results.add(rows[2], scored(rows[2]))
        assert read_rows(output) == [{"line": 3, "digest": rows[2].digest, **scored(rows[2])}]


def test_the_finished_file_has_the_order_of_the_rows(opened, output, read_rows):
    with opened() as (results, rows):
        for row in reversed(rows):
            results.add(row, scored(row))
        results.finish()
    assert [line["line"] for line in read_rows(output)] == [1, 2, 3, 4]
    assert {path.name for path in output.parent.iterdir()} == {"rows.jsonl", "out.jsonl"}


def test_only_what_is_missing_is_pending_after_an_interruption(opened, output, read_rows):
    with opened() as (results, rows):
        results.add(rows[3], scored(rows[3], reward=0.5))
        results.add(rows[0], scored(rows[0]))
    with opened() as (results, rows):
        assert lines_pending(results) == [2, 3]
        assert (results.tally.count, results.tally.mean_reward) == (2, 0.75)
        for row in results.pending:
            results.add(row, scored(row))
        results.finish()
    assert [line["line"] for line in read_rows(output)] == [1, 2, 3, 4]
    assert read_rows(output)[3]["reward"] == 0.5


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_line_that_was_torn_is_pending_again(opened, output, read_rows, cut):
    with opened() as (results, rows):
        results.add(rows[0], scored(rows[0]))
        results.add(rows[1], scored(rows[1]))
    whole = output.read_bytes()
    output.write_bytes(whole[:-cut])
    with opened() as (results, rows):
        assert lines_pending(results) == [2, 3, 4]
        results.add(rows[1], scored(rows[1]))
    assert output.read_bytes() == whole


def test_a_first_line_that_was_torn_is_no_reason_to_refuse(opened, output):
    output.write_text('{"line":1,"dig')
    with opened() as (results, _):
        assert lines_pending(results) == [1, 2, 3, 4]


@pytest.mark.parametrize("retryable", [True, False])
def test_rows_without_a_reward_are_pending_again(opened, output, read_rows, retryable):
    with opened() as (results, rows):
        results.add(rows[0], scored(rows[0]))
        results.add(rows[1], failed(rows[1], retryable=retryable))
        results.finish()
    with opened() as (results, rows):
        assert lines_pending(results) == [2, 3, 4]
        for row in results.pending:
            results.add(row, scored(row))
        results.finish()
    assert [line["reward"] for line in read_rows(output)] == [1.0] * 4


def test_rows_that_have_changed_are_pending_again(opened, output, read_rows):
    with opened() as (results, rows):
        for row in rows:
            results.add(row, scored(row))
    changed = [*ITEMS[:2], {"id": "c", "completion": "better"}, ITEMS[3]]
    with opened(changed) as (results, rows):
        assert lines_pending(results) == [3]
        results.add(rows[2], scored(rows[2], reward=0.25))
        results.finish()
    assert [line["reward"] for line in read_rows(output)] == [1.0, 1.0, 0.25, 1.0]


def test_rows_that_have_moved_keep_their_results_at_their_new_place(opened, output, read_rows):
    with opened() as (results, rows):
        for row, reward in zip(rows, (0.1, 0.2, 0.3, 0.4), strict=True):
            results.add(row, scored(row, reward))
    with opened([ITEMS[3], {"id": "new"}, ITEMS[0]]) as (results, rows):
        assert lines_pending(results) == [2]
        results.add(rows[1], scored(rows[1]))
        results.finish()
    assert [(line["line"], line["reward"]) for line in read_rows(output)] == [
        (1, 0.4),
        (2, 1.0),
        (3, 0.1),
    ]


def test_equal_rows_each_have_a_result(opened, output, read_rows):
    with opened([ITEMS[0]] * 3) as (results, rows):
        results.add(rows[1], scored(rows[1]))
    with opened([ITEMS[0]] * 3) as (results, rows):
        assert len(results.pending) == 2
        for row in results.pending:
            results.add(row, scored(row))
        results.finish()
    assert [line["line"] for line in read_rows(output)] == [1, 2, 3]


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "a", "completion": "a"}\n',
        "something else, without an end of line",
        '{"line":1,"digest":"0","id":null,"verdict":"accepted","reward":1,"error":null}\n',
    ],
)
def test_a_file_of_something_else_is_refused_and_left_alone(opened, output, content):
    output.write_text(content)
    with pytest.raises(UserError, match="--overwrite"), opened():
        pass
    assert output.read_text() == content


def test_a_file_of_something_else_is_replaced_on_demand(opened, output, read_rows):
    output.write_text("something else\n")
    with opened(overwrite=True) as (results, rows):
        results.add(rows[0], scored(rows[0]))
    assert [line["line"] for line in read_rows(output)] == [1]


def test_two_commands_do_not_write_the_same_file(opened):
    with opened(), pytest.raises(UserError, match="another process"), opened():
        pass


def test_what_is_no_regular_file_is_written_and_left_what_it_is(write_rows):
    null = Path("/dev/null")
    with (
        open_rows(write_rows(*ITEMS)) as source,
        open_results(null, source.rows, overwrite=True) as results,
    ):
        results.add(results.pending[0], scored(results.pending[0]))
        results.finish()
    assert null.is_char_device()


def test_text_that_looks_like_several_lines_stays_one(opened, output):
    with opened() as (results, rows):
        results.add(rows[0], scored(rows[0]) | {"extracted": "a\u2028b\u0085c\x0bd"})
    with opened() as (results, rows):
        assert lines_pending(results) == [2, 3, 4]
    assert json.loads(output.read_bytes())["extracted"] == "a\u2028b\u0085c\x0bd"
