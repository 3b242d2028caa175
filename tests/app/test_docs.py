"""What docs/api.md shows is what happens."""

import json
import re
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from annotated_types import Le, Lt
from pydantic import TypeAdapter

from app.errors import KINDS
from app.schemas import Result
from app.settings import Settings
from sandbox import Limits
from sandbox.files import MAX_NAME_BYTES
from sandbox.testing import FakeSandbox, printed
from verifiers import Verdict
from verifiers.code.luck import LuckOptions
from verifiers.registry import Registry

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
OPTIONS = PAGE.partition("\n## Options\n")[2].partition("\n## ")[0]
REQUESTS = re.findall(r"```json post=(\S+)\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.fixture
def registry():
    return Registry.load()


@pytest.fixture
def sandbox():
    return FakeSandbox(run=lambda *_: printed("3\n"))


@pytest.mark.parametrize(("path", "body"), REQUESTS, ids=[path for path, _ in REQUESTS])
async def test_every_request_of_the_page_is_answered(client, path, body):
    response = await client.post(path, json=json.loads(body))

    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer.get("error") is None
    assert answer.get("reward") in (None, 1.0)
    assert all(result["error"] is None for result in answer.get("results", []))


def test_there_is_a_request_for_every_way_to_do_work():
    assert [path for path, _ in REQUESTS] == ["/v1/score", "/v1/score/batch", "/v1/run"]


@pytest.mark.parametrize("name", [*Verdict, *Result.__annotations__, *Settings().caps])
def test_every_name_is_on_the_page(name):
    assert f"`{name}`" in PAGE or f'"{name}"' in PAGE


@pytest.mark.parametrize("name", LuckOptions.model_fields)
def test_every_option_is_on_the_page_with_its_default(name):
    field = LuckOptions.model_fields[name]
    default = json.dumps(TypeAdapter(Any).dump_python(field.default, exclude_none=True))

    (row,) = re.findall(rf"^\| `{name}` \| `(.*?)` \| (.+) \|$", OPTIONS, re.MULTILINE)

    assert row[0] == default
    for bound in field.metadata:
        if isinstance(bound, Le | Lt):
            most = bound.le if isinstance(bound, Le) else cast("int", bound.lt) - 1
            assert f"from 0 to {most:,}" in row[1]
    for choice in get_args(field.annotation):
        if isinstance(choice, str):
            assert f'`"{choice}"`' in row[1]


def test_the_options_of_the_page_are_those_there_are():
    assert re.findall(r"^\| `(\w+)` ", OPTIONS, re.MULTILINE) == list(LuckOptions.model_fields)


def test_what_the_page_says_of_names_of_files_is_so():
    assert f"at most {MAX_NAME_BYTES - 1:,} bytes" in OPTIONS


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_is_on_the_page(kind):
    assert f"| {KINDS[kind][0]} | `urn:rewardbox:problem:{kind}` |" in PAGE


def test_the_default_limits_are_those_of_the_page():
    limits = Limits()

    assert f"| `cpu_s` | {limits.cpu_s:g} |" in PAGE
    assert f"| `processes` | {limits.processes} |" in PAGE
    for name in ("memory_bytes", "output_bytes", "file_bytes"):
        assert f"| `{name}` | {getattr(limits, name) // 2**20} MiB |" in PAGE
