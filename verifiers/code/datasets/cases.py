"""Tests in the shapes that datasets share, made into references of the verifiers that judge them.

{"inputs": [...], "outputs": [...], "fn_name"?: "f"}            APPS, TACO, PRIME, LiveCodeBench
[{"input": ..., "output": ..., "type"|"testtype"?: ...}, ...]   DeepCoder, SYNTHETIC, Codeforces
{"input": [...], "output": [...]}                               CodeContests
["assert f(1) == 2", ...]                                       AceCode, MBPP, open-instruct
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verifiers.code.datasets.fields import (
    as_list,
    as_object,
    as_text,
    decoded,
    kind,
    refuse,
    refuse_empty,
)
from verifiers.code.datasets.reading import Reading

_STDIO_TYPES = {"stdin", "stdin_stdout", "stdio", "diff", "standard_input"}
_FUNCTION_TYPES = {"functional", "function_call", "call", "function", "import_function"}
_ASSERTION = re.compile(r"^[ \t]*(?:assert\b|def\b|import\b|from\b|#)", re.MULTILINE)
_DECIMALS = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d+)?")
_CLOSE = 1e-5
"""How near a result has to be, as APPS has it."""
_WRAPPED, _PLAIN = "wrapped", "plain"
#: What is known of the sites that problems with a function come from: whether their expected
#: values stand alone or in a list of one.
_SITES = {
    "codewars": _WRAPPED,
    "leetcode": _PLAIN,
    "hackerrank": _PLAIN,
    "geeksforgeeks": _PLAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rest of a row says about its tests."""

    field: str
    """Path of the tests, for messages."""
    function: str | None = None
    """Name of the function to call, where it is not with the tests."""
    starter: str = ""
    """Code that the task begins with."""
    site: str = ""
    """Where the task comes from: a name or an address."""


def from_tests(tests: Any, context: Context) -> Reading:
    """The reading of tests in any shared shape. Raises InvalidReference."""
    field = context.field
    tests = decoded(tests, field)
    if isinstance(tests, Mapping):
        if "inputs" in tests or "outputs" in tests:
            return from_columns(tests, context)
        if "input" in tests and "output" in tests:
            columns = {"inputs": tests["input"], "outputs": tests["output"]}
            return from_columns(columns, context)
        if "assert_case" in tests:
            return from_assertions(tests["assert_case"], f"{field}.assert_case")
        refuse(field, f"has {_names(tests)}, but no `inputs` and `outputs`", "name the dataset")
    tests = as_list(tests, field)
    if not tests:
        refuse_empty(field)
    if all(isinstance(test, str) for test in tests):
        return from_assertions(tests, field)
    return from_records(tests, context)


def from_columns(tests: Mapping[str, Any], context: Context) -> Reading:
    """The reading of lists of inputs and outputs; with the name of a function, of its arguments."""
    field = context.field
    if tests.get("assert_case"):
        refuse(
            field,
            "has both `inputs` and `assert_case`, which may say different things",
            "leave one of them out",
        )
    inputs = as_list(decoded(tests.get("inputs"), f"{field}.inputs"), f"{field}.inputs")
    outputs = as_list(decoded(tests.get("outputs"), f"{field}.outputs"), f"{field}.outputs")
    if len(inputs) != len(outputs):
        refuse(field, f"has {len(inputs)} inputs and {len(outputs)} outputs", "give as many")
    if not inputs:
        refuse_empty(field)
    name = function_name(tests.get("fn_name"), context)
    if name is None:
        return from_texts(list(zip(inputs, outputs, strict=True)), context)
    if all(isinstance(value, str) for value in inputs):
        return _called_with_lines(name, inputs, outputs, field)
    return _called_with_lists(name, inputs, outputs, context)


def from_records(tests: Sequence[Any], context: Context) -> Reading:
    """The reading of a list of tests that are objects, all of one type."""
    field = context.field
    records = [as_object(test, f"{field}.{index}") for index, test in enumerate(tests)]
    types = {_type_of(record, f"{field}.{index}") for index, record in enumerate(records)} - {None}
    if len(types) > 1:
        refuse(field, "mixes tests of standard input and of a function", "give one kind only")
    for index, record in enumerate(records):
        for key in ("input", "output"):
            if key not in record:
                refuse(f"{field}.{index}", f"has no `{key}`", "add it")
    if "function" not in types:
        if not types and context.function:
            refuse(
                field,
                f"names the function {context.function!r}, but no type of its tests",
                "give each test a `type`: `stdin_stdout` or `function_call`",
            )
        pairs = [(_stdin(record["input"]), _stdout(record["output"])) for record in records]
        return from_texts(pairs, context)
    names = {
        name
        for index, record in enumerate(records)
        if (name := _function_of(record, f"{field}.{index}"))
    }
    if len(names) > 1:
        refuse(field, f"names several functions: {', '.join(sorted(names))}", "name one")
    name = function_name(next(iter(names), None), context)
    if name is None:
        refuse(field, "has tests of a function, but not its name", "add `fn_name`")
    inputs = [record["input"] for record in records]
    outputs = [record["output"] for record in records]
    if all(isinstance(value, str) for value in inputs):
        return _called_with_lines(name, inputs, outputs, field)
    cases = [
        _case(as_list(given, f"{field}.{index}.input"), _only(expected))
        for index, (given, expected) in enumerate(zip(inputs, outputs, strict=True))
    ]
    return function(name, cases)


def from_texts(pairs: Sequence[tuple[Any, Any]], context: Context) -> Reading:
    """The reading of pairs of what is on standard input and what has to be printed."""
    field = context.field
    tests = [
        {
            "stdin": _lines(given, f"{field}.inputs.{index}"),
            "stdout": _lines(expected, f"{field}.outputs.{index}"),
        }
        for index, (given, expected) in enumerate(pairs)
    ]
    if not tests:
        refuse_empty(field)
    reference = {"tests": tests, **_tolerance(any(_has_decimals(each["stdout"]) for each in tests))}
    return Reading(verifier="code.stdio", reference=reference)


def from_assertions(tests: Any, field: str, **more: Any) -> Reading:
    """The reading of assertions, each a test; `more` goes into the reference."""
    sources = [
        as_text(test, f"{field}.{index}") for index, test in enumerate(as_list(tests, field))
    ]
    if not sources:
        refuse_empty(field)
    if not any(_ASSERTION.search(source) for source in sources):
        refuse(field, "is a list of texts without an `assert`", "name the dataset")
    return Reading(verifier="code.asserts", reference={"tests": sources, **more})


def function(name: str, cases: Sequence[Mapping[str, Any]]) -> Reading:
    """The reading of calls of a function, with what they are to return."""
    tolerance = _tolerance(any(_has_fraction(case["expected"]) for case in cases))
    reference = {"entry_point": name, "tests": list(cases), **tolerance}
    return Reading(verifier="code.function", reference=reference)


def _tolerance(is_wanted: bool) -> dict[str, Any]:
    """The checker of results that were computed in floating point, if some were."""
    if not is_wanted:
        return {}
    return {"checker": {"kind": "float", "abs_tolerance": _CLOSE, "rel_tolerance": _CLOSE}}


def _has_decimals(text: str) -> bool:
    return any(map(_DECIMALS.fullmatch, text.split()))


def _has_fraction(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_has_fraction, value))
    if isinstance(value, Mapping):
        return any(map(_has_fraction, value.values()))
    return isinstance(value, float)


def function_name(value: Any, context: Context) -> str | None:
    """The name of the function under test, of the tests or else of the row, if there is one."""
    field = f"{context.field}.fn_name"
    name = as_text(value, field) if value else None
    if name and context.function and name != context.function:
        refuse(field, f"is {name!r}, but the row names {context.function!r}", "leave one out")
    return name or context.function or None


def _called_with_lines(
    name: str, inputs: Sequence[str], outputs: Sequence[Any], field: str
) -> Reading:
    """Arguments as lines of JSON, results as JSON: LiveCodeBench's way."""
    cases = [
        _case(
            [_value(line, f"{field}.inputs.{index}") for line in given.split("\n") if line.strip()],
            _value(expected, f"{field}.outputs.{index}"),
        )
        for index, (given, expected) in enumerate(zip(inputs, outputs, strict=True))
    ]
    return function(name, cases)


def _called_with_lists(
    name: str, inputs: Sequence[Any], outputs: Sequence[Any], context: Context
) -> Reading:
    """Arguments as lists: the way of APPS, which knows two ways to write what is expected."""
    field = context.field
    arguments = [as_list(given, f"{field}.inputs.{index}") for index, given in enumerate(inputs)]
    wrapped = _are_wrapped(outputs, context)
    expected = [output[0] for output in outputs] if wrapped else outputs
    return function(name, [_case(*case) for case in zip(arguments, expected, strict=True)])


def _are_wrapped(outputs: Sequence[Any], context: Context) -> bool:
    if not all(isinstance(output, list | tuple) and len(output) == 1 for output in outputs):
        return False
    ways = {way for site, way in _SITES.items() if site in context.site.lower()}
    if not ways and context.starter:
        ways = {_PLAIN if "class Solution" in context.starter else _WRAPPED}
    if len(ways) != 1:
        refuse(
            f"{context.field}.outputs",
            "are lists of one element, which may be the results or hold them",
            "add `source` to the row: `codewars` if the results are in the lists, `leetcode` if "
            "they are the lists",
        )
    return ways == {_WRAPPED}


def _case(arguments: Sequence[Any], expected: Any) -> dict[str, Any]:
    return {"args": list(arguments), "expected": expected}


def _only(output: Any) -> Any:
    """What a call returns: tests of type function_call put it into a list of one."""
    return output[0] if isinstance(output, list | tuple) and len(output) == 1 else output


def _function_of(record: Mapping[str, Any], field: str) -> str | None:
    metadata = record.get("metadata")
    inner = metadata.get("func_name") if isinstance(metadata, Mapping) else None
    name = record.get("fn_name") or inner
    return as_text(name, f"{field}.fn_name") if name else None


def _type_of(record: Mapping[str, Any], field: str) -> str | None:
    said = record.get("type", record.get("testtype"))
    if said is None:
        return "function" if _function_of(record, field) else None
    said = as_text(said, f"{field}.type")
    if said in _STDIO_TYPES:
        return "stdio"
    if said in _FUNCTION_TYPES:
        return "function"
    return refuse(f"{field}.type", f"is {said!r}", "use `stdin_stdout` or `function_call`")


def _stdin(value: Any) -> Any:
    return value["stdin"] if isinstance(value, Mapping) and "stdin" in value else value


def _stdout(value: Any) -> Any:
    return value["stdout"] if isinstance(value, Mapping) and "stdout" in value else value


def _lines(value: Any, field: str) -> str:
    """Text, or a list of lines of it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return refuse(field, f"must be text or a list of lines, not {kind(value)}")


def _value(text: Any, field: str) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return refuse(field, f"has {text[:40]!r}, which is no JSON", "write arguments as JSON")


def _names(value: Mapping[str, Any]) -> str:
    return ", ".join(f"`{str(key)[:40]}`" for key in list(value)[:8]) or "nothing"
