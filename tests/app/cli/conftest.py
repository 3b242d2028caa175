"""The command line as people use it: called with arguments, files and environment."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from structlog.testing import capture_logs
from typer.testing import CliRunner

from app.cli.main import app


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No settings but the test's own."""
    for name in ("REWARDBOX_URL", "REWARDBOX_API_KEY", "REWARDBOX_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def rewardbox():
    """Calls the command: `rewardbox("score", path).exit_code`."""

    def call(*arguments, stdin=None):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)

    return call


@pytest.fixture
def rewardbox_process():
    """Calls the command in a process of its own, for commands that set the process's log up."""

    def call(*arguments, stdin="", **environment):
        return subprocess.run(
            [Path(sys.executable).with_name("rewardbox"), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            env=os.environ | environment,
            timeout=120,
        )

    return call


@pytest.fixture
def no_log():
    """Keeps the log of a service in this process off the standard output of a command."""
    with capture_logs():
        yield


@pytest.fixture
def serve(make_app, no_log):
    """Serves on loopback, perhaps with something around the service: `with serve() as url`."""

    @contextmanager
    def serving(around=lambda service: service, **settings):
        running = uvicorn.Server(
            uvicorn.Config(around(make_app(**settings)), port=0, lifespan="on", log_config=None)
        )
        thread = threading.Thread(target=running.run)
        thread.start()
        try:
            while not running.started:
                assert thread.is_alive(), "the service did not start"
                thread.join(0.01)
            port = running.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            running.should_exit = True
            thread.join()

    return serving


@pytest.fixture
def write_rows(tmp_path):
    """Writes a file of items, or of lines as they are, and returns its path."""

    def write(*rows, name="rows.jsonl"):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def read_rows():
    def read(path):
        return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]

    return read
