"""Scores rows in this very process, with a sandbox that lives as long as the command."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from app import logs
from app.cli.parallel import Deliver, in_parallel
from app.cli.rows import Row, RowFile
from app.main import running
from app.schemas import Result
from app.settings import Settings


@asynccontextmanager
async def scored_here(
    source: RowFile, rows: Sequence[Row], settings: Settings
) -> AsyncIterator[AsyncIterator[tuple[Row, Result]]]:
    """The results of rows, as they come. Raises what `app.main.running` raises."""
    configure_log(settings)
    async with running(settings) as service:

        async def score(row: Row, deliver: Deliver[tuple[Row, Result]]) -> None:
            await deliver((row, await service.scorer.score(source.item(row))))

        async with in_parallel(rows, score, at_once=service.scorer.concurrency) as results:
            yield results


def configure_log(settings: Settings) -> None:
    """Log on standard error; only what is alarming, unless the settings ask for more."""
    asked = "log_level" in settings.model_fields_set
    logs.configure(settings if asked else settings.model_copy(update={"log_level": "warning"}))
