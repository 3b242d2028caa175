"""Health, readiness, metrics, version, the catalogue and the documentation."""

import asyncio
import re
from typing import ClassVar

import pytest
from jsonschema import Draft202012Validator

from app.main import create_app
from app.readiness import BUSY
from app.schemas import Readiness
from app.settings import Settings
from sandbox import Overloaded, RunnerLost
from sandbox.testing import FakeSandbox, exited, printed
from verifiers import Options, Score, Verdict
from verifiers.registry import Registry

pytestmark = pytest.mark.anyio


class Maths:
    """Gives the trial of maths the verdict that a test wants."""

    name = "math"
    summary = "Stands in for maths."
    reference_type = str
    options_model = Options
    example: ClassVar = {"completion": "1", "reference": "1"}

    def __init__(self):
        self.verdict = Verdict.ACCEPTED
        self.trials = 0

    async def verify(self, completion, reference, options, tools):
        self.trials += 1
        return Score(reward=float(self.verdict is Verdict.ACCEPTED), verdict=self.verdict)


@pytest.fixture
def maths():
    return Maths()


@pytest.fixture
def trial(connect, make_entry, registry, maths):
    """A client of a service that has maths, over a sandbox with the given script."""

    def open_client(run, **settings):
        known = [registry.entry(name) for name in registry.names()]
        app = create_app(
            Settings(**settings),
            sandbox=FakeSandbox(run=run),
            workers=object(),
            registry=Registry(entries=[*known, make_entry(maths)]),
        )
        return connect(app)

    return open_client


async def test_the_process_is_up(client):
    response = await client.get("/healthz")

    assert (response.status_code, response.text) == (200, "ok\n")


async def test_ready_means_that_work_was_done(trial, maths):
    async with trial([printed("42\n")]) as client:
        response = await client.get("/readyz")

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == Readiness.__required_keys__
    assert answer["ready"] is True
    assert (answer["launcher"], answer["slots"], answer["walls"]) == ("fake", 2, [])
    assert answer["tiers"] == ["warm"]
    assert answer["detail"] == "a program was run; a maths answer was checked"
    assert {name: check["ok"] for name, check in answer["checks"].items()} == {
        "program": True,
        "maths": True,
    }
    assert maths.trials == 1


@pytest.mark.parametrize(
    ("run", "told"),
    [
        ([printed("41\n")], "ended wrongly"),
        ([exited(1)], "ended wrongly"),
        ([RunnerLost("all runners died")], "all runners died"),
        ([Overloaded("the queue is full")], "the queue is full"),
    ],
)
async def test_without_a_program_run_it_is_not_ready(trial, run, told):
    async with trial(run) as client:
        response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert told in response.json()["checks"]["program"]["detail"]
    assert response.json()["checks"]["maths"]["ok"] is True
    assert told in response.json()["detail"]
    assert "checked" not in response.json()["detail"]


async def test_without_maths_checked_it_is_not_ready(trial, maths):
    maths.verdict = Verdict.WRONG_ANSWER

    async with trial([printed("42\n")]) as client:
        response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["maths"]["detail"] == "a right answer was refused"


async def test_success_is_believed_for_a_while_and_failure_never(trial, maths):
    runs = [RunnerLost("gone"), *[printed("42\n")] * 2, RunnerLost("gone again")]

    async with trial(runs, probe_interval_s=0.2) as client:
        codes = [(await client.get("/readyz")).status_code for _ in range(4)]
        assert maths.trials == 2
        await asyncio.sleep(0.25)
        codes += [(await client.get("/readyz")).status_code]
        await asyncio.sleep(0.25)
        codes += [(await client.get("/readyz")).status_code]

    assert codes == [503, 200, 200, 200, 200, 503]


async def test_a_busy_service_is_ready_as_long_as_answers_come(trial):
    async def run(program, invocation, limits):
        if program.source == "work":
            return printed("work")
        work = {"verifier": "code.printing", "completion": "work", "reference": "work"}
        await client.post("/v1/score", json=work)
        return Overloaded("the queue was too long")

    async with trial(run) as client:
        response = await client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["checks"]["program"]["detail"] == BUSY
    assert response.json()["detail"] == f"program: {BUSY}; a maths answer was checked"


async def test_who_asks_while_a_trial_is_in_work_gets_its_result(trial, maths):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def run(program, invocation, limits):
        begun.set()
        await go_on.wait()
        return RunnerLost("gone")

    async with trial(run) as client:
        ask = client.service.probe.readiness
        asking = [asyncio.create_task(ask()) for _ in range(5)]
        await begun.wait()
        asking.pop(0).cancel()  # the one that began it leaves
        go_on.set()
        answers = await asyncio.gather(*asking)
        assert ([answer["ready"] for answer in answers], maths.trials) == ([False] * 4, 1)

        await ask()
        assert maths.trials == 2


async def test_a_service_that_stops_is_not_ready(trial):
    async with trial([printed("42\n")]) as client:
        client.service.drain.start(10)
        response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["detail"] == "the service is stopping"


async def test_version(client):
    answer = (await client.get("/version")).json()

    assert answer["name"] == "rewardbox"
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer["version"])


async def test_the_verifiers_are_told_with_those_that_did_not_load(client):
    infos = {info["name"]: info for info in (await client.get("/v1/verifiers")).json()}

    assert infos["equal"]["available"] is True
    assert infos["equal"]["reference_schema"] == {"type": "string"}
    assert "limits" in infos["equal"]["options_schema"]["properties"]
    assert infos["broken"]["available"] is False
    assert infos["broken"]["error"] == "no licence"


async def test_one_verifier_has_an_example_that_scores(client):
    info = (await client.get("/v1/verifiers/code.printing")).json()

    answer = (await client.post("/v1/score", json=info["example"])).json()

    assert answer["reward"] == 1.0


async def test_a_verifier_that_is_not_there_is_404(client):
    response = await client.get("/v1/verifiers/nobody")

    assert response.status_code == 404
    assert "equal" in response.json()["detail"]


async def test_the_languages_are_told_with_the_reason_for_those_missing(client):
    languages = {
        language["name"]: language for language in (await client.get("/v1/languages")).json()
    }

    assert languages["python"] == {
        "name": "python",
        "aliases": ["py", "python3"],
        "available": True,
        "version": "3.13.5",
        "reason": None,
    }
    assert languages["julia"]["reason"] == "julia is not installed"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/score", 405), ("DELETE", "/healthz", 405)],
)
async def test_what_is_not_there_is_a_problem_document(client, method, path, status):
    response = await client.request(method, path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [(RunnerLost("all runners died"), 503, "unavailable"), (RuntimeError("oh"), 500, "internal")],
)
async def test_what_goes_wrong_outside_of_an_item_is_a_problem_document(
    connect, registry, error, status, kind
):
    class Broken(FakeSandbox):
        async def languages(self):
            raise error

    app = create_app(Settings(), sandbox=Broken(), workers=object(), registry=registry)
    async with connect(app) as client:
        response = await client.get("/v1/languages")

    assert response.status_code == status
    assert response.json()["type"] == f"urn:rewardbox:problem:{kind}"
    assert "oh" not in response.text


async def test_the_root_leads_to_the_documentation(client):
    response = await client.get("/", follow_redirects=True)

    assert response.url.path == "/docs"


async def test_the_documentation_needs_nothing_from_elsewhere(client):
    page = (await client.get("/docs")).text

    assets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(assets) == 3
    for asset in assets:
        assert (await client.get(f"/{asset}")).status_code == 200
    assert "://" not in page
    assert (await client.get("/openapi.json")).status_code == 200


async def test_the_openapi_document_describes_what_really_comes(client):
    document = (await client.get("/openapi.json")).json()

    def check(path, method, value):
        content = document["paths"][path][method]["responses"]["200"]["content"]
        schema = {**content["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    posted = document["paths"]["/v1/score"]["post"]["requestBody"]["content"]["application/json"]
    assert set(posted["examples"]) == set(client.service.registry.names())
    for name in ("equal", "code.printing", "shaped"):
        example = posted["examples"][name]["value"]
        Draft202012Validator({**posted["schema"], "components": document["components"]}).validate(
            example
        )
        check("/v1/score", "post", (await client.post("/v1/score", json=example)).json())
    items = [{"verifier": "equal", "completion": "4", "reference": "4", "group": 1}, 3]
    batch = {"items": items, "advantage": "grpo"}
    check("/v1/score/batch", "post", (await client.post("/v1/score/batch", json=batch)).json())
    run = {"language": "python", "source": "1"}
    check("/v1/run", "post", (await client.post("/v1/run", json=run)).json())
    for path in ("/readyz", "/version", "/v1/verifiers", "/v1/languages"):
        check(path, "get", (await client.get(path)).json())
    problem = {"$ref": "#/components/schemas/ProblemDocument", "components": document["components"]}
    for response in (await client.get("/nowhere"), await client.post("/v1/score", json=3)):
        Draft202012Validator(problem).validate(response.json())


@pytest.mark.parametrize("path", ["/healthz", "/version", "/v1/verifiers", "/docs", "/metrics"])
async def test_what_can_be_read_can_be_asked_for(client, path):
    got, asked = await client.get(path), await client.head(path)

    assert asked.status_code == got.status_code == 200
    assert asked.headers["content-type"] == got.headers["content-type"]
    assert (await client.head("/v1/score")).status_code == 405


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/healthz", "GET, HEAD"),
        ("/v1/verifiers/equal", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
        ("/v1/score", "POST"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(client, path, allowed):
    response = await client.delete(path)

    assert (response.status_code, response.headers["allow"]) == (405, allowed)
