"""Test files in other languages than Python: the tests share the program's process.

Which tests there are is read from the text of the file before anything runs; a test has passed when
the process came to its end, and does not come there once what it expects is altered.
"""

import re
from collections.abc import Mapping

from sandbox.languages import language_table
from verifiers.base import Options, Score, Tools, Verdict
from verifiers.code.appended.parts import Parts, Style
from verifiers.code.appended.styles import STYLES
from verifiers.code.appended.trial import Trial, key_of
from verifiers.code.extract import extract_program
from verifiers.code.rewards import aggregate
from verifiers.code.unittest import java, javascript
from verifiers.errors import InvalidOptions, InvalidReference, VerifierError

_ANYTHING = re.compile(r"")
_RUN_AS = {"java": "java_junit"}
"""Languages of the table under another name, where a framework has to be there too."""
_NO_JUNIT = re.compile(r"package org\.junit\.(?:platform\.launcher|runner) does not exist")

_STYLES: Mapping[str, Style] = {
    "go": STYLES["go"],
    "rust": STYLES["rust"],
    "java": Style(
        join=java.join, files=java.files, named_tests=java.named_tests, risky=STYLES["java"].risky
    ),
    "javascript": Style(
        join=javascript.join,
        files=javascript.files,
        named_tests=javascript.named_tests,
        risky=_ANYTHING,
    ),
}


async def judge_file(
    completion: str, source: str, *, language: str, options: Options, tools: Tools
) -> Score:
    """The score of a completion by a test file of that language's framework."""
    name = language_table().find(language).name
    if name not in _STYLES:
        known = ", ".join(["python", *sorted(_STYLES)])
        raise InvalidOptions(f"options.language: there are no test files in {name}, but in {known}")
    style = _STYLES[name]
    names = [test.name for test in style.named_tests(source)]
    if not names:
        raise InvalidReference("reference.tests has no tests that this language's framework runs")
    program = extract_program(completion, how=options.extract, language=name)
    if program is None:
        return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no program in it")
    parts = Parts(setup="", program=program, tests=source, key=key_of(program, source))
    trial = Trial(_RUN_AS.get(name, name), style, parts, options, tools)
    outcome = await trial.run()
    if isinstance(outcome, Score):
        if _NO_JUNIT.search(outcome.message):
            raise VerifierError("the runners have no JUnit (Debian and Ubuntu: package junit5)")
        return outcome.model_copy(update={"extracted": program})
    results = await trial.judge_each(outcome)
    score = aggregate(results, total=len(names), options=options)
    return score.model_copy(update={"extracted": program})
