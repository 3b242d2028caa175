"""The log: one line an event, in one form whoever writes it."""

import asyncio
import json
import logging

import pytest
import structlog

from app import logs
from app.settings import Settings

pytestmark = pytest.mark.usefixtures("log_as_before")

SUBMISSION = "what the model wrote"


def lines(capsys):
    return capsys.readouterr().err.splitlines()


def test_every_line_is_json_whoever_writes_it(capsys):
    logs.configure(Settings(log_format="json"))

    structlog.get_logger("ours").info("request", status=200, path="/é\n")
    logging.getLogger("uvicorn.error").warning("%s of a library", "a line")
    try:
        int("oh")
    except ValueError:
        logging.getLogger("theirs").exception("failed")

    ours, theirs, failed = map(json.loads, lines(capsys))
    assert (ours["message"], ours["level"], ours["status"]) == ("request", "info", 200)
    assert ours["path"] == "/é\n"
    assert (theirs["message"], theirs["level"]) == ("a line of a library", "warning")
    assert failed["exception"].endswith("ValueError")
    assert ours["timestamp"].endswith("Z")


def test_the_console_form_is_for_people(capsys):
    logs.configure(Settings(log_format="console"))

    structlog.get_logger("ours").info("request", status=200)

    (line,) = lines(capsys)
    assert "request" in line
    assert "status=200" in line


def test_where_nobody_watches_it_is_json(capsys):
    logs.configure(Settings())

    structlog.get_logger("ours").info("request")

    (line,) = lines(capsys)
    assert json.loads(line)["message"] == "request"


def test_the_level_is_kept_by_all(capsys):
    logs.configure(Settings(log_format="json", log_level="warning"))

    structlog.get_logger("ours").info("a")
    structlog.get_logger("ours").warning("b")
    logging.getLogger("theirs").info("c")
    logging.getLogger("theirs").error("d")

    assert [json.loads(line)["message"] for line in lines(capsys)] == ["b", "d"]


@pytest.fixture
def fault():
    """An exception with a submission in its text, in that of its cause, and in a variable."""
    secret = SUBMISSION
    with pytest.raises(ExceptionGroup) as caught:
        raise ExceptionGroup(secret, [KeyError(secret)]) from ValueError(secret)
    return caught.value


@pytest.mark.parametrize("form", ["console", "json"])
def test_of_exceptions_it_says_the_types_and_where_but_no_texts_or_values(capsys, fault, form):
    logs.configure(Settings(log_format=form))

    logging.getLogger("theirs").error("failed", exc_info=fault)

    log = capsys.readouterr().err
    for told in ("ValueError", "ExceptionGroup", "KeyError", "test_logs.py", "in fault"):
        assert told in log
    assert SUBMISSION not in log


@pytest.mark.parametrize("form", ["console", "json"])
def test_at_debug_it_has_the_texts(capsys, fault, form):
    logs.configure(Settings(log_format=form, log_level="debug"))

    logging.getLogger("theirs").error("failed", exc_info=fault)

    log = capsys.readouterr().err
    assert log.count(SUBMISSION) == 3
    assert "secret =" not in log


def test_an_exception_that_is_its_own_cause_is_told_once(capsys):
    logs.configure(Settings(log_format="json"))
    fault = ValueError()
    fault.__cause__ = fault

    logging.getLogger("theirs").error("failed", exc_info=fault)

    (line,) = lines(capsys)
    assert json.loads(line)["exception"] == "ValueError"


def test_of_tasks_that_failed_unseen_it_does_not_say_with_what_text(capsys):
    logs.configure(Settings(log_format="json"))

    async def fail(completion):
        raise ValueError(completion)

    async def look_away():
        await asyncio.wait([asyncio.create_task(fail(SUBMISSION))])

    asyncio.run(look_away())

    (line,) = lines(capsys)
    assert SUBMISSION not in line
    assert json.loads(line)["message"] == "Task exception was never retrieved"
