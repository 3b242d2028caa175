"""The table of examples in docs/maths.md says what the verifier does."""

import json
import re
from pathlib import Path

import pytest

from verifiers import Options
from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions

PAGE = Path(__file__).parents[3] / "docs" / "maths.md"
ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| (yes|no) \| (?:`(.+)` )?\|$", re.MULTILINE)
EXAMPLES = ROW.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("gold", "answer", "right", "options"), EXAMPLES)
def test_the_example_is_true(gold, answer, right, options):
    asked = MathOptions.model_validate(json.loads(options or "{}"))
    assert judge_texts(gold, answer, "auto", asked).right is (right == "yes")


def test_every_option_is_documented():
    documented = set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    own = set(MathOptions.model_fields) - set(Options.model_fields)
    assert own <= documented


def test_the_table_is_found():
    assert len(EXAMPLES) > 60
