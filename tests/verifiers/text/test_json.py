"""text.json: what is JSON, what is equal, what fits a schema, and what a reference means."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import InvalidReference
from verifiers.text.json_values import MAX_DEPTH, InvalidJson, json_equal, parse_json

pytestmark = pytest.mark.anyio

ADA = {"name": "Ada", "born": 1815}

EQUAL = [
    ('{"born": 1815.0, "name": "\\u0041da"}', ADA),
    ('```json\n{"name": "Ada", "born": 1815}\n```', ADA),
    ('Of course:\n```\n{"name": "Ada", "born": 1815}\n```\nBye.', ADA),
    ('```json\n{"name": "Ada", "born": 1815}\n```\n```python\nx = {}\n```', ADA),
    ('It is {"name": "Ada", "born": 1815}.', ADA),
    ('<answer>{"name": "Ada", "born": 1.815e3}</answer>', ADA),
    ('<think>{"name": "Bob"}</think>{"name": "Ada", "born": 1815}', ADA),
    ("[1, 2]", [1, 2]),
    ("null", None),
    ("true", True),
    ("-0", 0),
    ('"Ada"', "Ada"),
    ('{"schema": 1}', {"value": {"schema": 1}}),
    ("12345678901234567890123", 12345678901234567890123),
    (r'{"tex": "\\boxed{5}"}', {"tex": r"\boxed{5}"}),
]

DIFFERENT = [
    ('{"name": "Ada"}', ADA),
    ('{"name": "Ada", "born": 1815, "x": null}', ADA),
    ('{"name": "ada", "born": 1815}', ADA),
    ('{"name": "Ada", "born": "1815"}', ADA),
    ('{"name": "Ada", "born": 1814, "born": 1815}', ADA),
    ('{"name": "Ada", "born": 1815} {"name": "Bob", "born": 1815}', ADA),
    ("{'name': 'Ada', 'born': 1815}", ADA),
    ("[2, 1]", [1, 2]),
    ("[1, 2, 2]", [1, 2]),
    ("1", True),
    ("false", 0),
    ("0", None),
    ("[NaN]", [None]),
    ("[1e999]", [1]),
    ("9007199254740993", 9007199254740992),
    ("[" * 200 + "]" * 200, []),
    ("[" * 100_000 + "]" * 100_000, []),
    (f"[{'9' * 5000}]", [1]),
]


@pytest.mark.parametrize(("completion", "reference"), EQUAL)
async def test_the_same_value_is_right_however_it_is_written(tools, completion, reference):
    score = await tools.verify("text.json", completion, reference, {})
    assert (score.reward, score.verdict) == (1.0, "accepted")


@pytest.mark.parametrize(("completion", "reference"), DIFFERENT)
async def test_another_value_or_no_valid_json_is_wrong(tools, completion, reference):
    score = await tools.verify("text.json", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


@pytest.mark.parametrize("completion", ["", "Ada", "NaN", "<think>null</think>", "```\n\n```"])
@pytest.mark.parametrize("reference", [None, {"schema": {}}])
async def test_a_completion_without_json_has_no_answer(tools, completion, reference):
    score = await tools.verify("text.json", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


@pytest.mark.parametrize(
    "reference",
    [
        {"value": 1, "unit": "m"},
        {"schema": {}, "value": 1},
        {"schema": "public", "tables": []},
        '{"a": 1}',
        "42",
    ],
)
async def test_a_reference_with_two_readings_is_refused_with_both(tools, reference):
    with pytest.raises(InvalidReference, match=r"could.*\{\"value\": "):
        await tools.verify("text.json", "42", reference, {})


@pytest.mark.parametrize("reference", [float("nan"), [float("inf")], {"value": {1: 2}}, [()]])
async def test_a_reference_that_is_no_json_is_refused(tools, reference):
    with pytest.raises(InvalidReference, match="no JSON"):
        await tools.verify("text.json", "42", reference, {})


PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "born": {"type": "integer"}},
    "required": ["name"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "completion", "verdict"),
    [
        (PERSON, '{"name": "Ada", "born": 1815.0}', "accepted"),
        (PERSON, '{"name": "ada"}', "wrong_answer"),
        (PERSON, '{"name": "Ada", "born": true}', "wrong_answer"),
        (PERSON, '{"name": "Ada", "age": 36}', "wrong_answer"),
        (PERSON, '{"name": "Bob", "name": "Ada"}', "wrong_answer"),
        (PERSON, '{"name": "Ada"', "no_answer"),
        ({"format": "date"}, '"2026-02-30"', "wrong_answer"),
        ({"items": {"$ref": "#"}}, "[" * 99 + "]" * 99, "accepted"),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"enum": [1]}}}, "1", "accepted"),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"enum": [1]}}}, "true", "wrong_answer"),
        (False, "1", "wrong_answer"),
        ({"multipleOf": 0.5}, "9" * 400, "wrong_answer"),
    ],
)
async def test_an_answer_fits_a_schema_or_not(tools, schema, completion, verdict):
    score = await tools.verify("text.json", completion, {"schema": schema}, {})
    assert score.verdict == verdict
    assert score.reward == (verdict == "accepted")


BROKEN_SCHEMAS = [
    ({"type": "objekt"}, "objekt"),
    (3, "3"),
    ({"$ref": "#/$defs/none"}, "not within the schema"),
    ({"$ref": "http://127.0.0.1:9/schema.json"}, "nothing is fetched"),
    ({"$ref": "file:///etc/passwd"}, "nothing is fetched"),
    ({"$ref": "#"}, "without end"),
    ({"pattern": "("}, "not a 'regex'"),
    ({"$id": "http://[", "$ref": "a"}, "broken"),
    ({"pattern": "^(a+)+$"}, "the schema needs more than"),
    (
        {"$ref": "#/$defs/0"}
        | {"$defs": {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 9} for n in range(30)}},
        "the schema needs more than|not within",
    ),
]


@pytest.mark.parametrize(("schema", "reason"), BROKEN_SCHEMAS)
async def test_a_broken_schema_is_a_broken_task(tools, schema, reason):
    with pytest.raises(InvalidReference, match=reason):
        await tools.verify("text.json", f'"{"a" * 40}b"', {"schema": schema}, {})


async def test_a_schema_that_only_an_endless_answer_slows_down_is_not_to_blame(tools):
    answer = json.dumps([{"n": n} for n in range(40_000)])
    score = await tools.verify("text.json", answer, {"schema": {"uniqueItems": True}}, {})
    assert (score.reward, score.verdict) == (0.0, "time_limit_exceeded")


@pytest.mark.parametrize("reference", [{"value": "sesame"}, {"schema": {"enum": ["sesame"]}}])
async def test_what_was_expected_is_shown_only_on_request(tools, reference):
    hidden = await tools.verify("text.json", '"rice"', reference, {})
    shown = await tools.verify("text.json", '"rice"', reference, {"reveal_expected": True})
    assert "sesame" not in hidden.message
    assert "sesame" in shown.message


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_equals_itself_however_it_is_printed(value):
    for text in (
        json.dumps(value),
        json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True),
    ):
        assert json_equal(parse_json(text), value)


@given(VALUES, VALUES)
def test_equality_is_that_of_canonical_text(left, right):
    def canonical(value):
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, dict):
            return {key: canonical(item) for key, item in value.items()}
        return [canonical(item) for item in value] if isinstance(value, list) else value

    texts = [json.dumps(canonical(value), sort_keys=True) for value in (left, right)]
    assert json_equal(left, right) == (texts[0] == texts[1])


@given(st.text(alphabet='[]{}",:0123456789eE.-+ntfrulasaNIinfity \\'))
def test_any_text_is_a_bounded_value_or_invalid(text):
    try:
        value = parse_json(text)
    except InvalidJson:
        return
    json.dumps(value, allow_nan=False)


def test_depth_is_bounded_at_the_documented_level():
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) != []
    with pytest.raises(InvalidJson, match="deeper"):
        parse_json("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
