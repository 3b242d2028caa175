"""docs/monitoring.md and the files under deploy/ name the metrics that there are, and no others."""

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from app.watching import gauges
from app.watching.metrics import Metrics
from app.watching.shares import Shares
from sandbox import Figures, Stage, Step
from sandbox.runner import Loss
from sandbox.testing import FakeSandbox

PROJECT = Path(__file__).parents[3]
PAGE = (PROJECT / "docs" / "monitoring.md").read_text(encoding="utf-8")
PROMETHEUS = PROJECT / "deploy" / "prometheus"
RULES = yaml.safe_load((PROMETHEUS / "rewardbox.rules.yml").read_text(encoding="utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((PROJECT / "deploy" / "grafana" / "rewardbox.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
FROM_PROMETHEUS = {"up"}


class Telling(FakeSandbox):
    def figures(self):
        return Figures(
            slots=1,
            in_use={"warm": 1},
            runners=1,
            idle_runners=0,
            waiting=0,
            longest_wait_s=0.0,
            runs=1,
            retries=0,
            reruns=3,
            launches=1,
            launch_failures=0,
            lost=dict.fromkeys(Loss, 0),
            artefact_bytes=0,
        )


@pytest.fixture(scope="module")
def families():
    """All metrics of a service that has done one of each thing."""
    metrics, shares, sandbox = Metrics(), Shares(), Telling()
    metrics.request_done("/v1/score", "POST", 200, seconds=0.1)
    metrics.item_done("math", "", verdict="accepted", error="", seconds=0.1)
    metrics.step_done(Step(Stage.COMPILE, 0.0, 1.0, "cpp", "compiled"))
    shares.item_done("math", verdict="accepted", error="")
    cache = SimpleNamespace(given=Counter(memory=1), memory=SizedMemory())
    admission = SimpleNamespace(taken=0, held_bytes=0)
    probe = SimpleNamespace(last_said=True)
    with (
        metrics.reading(shares.collect),
        metrics.reading(gauges.of_sandbox(sandbox)),
        metrics.reading(gauges.of_service(sandbox, probe)),
        metrics.reading(gauges.of_cache(cache)),
        metrics.reading(gauges.of_admission(admission)),
    ):
        return {family.name: family for family in metrics.read().collect()}


class SizedMemory(list[object]):
    size_bytes = 0


def exposed_name(family):
    """As Prometheus has it, without what it appends to the parts of a histogram."""
    return family.name + {"counter": "_total", "info": "_info"}.get(family.type, "")


def labels(family):
    return {name for sample in family.samples for name in sample.labels} - {"le"}


def names_in(expression):
    """The metrics that a PromQL expression asks for."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|without) ?\([^)]*\)", "", expression)
    return set(re.findall(r"\b(?:[a-z]+_[a-z_]+|up)\b(?!\s*\()", bare))


def labels_in(expression):
    chosen = " ".join(re.findall(r"\{([^}]*)\}", expression))
    grouped = ",".join(re.findall(r"\bby ?\(([^)]*)\)", expression))
    asked = {*re.findall(r"(\w+)\s*[=!]", chosen), *re.findall(r"\w+", grouped)}
    return asked - {"instance", "job", "le"}


def check(expression, families):
    known = {}
    for family in families.values():
        name = exposed_name(family)
        parts = ("_bucket", "_sum", "_count") if family.type == "histogram" else ("",)
        known |= {f"{name}{part}": labels(family) for part in parts}
    asked = names_in(expression)
    assert asked, expression
    assert asked <= set(known) | FROM_PROMETHEUS, expression
    there = {label for name in asked for label in known.get(name, ())}
    assert labels_in(expression) <= there, expression


def test_the_page_has_every_metric_with_its_labels(families):
    rows = re.findall(r"^\| `(rewardbox_\w+)` \|([^|]*)\|", PAGE, re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", words)) for name, words in rows}
    ours = [family for name, family in families.items() if name.startswith("rewardbox")]

    assert told == {exposed_name(family): labels(family) for family in ours}


def test_the_page_has_every_reason_that_a_runner_may_be_lost_for():
    (row,) = re.findall(r"^\| `rewardbox_runners_lost_total`.*$", PAGE, re.MULTILINE)

    assert {loss for loss in Loss if f"`{loss}`" in row} == set(Loss)


def test_the_page_has_every_alert():
    told = re.findall(r"^\| `(Rewardbox\w+)`", PAGE, re.MULTILINE)

    assert told == [rule["alert"] for rule in ALERTS]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_what_there_is(families, rule):
    check(rule["expr"], families)
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"].endswith(".")


def test_the_configuration_names_the_rules():
    text = (PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    tests = yaml.safe_load((PROMETHEUS / "rewardbox.rules.test.yml").read_text(encoding="utf-8"))

    assert [(PROMETHEUS / name).is_file() for name in config["rule_files"]] == [True]
    assert tests["rule_files"] == config["rule_files"]
    tried = {each["alertname"] for test in tests["tests"] for each in test["alert_rule_test"]}
    assert tried <= {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "rewardbox.rules.yml"),
        ("test", "rules", "rewardbox.rules.test.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_takes_the_files_and_alerts_as_they_say(arguments):
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("promtool is not installed; it comes with Debian's package prometheus")

    done = subprocess.run(
        [promtool, *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_asks_for_what_there_is(families, panel):
    for target in panel["targets"]:
        check(target["expr"], families)


def test_panels_do_not_lie_on_each_other():
    taken = Counter(
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    )
    assert max(taken.values()) == 1
    assert max(x for x, _ in taken) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
