"""`rewardbox verifiers`: what is installed, and one in full."""

import json


def test_every_verifier_is_listed_with_its_purpose(rewardbox):
    shown = rewardbox("verifiers").stdout
    for name in ("code.stdio", "math", "text.exact", "composite"):
        assert name in shown


def test_machines_get_the_same_as_over_http(rewardbox):
    infos = json.loads(rewardbox("verifiers", "--json").stdout)
    assert {"name", "summary", "source", "reference_schema"} <= infos[0].keys()


def test_one_is_shown_with_an_example_to_post(rewardbox):
    info = json.loads(rewardbox("verifiers", "text.exact").stdout)
    assert info["example"]["verifier"] == "text.exact"


def test_an_unknown_one_is_answered_with_those_there_are(rewardbox):
    done = rewardbox("verifiers", "text.exakt")
    assert done.exit_code == 2
    assert "text.exact" in done.stderr
