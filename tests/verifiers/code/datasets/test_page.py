"""The rows that docs/datasets.md shows are read as it says."""

import json
import re
from pathlib import Path

import pytest

from verifiers.code.datasets import FAMILIES, named, read, recognise

PAGE = (Path(__file__).parents[4] / "docs" / "datasets.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json row=(\S+) verifier=(\S+)\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("name", "verifier", "text"), EXAMPLES)
def test_an_example_is_read_as_the_page_says(name, verifier, text):
    row = json.loads(text)
    found = recognise(row)
    assert found is not None
    family, _ = found
    assert family.name == name
    assert read(row).verifier == verifier


def test_every_shape_is_in_the_table_and_has_an_example():
    names = re.findall(r"^\| (`.*?`) \|", PAGE, re.MULTILINE)
    listed = {named(name).name for cell in names for name in re.findall(r"`(\w+)`", cell)}
    assert listed == {name for name, _, _ in EXAMPLES} == set(FAMILIES)
