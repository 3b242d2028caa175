"""What the README and the pages for newcomers show is what happens, with a real service."""

import json
import re
import runpy
import shlex
from pathlib import Path

import httpx
import pytest

from verifiers.registry import Registry

PROJECT = Path(__file__).parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
TRAINERS = (PROJECT / "docs" / "trainers.md").read_text(encoding="utf-8")
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
EXAMPLE = PROJECT / "examples" / "reward_function.py"
ADDRESS = "http://127.0.0.1:8080"

REQUESTS = re.findall(r"```sh\n(curl .*?)\n```\n\n```json\n(.*?)\n```", README, re.DOTALL)
FUNCTIONS = re.findall(r"```python\n(.*?)\n```", TRAINERS, re.DOTALL)
SUM = "Like this:\n```python\nprint(sum(map(int, input().split())))\n```"
RIGHT, WRONG = r"So it is \boxed{0.5}.", r"So it is \boxed{2}."


@pytest.fixture(scope="module")
def service(serving):
    """The address of a service as `make serve` starts it, on a machine without an engine."""
    with serving() as address:
        yield address


def test_there_is_a_request_for_programs_asserts_maths_and_a_batch():
    posted = " ".join(request for request, _ in REQUESTS)
    for name in ("code.stdio", "code.asserts", '"math"', "/v1/score/batch"):
        assert name in posted


@pytest.mark.namespaces
@pytest.mark.parametrize(("command", "shown"), REQUESTS)
def test_every_request_gets_what_is_shown(service, command, shown):
    check_request(service, command, shown)


def check_request(service, command, shown):
    """Send to that address what the README sends to its own, and compare the answers."""
    arguments = shlex.split(command)
    [url] = [argument for argument in arguments if argument.startswith(ADDRESS)]
    header = dict([arguments[arguments.index("-H") + 1].split(": ")])
    body = arguments[arguments.index("-d") + 1]
    answer = httpx.post(
        url.replace(ADDRESS, service), content=body, headers=header, timeout=60
    ).json()
    assert _shown_part(answer, json.loads(shown)) == json.loads(shown)


def _shown_part(answer, shown):
    """Of an answer, the fields that are shown."""
    if isinstance(shown, dict):
        return {name: _shown_part(answer[name], value) for name, value in shown.items()}
    if isinstance(shown, list):
        assert len(answer) == len(shown)
        return [_shown_part(one, other) for one, other in zip(answer, shown, strict=True)]
    return answer


def test_the_readme_shows_the_example_as_it_is():
    code = EXAMPLE.read_text(encoding="utf-8").partition("import httpx\n\n")[2]
    assert f"```python\n{code}```" in README


@pytest.mark.namespaces
def test_the_example_rewards_programs(service, monkeypatch):
    monkeypatch.setenv("REWARDBOX_URL", service)
    example = runpy.run_path(str(EXAMPLE))
    tests = [{"stdin": "1 2\n", "stdout": "3\n"}]
    chat = [{"role": "assistant", "content": SUM}]
    broken = "a reference that no program can be judged by"
    with example["service"]:
        rewards = example["reward"](
            completions=[SUM, "print(4)", chat, SUM],
            tests=[tests, tests, tests, broken],
            prompts=[""] * 4,
        )
    assert rewards == [1.0, 0.0, 1.0, None]


@pytest.mark.anyio
async def test_the_verifier_of_the_readme_judges():
    [code] = re.findall(r"```python\n(from verifiers .*?)\n```", README, re.DOTALL)
    names = {}
    exec(code, names)
    verifier = names["ShoutVerifier"]()
    right = await verifier.verify(**verifier.example, options=verifier.options_model(), tools=None)
    wrong = await verifier.verify("hello", "hello", verifier.options_model(), None)
    assert (right.reward, wrong.reward) == (1.0, 0.0)


@pytest.fixture
def functions(service):
    """The functions of the page about trainers, made to ask the service of this test."""
    names = {}
    exec("\n".join(FUNCTIONS).replace(ADDRESS, service), names)
    with names["service"]:
        yield names


@pytest.mark.namespaces
def test_the_function_for_trl_rewards_maths(functions):
    assert functions["reward"](completions=[RIGHT, WRONG], answer=["1/2", "1/2"]) == [1.0, 0.0]


@pytest.mark.namespaces
@pytest.mark.anyio
async def test_the_function_for_verl_rewards_maths(functions):
    score = functions["compute_score"]
    assert await score("math", RIGHT, "1/2") == {"score": 1.0, "acc": 1.0}
    assert await score("math", WRONG, "1/2") == {"score": 0.0, "acc": 0.0}


@pytest.mark.namespaces
def test_code_data_of_verl_becomes_an_item(functions, service):
    known = json.dumps({"inputs": ["1 2\n", "3 4\n"], "outputs": ["3\n", "7\n"]})
    item = functions["stdio_item"](SUM, known)
    assert httpx.post(f"{service}/v1/score", json=item, timeout=60).json()["reward"] == 1.0


@pytest.mark.namespaces
def test_the_function_for_openrlhf_rewards_maths(functions):
    answer = functions["reward_func"](
        queries=[f"Half?{RIGHT}", f"Half?{WRONG}"], prompts=["Half?"] * 2, labels=["1/2"] * 2
    )
    assert answer["rewards"] == answer["scores"] == [1.0, 0.0]


@pytest.mark.namespaces
def test_what_stays_unknown_is_never_made_up(functions):
    with pytest.raises(RuntimeError):
        functions["reward_func"](queries=[RIGHT], prompts=[""], labels=[None])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_verifier_is_in_the_readme():
    for info in Registry.load().describe():
        assert not info.source.built_in or f"`{info.name}`" in README
