"""A reward function for TRL's GRPOTrainer, for programs that read and print."""

import os

import httpx

URL = os.environ.get("REWARDBOX_URL", "http://127.0.0.1:8080")
service = httpx.Client(base_url=URL, timeout=900)


def reward(completions, tests, **_):
    """`tests` is a column of the dataset: for each row a list of {"stdin": ..., "stdout": ...}."""
    items = [
        {"verifier": "code.stdio", "completion": completion, "reference": {"tests": known}}
        for completion, known in zip(completions, tests, strict=True)
    ]
    answer = service.post("/v1/score/batch", json={"items": items}).raise_for_status()
    return [result["reward"] for result in answer.json()["results"]]  # None: not judged, not wrong
