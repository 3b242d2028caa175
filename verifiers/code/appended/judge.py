"""code.asserts in other languages than Python: a source of tests is one program with the answer."""

import functools
import re
from collections.abc import Sequence

from sandbox.languages import language_table
from verifiers.base import Options, Score, TestResult, Tools, Verdict
from verifiers.code.appended.parts import Parts, Style
from verifiers.code.appended.pieces import continued
from verifiers.code.appended.styles import STYLES
from verifiers.code.appended.trial import Trial, key_of
from verifiers.code.extract import extract_program
from verifiers.code.rewards import aggregate, stops_on_failure
from verifiers.completion import after_reasoning
from verifiers.errors import InvalidOptions


def known_languages() -> list[str]:
    return sorted(STYLES)


def style_of(language: str) -> tuple[str, Style]:
    """Raises InvalidOptions for a language without a way to append tests, UnknownLanguage."""
    name = language_table().find(language).name
    if name not in STYLES:
        known = ", ".join(known_languages())
        raise InvalidOptions(f"options.language: no tests are appended in {name}, but in {known}")
    return name, STYLES[name]


async def judge_appended(
    completion: str,
    *,
    language: str,
    prompt: str,
    setup: str,
    tests: Sequence[str],
    entry_point: str | None,
    options: Options,
    tools: Tools,
) -> Score:
    """The score of a completion by sources of tests, each of them a program with it."""
    name, style = style_of(language)
    given = _program(completion, prompt, name, options)
    if given is None:
        return Score(reward=0.0, verdict=Verdict.NO_ANSWER, message="there is no program in it")
    results: list[TestResult] = []
    for index, source in enumerate(tests):
        whole, source = continued(
            prompt, given, source, name, defined=_is_whole(given, prompt, entry_point)
        )
        parts = Parts(setup=setup, program=whole, tests=source, key=key_of(whole, source))
        trial = Trial(name, style, parts, options, tools)
        outcome = await trial.run()
        if isinstance(outcome, Score):
            return outcome.model_copy(update={"extracted": given})
        results.append(await trial.judge_whole(outcome, index))
        if results[-1].verdict is not Verdict.ACCEPTED and stops_on_failure(options):
            break
    score = aggregate(results, total=len(tests), options=options)
    return score.model_copy(update={"extracted": given})


def _program(completion: str, prompt: str, language: str, options: Options) -> str | None:
    program = extract_program(completion, how=options.extract, language=language)
    if program is None and prompt and options.extract == "auto":
        program = after_reasoning(completion)
    return program if program and program.strip() else None


def _is_whole(program: str, prompt: str, entry_point: str | None) -> bool:
    """Whether the program begins anew what the prompt has begun."""
    name = entry_point or _last_name(prompt)
    return not prompt or (name is not None and _defines(program, name))


_NAME = re.compile(r"(\w+)\s*(?:<[^<>]*>)?\s*\(")
_KEYWORDS = frozenset(
    ("if", "for", "while", "switch", "return", "catch", "sizeof", "fn", "function")
)


def _last_name(prompt: str) -> str | None:
    """The function that a prompt begins last."""
    head = prompt.rstrip().rstrip("{").rstrip()
    names = [name for name in _NAME.findall(head.rpartition("\n")[2]) if name not in _KEYWORDS]
    return names[0] if names else None


@functools.lru_cache(maxsize=1024)
def _definition(name: str) -> re.Pattern[str]:
    # A definition has something before its name, and is not a call: that has no body.
    return re.compile(
        rf"^(?!\s*(?:return|if|while|for)\b)[^\n;=]*?[\w>\]&*:)]+[ \t*&]+{re.escape(name)}\s*"
        rf"(?:<[^<>\n]*>)?\s*\([^;]*?\)[^;]*?\{{"
        rf"|\b(?:const|let|var)\s+{re.escape(name)}\b|^\s*(?:sub|function|def)\s+{re.escape(name)}\b"
        rf"|^\s*{re.escape(name)}\s*(?:<-|=|\(\))",
        re.MULTILINE,
    )


def _defines(program: str, name: str) -> bool:
    return _definition(name.rpartition(".")[2]).search(program) is not None
