"""code.unittest: a program judged by a file of tests, in the framework that its language has."""

from collections.abc import Mapping
from typing import Any

from pydantic import field_validator

from verifiers.base import Score, Strict, Tools
from verifiers.code.luck import LuckOptions
from verifiers.code.unittest.frameworks import judge_file
from verifiers.code.unittest.python import judge_python

_PYTHON = ("python", "py", "py3", "python3")


class UnittestReference(Strict):
    """A file of tests, as a test runner would be given it."""

    tests: str
    """Source of the file. For Python: a pytest or unittest file that imports the program."""
    module: str = "solution"
    """The name under which the tests import the program."""

    @field_validator("tests")
    @classmethod
    def _some(cls, tests: str) -> str:
        if not tests.strip():
            raise ValueError("it is empty; give a file with at least one test")
        return tests

    @field_validator("module")
    @classmethod
    def _name(cls, module: str) -> str:
        if not module.isidentifier():
            raise ValueError("give the plain name of a module, such as solution")
        return module


class UnittestVerifier:
    name = "code.unittest"
    summary = (
        "A program, judged by a test file: pytest, unittest, node:test, go, rustc --test, JUnit."
    )
    reference_type = UnittestReference
    options_model = LuckOptions
    example: Mapping[str, Any] = {
        "completion": "```python\ndef add(a, b):\n    return a + b\n```",
        "reference": {
            "tests": "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n"
        },
    }

    async def verify(
        self, completion: str, reference: UnittestReference, options: LuckOptions, tools: Tools
    ) -> Score:
        if options.language is None or options.language in _PYTHON:
            return await judge_python(completion, reference.tests, reference.module, options, tools)
        return await judge_file(
            completion, reference.tests, language=options.language, options=options, tools=tools
        )
