"""The log: one line an event, in one form whoever writes it."""

import json
import logging

import pytest
import structlog

from app import logs
from app.settings import Settings


@pytest.fixture(autouse=True)
def as_before():
    """Put the log of the test runner back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


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
    assert "ValueError: invalid literal" in failed["exception"]
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
