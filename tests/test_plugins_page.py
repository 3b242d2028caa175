"""What docs/plugins.md shows is a package that works as it is."""

import re
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text(encoding="utf-8")

#: A verifier that refuses, beside the one of the page that accepts.
MORE_TESTS = """

@pytest.mark.parametrize(
    ("completion", "verdict"),
    [("one two three four five six", "wrong_answer"), ("", "no_answer")],
)
async def test_others_are_not(completion, verdict):
    async with local_tools() as tools:
        score = await tools.verify("words", completion, {"at_most": 5}, {})
    assert (score.reward, score.verdict) == (0.0, verdict)
"""


@pytest.fixture
def package(tmp_path):
    """The files of the page, where it says that they are."""
    shown = re.findall(r"`([\w/.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert [name for name, _ in shown] == [
        "rewardbox_words/__init__.py",
        "pyproject.toml",
        "tests/test_words.py",
    ]
    for name, text in shown:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_package_of_the_page_installs_and_passes_its_tests(package, installing, bare_pytest):
    tests = package / "tests" / "test_words.py"
    tests.write_text(tests.read_text(encoding="utf-8") + MORE_TESTS, encoding="utf-8")

    done = subprocess.run(
        [*bare_pytest, tests],
        cwd=package,
        env=installing(package),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed" in done.stdout, done.stdout + done.stderr
