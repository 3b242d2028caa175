"""The log: one line an event on standard error, ours and the libraries' in the same form.

What was submitted is shown at the level `debug` only. The texts of exceptions may be a
submission's, and so may the values of variables, which are never shown.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import structlog

from app.settings import Settings

#: Libraries that tell more at their `info` than an operator wants to read.
_CHATTY = ("docker", "httpcore", "httpx", "urllib3", "uvicorn.access")


def configure(settings: Settings) -> None:
    """Set the log of this process up; called by commands, never by the application."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=())],
            processors=[
                *_exceptions(settings),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _exceptions(settings: Settings) -> list[structlog.typing.Processor]:
    if settings.log_level == "debug":
        return [structlog.processors.format_exc_info]
    return [structlog.processors.ExceptionRenderer(_without_texts), _without_tasks]


def _rendering(settings: Settings) -> list[structlog.typing.Processor]:
    as_json = settings.log_format == "json" or (
        settings.log_format == "auto" and not sys.stderr.isatty()
    )
    if as_json:
        return [
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


def _without_texts(exc_info: structlog.typing.ExcInfo) -> str:
    """A traceback that has of the exceptions only their types."""
    return "".join(_outline(exc_info[1], set())).rstrip()


def _outline(error: BaseException | None, seen: set[int]) -> Iterator[str]:
    """Where it was raised, after what led to it and before what is inside of a group."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    hidden = error.__suppress_context__
    yield from _outline(error.__cause__ if hidden else error.__context__, seen)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__qualname__}\n"
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _outline(inner, seen)


def _without_tasks(
    _: Any, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Of what asyncio says only the first line, as the others spell out tasks and their errors."""
    if event["_record"].name == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event
