"""A prompt and what answers it become one program."""

import ast
import time
from typing import Any

import pytest

from verifiers.code.continuation import continue_prompt

PROMPT = '''import math

def helper(x):
    return x * 2


def solve(x: int) -> int:
    """Double it."""
'''


def names(source):
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def last_function(source):
    return ast.unparse(ast.parse(source).body[-1]).splitlines()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    y = helper(x)\n    return y", id="indented"),
        pytest.param("\n\n    y = helper(x)\n    return y\n\n", id="blank lines around"),
        pytest.param("y = helper(x)\nreturn y", id="not indented"),
        pytest.param("y = helper(x)\n    return y", id="without its first white space"),
        pytest.param("  y = helper(x)\n  return y", id="two spaces"),
        pytest.param("\ty = helper(x)\n\treturn y", id="tabs"),
    ],
)
def test_a_body_continues_the_prompt(body):
    whole = continue_prompt(PROMPT, body, "solve")
    assert names(whole) == ["helper", "solve"]
    assert last_function(whole)[-2:] == ["    y = helper(x)", "    return y"]


def test_functions_may_follow_the_body():
    whole = continue_prompt(PROMPT, "    return more(x)\n\ndef more(x):\n    return 2 * x", "solve")
    assert names(whole) == ["helper", "solve", "more"]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("def solve(x):\n    return helper(x)", id="a function"),
        pytest.param(PROMPT + "    return helper(x)", id="the prompt again"),
    ],
)
def test_a_whole_program_has_the_helpers_of_the_prompt_in_front(program):
    whole = continue_prompt(PROMPT, program, "solve")
    assert whole.endswith(program)
    assert whole.startswith("import math\n\ndef helper")
    assert names(whole).count("solve") == 1


@pytest.mark.parametrize(
    "program",
    [
        "solve = lambda x: 2 * x",
        "solve: object = abs",
        "from operator import neg as solve",
        "class solve: pass",
        "async def solve(x): ...",
        "if True:\n    def solve(x): ...",
        "try:\n    import fast as solve\nexcept ImportError:\n    def solve(x): ...",
    ],
)
def test_a_program_may_define_it_in_any_way(program):
    assert continue_prompt(PROMPT, program, "solve").endswith(f"    return x * 2\n{program}")


def test_imports_from_the_future_stay_first():
    program = "from __future__ import annotations\nimport re\ndef solve(x): ..."
    whole = continue_prompt(PROMPT, program, "solve")
    compile(whole, "main.py", "exec", dont_inherit=True)
    assert "import re" in whole
    assert "def helper" in whole


def test_without_an_entry_point_it_is_the_last_one_begun():
    assert names(continue_prompt(PROMPT, "    return x")) == ["helper", "solve"]
    assert names(continue_prompt(PROMPT, "def solve(x): ...")) == ["helper", "solve"]


def test_decorators_of_the_prompt_are_not_left_over():
    prompt = "import functools\n\n@functools.cache\ndef solve(x):\n"
    whole = continue_prompt(prompt, "class Other: pass\ndef solve(x): return x", "solve")
    assert "@" not in whole


def test_what_is_no_python_stays_an_error_of_syntax():
    for program in ("    return (", "def solve(x):\n    return (", "I do not know."):
        with pytest.raises(SyntaxError):
            ast.parse(continue_prompt(PROMPT, program, "solve"))


def test_a_prompt_that_is_prose_is_left_out():
    assert continue_prompt("Double the number.", "def solve(x): ...", "solve") == (
        "def solve(x): ..."
    )


@pytest.mark.parametrize(
    "program",
    ["(" * 100_000, "-" * 200_000, "a." * 100_000, "1+" * 100_000, "lambda:" * 30_000, "\0",
     "\ud800", "x" * 5_000_000, "\\d'\\d'", "if 1:\n" + " " * 200_000],
)  # fmt: skip
def test_hostile_text_is_survived(program):
    started = time.process_time()
    assert program.strip() in continue_prompt(PROMPT, program, "solve")
    assert time.process_time() - started < 5


def test_what_a_method_is_tested_by_stands_behind_what_the_prompt_has():
    prompt = "from typing import *\n\nclass Node:\n    def __init__(self):\n        pass\n"
    program = "class Solution:\n    def f(self, x):\n        return x\n"
    for entry_point in ("Solution().f", "Solution.f"):
        whole = continue_prompt(prompt, program, entry_point)
        nodes: list[Any] = ast.parse(whole).body
        assert [node.name for node in nodes[1:]] == ["Node", "Solution"]
