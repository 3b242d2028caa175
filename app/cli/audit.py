"""`rewardbox audit`: which tasks of a dataset would reward what is wrong, or not what is right."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from app.audit.findings import Fault, Finding, findings_of
from app.audit.tasks import task_of
from app.cli.datasets import AUTO
from app.cli.local import configure_log
from app.cli.options import AsJson, Dataset, Launcher, overrides
from app.cli.parallel import Deliver, in_parallel
from app.cli.rows import Row, RowFile, open_rows
from app.cli.terminal import UserError, print_json, stderr, stdout, table
from app.loading import load_settings
from app.main import running
from app.service import Service
from app.settings import Settings
from verifiers import InvalidReference
from verifiers.code.datasets import NoTests, named

FAULTS_FOUND = 1
"""Exit code when every task was looked at, and some have faults."""


class _AnyRow:
    """Rows as they are, whatever their columns."""

    def fault(self, row: Mapping[str, Any]) -> str | None:
        return None

    def item(self, row: Mapping[str, Any]) -> Any:
        return row


def audit(
    file: Annotated[
        Path,
        typer.Argument(help="Rows of a dataset, or items with a `solution`; - is stdin."),
    ],
    dataset: Dataset = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="How often each solution is judged, to find unstable ones.")
    ] = 3,
    solutions: Annotated[
        int, typer.Option(min=1, help="How many of a row's solutions are tried.")
    ] = 1,
    as_json: AsJson = False,
    launcher: Launcher = None,
) -> None:
    """Find the tasks of a dataset that cannot be judged right.

    Runs each task's own solution several times, and programs that solve nothing. Exits with 0 if
    no task has a fault, with 1 if some have.
    """
    shape = _shape(dataset)
    settings = load_settings(**overrides(launcher=launcher))
    configure_log(settings)
    with open_rows(file, _AnyRow()) as source:
        report = asyncio.run(_audit(source, settings, shape, repeats, solutions))
    if as_json:
        print_json(report)
    else:
        _show(report)
    if report["faults"]:
        raise typer.Exit(FAULTS_FOUND)


def _shape(dataset: str | None) -> str | None:
    """The name of the shape that was asked for; None for what the keys of a row say."""
    if dataset in (None, AUTO):
        return None
    try:
        return named(dataset).name
    except InvalidReference as error:
        raise UserError(f"--{error}") from None


async def _audit(
    source: RowFile, settings: Settings, dataset: str | None, repeats: int, solutions: int
) -> dict[str, Any]:
    """The report: how many tasks there are, and their faults by line."""
    faults: list[dict[str, Any]] = []
    unsolved = 0
    async with running(settings) as service:

        async def look(row: Row, deliver: Deliver[tuple[Row, Any, bool, list[Finding]]]) -> None:
            value = source.item(row)
            solved, found = await _findings(
                row, value, service, dataset, repeats=repeats, solutions=solutions
            )
            await deliver((row, value, solved, found))

        at_once = service.scorer.concurrency
        async with in_parallel(source.rows, look, at_once=at_once) as looked:
            async for row, value, solved, found in looked:
                unsolved += not solved
                faults += [
                    {
                        "line": row.line,
                        "id": _name(value),
                        "fault": finding.fault,
                        "message": finding.message,
                    }
                    for finding in found
                ]
    faults.sort(key=lambda fault: fault["line"])
    counts = Counter(str(fault["fault"]) for fault in faults)
    return {
        "tasks": len(source.rows),
        "without_solution": unsolved,
        "counts": dict(sorted(counts.items())),
        "faults": faults,
    }


async def _findings(
    row: Row, value: Any, service: Service, dataset: str | None, *, repeats: int, solutions: int
) -> tuple[bool, list[Finding]]:
    """Whether the task has a solution, and its faults."""
    if row.fault:
        return True, [Finding(Fault.BROKEN, row.fault)]
    try:
        task = task_of(value, dataset=dataset)
    except InvalidReference as error:
        fault = Fault.NO_TESTS if isinstance(error, NoTests) else Fault.BROKEN
        return True, [Finding(fault, str(error))]
    found = await findings_of(
        task,
        service.scorer.score,
        limits=service.settings.default_limits,
        repeats=repeats,
        solutions=solutions,
    )
    return bool(task.solutions), found


def _name(value: Any) -> Any:
    for key in ("id", "task_id", "question_id", "problem_id", "name"):
        if isinstance(value, Mapping) and isinstance(value.get(key), str | int):
            return value[key]
    return None


def _show(report: Mapping[str, Any]) -> None:
    if report["faults"]:
        listing = table("line", "task", "fault", "")
        for fault in report["faults"]:
            name = "" if fault["id"] is None else str(fault["id"])
            listing.add_row(str(fault["line"]), name, fault["fault"], _one_line(fault["message"]))
        stdout().print(listing, markup=False)
    faulty = len({fault["line"] for fault in report["faults"]})
    unsolved = report["without_solution"]
    more = f"; {unsolved} have no solution to try" if unsolved else ""
    stderr().print(f"{report['tasks']} tasks, {faulty} of them with faults{more}", markup=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
