"""text.json: the answer is the expected JSON value, or fits a JSON Schema."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import WithJsonSchema

from verifiers.base import Extract, Options, Score, Tools, Verdict
from verifiers.completion import after_reasoning, answer_tag, fenced_blocks
from verifiers.errors import InvalidReference
from verifiers.text.answer import find_answer, no_answer, right, wrong
from verifiers.text.blame import TooLong
from verifiers.text.json_schema import Flaw, schema_flaw
from verifiers.text.json_values import InvalidJson, check_bounds, json_equal, parse_json
from verifiers.text.threads import judge

_REFERENCE_SCHEMA = {
    "description": 'The expected value as it is, or {"value": …}, or {"schema": …}.',
    "anyOf": [
        {
            "type": "object",
            "properties": {"schema": {"type": ["object", "boolean"]}},
            "required": ["schema"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"value": {}},
            "required": ["value"],
            "additionalProperties": False,
        },
        {},
    ],
}


class Expected(NamedTuple):
    """A reference, with no doubt left about what it means."""

    value: Any
    is_schema: bool


class JsonVerifier:
    name = "text.json"
    summary = "The answer is JSON that equals the expected value, or fits a JSON Schema."
    reference_type = Annotated[Any, WithJsonSchema(_REFERENCE_SCHEMA)]
    options_model = Options
    example: Mapping[str, Any] = {
        "completion": 'Here you are:\n```json\n{"name": "Ada", "born": 1815.0}\n```',
        "reference": {"value": {"born": 1815, "name": "Ada"}},
    }

    async def verify(
        self, completion: str, reference: Any, options: Options, tools: Tools
    ) -> Score:
        expected = read_reference(reference)
        answer = await judge(find_json, completion, options.extract)
        value, error = (None, None) if answer is None else await judge(_parse, answer)
        if expected.is_schema:
            try:
                # Also without an answer: a broken schema is to be known as such.
                flaw = await schema_flaw(expected.value, answer or "", value, tools)
            except TooLong as too_long:
                return Score(reward=0.0, verdict=Verdict.TIME_LIMIT_EXCEEDED, message=f"{too_long}")
        else:
            flaw = _difference(value, expected.value)
        if answer is None:
            return no_answer("the completion has no JSON")
        if error:
            return wrong(answer, error)
        if flaw:
            shown = f": {flaw.why}" if options.reveal_expected else ""
            return wrong(answer, f"{flaw.where}{shown}")
        return right(answer, "the answer is as expected")


def read_reference(reference: Any) -> Expected:
    """What is expected; raises InvalidReference where it could mean two things."""
    try:
        check_bounds(reference)
    except InvalidJson as error:
        raise InvalidReference(f"the reference is no JSON: {error}") from error
    if isinstance(reference, dict) and not reference.keys().isdisjoint({"schema", "value"}):
        return _read_wrapper(reference)
    if isinstance(reference, str) and _is_json(reference):
        raise InvalidReference(
            "the reference is a string that holds JSON, and could mean either: give the JSON "
            'itself without the quotes, or {"value": "…"} for the string'
        )
    return Expected(reference, is_schema=False)


def find_json(completion: str, extract: Extract) -> str | None:
    """The text of the answer, or None if nothing in the completion looks like JSON.

    `auto` looks in the last <answer> tag, or else in everything after the reasoning: for JSON and
    nothing else, then for the last fenced block (one labelled json goes before others), then from
    the first opening to the last closing bracket.
    """
    if extract != "auto":
        return find_answer(completion, extract)
    text = after_reasoning(completion)
    tagged = answer_tag(text)
    text = (text if tagged is None else tagged).strip()
    if _is_json(text):
        return text
    if blocks := fenced_blocks(text):
        labelled = [block for block in blocks if block.info.lower().startswith("json")]
        return (labelled or blocks)[-1].content.strip() or None
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=-1)
    end = max(text.rfind("}"), text.rfind("]"))
    return text[start : end + 1] if 0 <= start < end else None


def _read_wrapper(reference: dict[str, Any]) -> Expected:
    match list(reference):
        case ["schema"]:
            return Expected(reference["schema"], is_schema=True)
        case ["value"]:
            return Expected(reference["value"], is_schema=False)
        case _:
            raise InvalidReference(
                "the reference could be the expected object itself, or a value or schema with "
                'other fields beside it: write {"value": …} around the whole for the first, '
                'only {"value": …} or only {"schema": …} for the second'
            )


def _parse(answer: str) -> tuple[Any, str | None]:
    """The value that the answer spells, or None and what is wrong with the spelling."""
    try:
        return parse_json(answer), None
    except InvalidJson as error:
        return None, f"{error}"


def _difference(value: Any, expected: Any) -> Flaw | None:
    if json_equal(value, expected):
        return None
    return Flaw("the answer is not the expected value", json.dumps(expected)[:1000])


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except InvalidJson:
        return False
    return True
