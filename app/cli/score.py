"""`rewardbox score`: a file of completions in, a file of rewards out."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.cli.datasets import Columns
from app.cli.local import scored_here
from app.cli.options import Dataset, Launcher, overrides
from app.cli.remote import REQUESTS, RETRIES, Service, failure, scored_there
from app.cli.results import Results, open_results
from app.cli.rows import Row, RowFile, open_rows
from app.cli.tally import Tally
from app.cli.terminal import UserError, stderr
from app.loading import load_settings
from app.outcomes import Failed

Scored: TypeAlias = Callable[
    [RowFile, Sequence[Row]],
    AbstractAsyncContextManager[AsyncIterator[tuple[Row, Mapping[str, Any]]]],
]

WITHOUT_REWARD = 1
"""Exit code when everything was done, but some rows have no reward."""


def score(
    file: Annotated[
        Path,
        typer.Argument(help="JSON Lines, a row an item as POST /v1/score takes it; - is stdin."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write, or continue, this file; stdout by default."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Begin the output anew.")] = False,
    url: Annotated[
        str | None,
        typer.Option(
            envvar="REWARDBOX_URL", help="Use the service there, not one in this process."
        ),
    ] = None,
    api_key: Annotated[
        str | None, typer.Option(envvar="REWARDBOX_API_KEY", help="The key of that service.")
    ] = None,
    requests: Annotated[
        int, typer.Option(min=1, max=256, help="Requests at once, with --url.")
    ] = REQUESTS,
    retries: Annotated[
        int,
        typer.Option(min=0, help="Tries without any answer before rows are given up, with --url."),
    ] = RETRIES,
    launcher: Launcher = None,
    dataset: Dataset = None,
    completion: Annotated[
        str, typer.Option(help="Column that holds the completion, with --dataset.")
    ] = "completion",
    id_column: Annotated[
        str | None, typer.Option("--id", help="Column that is echoed as id, with --dataset.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column that is echoed as group, with --dataset.")
    ] = None,
    options: Annotated[
        str | None, typer.Option(help="JSON: options for every row, with --dataset.")
    ] = None,
) -> None:
    """Score every row of a file.

    With --dataset, rows are those of a public dataset as they were downloaded, with a column for
    the completion added.

    Continues an output that is there already: rows that have a reward there, and have not changed
    since, are not scored again. Exits with 0 if every row has a reward, with 1 if some have an
    error instead.
    """
    if not url:
        scored: Scored = partial(
            scored_here, settings=load_settings(**overrides(launcher=launcher))
        )
    elif launcher is None:
        service = Service(url=url, api_key=api_key, requests=requests, retries=retries)
        scored = partial(scored_there, service=service)
    else:
        raise UserError("--launcher is for scoring in this process; leave it or --url out")
    columns = None
    if dataset is not None:
        columns = Columns(
            dataset=dataset,
            completion=completion,
            id=id_column,
            group=group,
            options=_parsed(options),
        )
    started = time.monotonic()
    with (
        open_rows(file, columns) as source,
        open_results(output, source.rows, overwrite=overwrite) as results,
    ):
        earlier = results.tally.count
        try:
            asyncio.run(_score(source, results, scored))
        except KeyboardInterrupt:
            again = "; run the same command again to go on" if output else ""
            stderr().print(f"stopped after {results.tally}{again}")
            raise
        results.finish()
    _report(results.tally, earlier=earlier, seconds=time.monotonic() - started)
    if results.tally.errors:
        raise typer.Exit(WITHOUT_REWARD)


def _parsed(options: str | None) -> Mapping[str, Any]:
    try:
        value = {} if options is None else json.loads(options)
    except ValueError as error:
        raise UserError(f"--options is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise UserError("--options must be a JSON object")
    return value


async def _score(source: RowFile, results: Results, scored: Scored) -> None:
    sound = [row for row in results.pending if not row.fault]
    if sound:
        with _progress(results.tally, total=len(source.rows)) as show:
            async with scored(source, sound) as answers:
                async for row, answer in answers:
                    results.add(row, answer)
                    show()
    for row in results.pending:
        if row.fault:
            results.add(row, failure(None, Failed("request", row.fault)))


@contextmanager
def _progress(tally: Tally, *, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error, if that is a terminal; call what it gives to update it."""
    console = stderr()
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=total, completed=tally.count)

        def show() -> None:
            errors = f", {tally.errors.total()} errors" if tally.errors else ""
            mean = "" if tally.mean_reward is None else f"mean {tally.mean_reward:.3f}"
            progress.update(task, completed=tally.count, description=f"{mean}{errors}")

        yield show


def _report(tally: Tally, *, earlier: int, seconds: float) -> None:
    console = stderr()
    for fault in tally.faults():
        console.print(fault, style="red", markup=False)
    kept = f" ({earlier} of them were there already)" if earlier else ""
    console.print(f"{tally}{kept}, in {seconds:.1f} s", markup=False)
