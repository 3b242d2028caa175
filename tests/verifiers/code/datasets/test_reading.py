"""What rows mean, which are ambiguous, and what is said of those that are broken."""

import base64
import contextlib
import json
import pickle
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import InvalidReference
from verifiers.code.datasets import FAMILIES, read, recognise
from verifiers.code.datasets.rows import JUDGES
from verifiers.registry import Registry

FOLDER = Path(__file__).parents[3] / "data" / "datasets"
ROWS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
REGISTRY = Registry.load()


def family_of(row):
    found = recognise(row)
    assert found is not None
    return found[0]


def pack(data):
    return base64.b64encode(zlib.compress(data)).decode()


@pytest.mark.parametrize("name", ROWS)
def test_a_row_goes_to_its_verifier_with_its_limits(name):
    case = ROWS[name]
    reading = read(case["row"])
    assert reading.verifier == case["verifier"]
    assert reading.options == case.get("options", reading.options)
    REGISTRY.entry(reading.verifier).parse_reference(reading.reference)
    REGISTRY.entry(reading.verifier).parse_options(reading.options)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_told_by_its_keys_alone(name):
    family = family_of(ROWS[name]["row"])
    assert [each.name for each in FAMILIES.values() if each.recognises(ROWS[name]["row"])] == [
        family.name
    ]


@pytest.mark.parametrize("name", ROWS)
def test_the_same_row_as_text_or_in_an_envelope_reads_the_same(name):
    row = ROWS[name]["row"]
    family = family_of(row)
    assert read(json.dumps(row)) == read(row)
    assert read({"dataset": family.name, "row": row}) == read(row)


@pytest.mark.parametrize(
    ("tests", "close"),
    [
        ({"inputs": ["1"], "outputs": ["3.14\n"]}, True),
        ({"inputs": ["1", "2"], "outputs": ["3", "-1.5e-7 x"]}, True),
        ({"inputs": ["1"], "outputs": ["3"]}, False),
        ({"inputs": ["1"], "outputs": ["1.2.3 v1.5 2."]}, False),
        ({"inputs": [[1]], "outputs": [{"a": [0.5]}], "fn_name": "f"}, True),
        ({"inputs": [[1.5]], "outputs": [1], "fn_name": "f"}, False),
    ],
)
def test_numbers_with_decimals_are_compared_with_a_tolerance(tests, close):
    reference = read({"input_output": tests, "starter_code": "class Solution:"}).reference
    checker = {"kind": "float", "abs_tolerance": 1e-5, "rel_tolerance": 1e-5}
    assert reference.get("checker") == (checker if close else None)


def test_every_shape_has_a_row():
    covered = {family_of(case["row"]).name for case in ROWS.values()}
    assert covered | {"tests"} == set(FAMILIES)


def columns(**more):
    return {"input_output": {"inputs": [[1]], "outputs": [[2]], "fn_name": "f", **more}}


AMBIGUOUS = {
    "a result that is a list, or is in one": columns(),
    "tests of two datasets": {
        "input_output": {"inputs": ["1"], "outputs": ["2"]},
        "test_list": ["assert f(1) == 2"],
    },
    "both kinds of tests in a list": {
        "tests": [
            {"type": "stdin_stdout", "input": "1", "output": "2"},
            {"type": "function_call", "fn_name": "f", "input": [1], "output": [2]},
        ]
    },
    "tests of two kinds": {
        "input_output": {"inputs": ["1"], "outputs": ["2"], "assert_case": ["assert f(1)"]}
    },
    "a function, and tests that may not call it": {
        "tests": json.dumps([{"input": "1", "output": "2"}]),
        "metadata": {"func_name": "f"},
    },
    "two functions": {
        "tests": [
            {"type": "function_call", "fn_name": "f", "input": [1], "output": [2]},
            {"type": "function_call", "fn_name": "g", "input": [1], "output": [2]},
        ]
    },
    "an answer to nobody knows what": {"reward_model": {"ground_truth": "34"}},
    "parts of an answer, or ways to write it": {"question": "?", "final_answer": ["1", "2"]},
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_is_ambiguous_is_refused_with_a_remedy(name):
    with pytest.raises(InvalidReference) as refused:
        read(AMBIGUOUS[name])
    field, _, problem = str(refused.value).partition(": ")
    assert field
    assert "; " in problem, problem


def test_what_was_ambiguous_is_read_once_it_is_said():
    wrapped = read({**columns(), "source": "codewars"}).reference["tests"]
    plain = read({**columns(), "source": "leetcode"}).reference["tests"]
    assert (wrapped[0]["expected"], plain[0]["expected"]) == (2, [2])
    both = AMBIGUOUS["tests of two datasets"]
    assert read({"dataset": "mbpp", "row": both}).verifier == "code.asserts"
    assert read({"dataset": "taco", "row": both}).verifier == "code.stdio"


BROKEN = [
    ({"input_output": ""}, "input_output: has no tests"),
    ({"input_output": "{"}, "input_output: is neither JSON nor a Python literal"),
    ({"input_output": {}}, "input_output: has no tests"),
    ({"input_output": {"inputs": [], "outputs": []}}, "input_output: has no tests"),
    ({"input_output": {"inputs": ["1"], "outputs": []}}, "has 1 inputs and 0 outputs"),
    ({"input_output": {"inputs": "1", "outputs": "2"}}, "input_output.inputs: must be a list"),
    ({"input_output": {"inputs": [1], "outputs": ["2"]}}, "input_output.inputs.0: must be text"),
    ({"input_output": {"inputs": [None], "outputs": ["2"]}}, "not null"),
    ({"input_output": {"inputs": ["x"], "outputs": ["1"], "fn_name": "f"}}, "is no JSON"),
    ({"input_output": {"inputs": [1], "outputs": [1], "fn_name": "f"}}, "inputs.0: must be a list"),
    ({"input_output": {"inputs": ["1"], "outputs": ["1"], "fn_name": 7}}, "fn_name: must be text"),
    ({"input_output": {"inputs": ["1"], "outputs": ["1"]}, "time_limit": "soon"}, "time_limit"),
    ({"input_output": {"inputs": ["1"], "outputs": ["1"]}, "time_limit": -1}, "time_limit"),
    ({"input_output": {"inputs": ["1"], "outputs": ["1"]}, "memory_limit": "1 potato"}, "megabyte"),
    ({"input_output": "[" * 100_000}, "input_output"),
    ({"input_output": "[" * 70 + "]" * 70}, "nested deeper than 64 levels"),
    ({"input_output": "(" * 150 + ")" * 150}, "input_output"),
    ({"input_output": "{'a': __import__('os')}"}, "neither JSON nor a Python literal"),
    ({"input_output": "9" * 5000}, "input_output"),
    ({"private_test_cases": "eJwLSS"}, "private_test_cases: is no JSON"),
    ({"private_test_cases": "[]"}, "has no tests"),
    ({"public_test_cases": '["text"]'}, "must be an object"),
    ({"public_test_cases": "[{}]", "metadata": 7}, "metadata: must be an object"),
    ({"public_tests": {"input": ["1"], "output": []}}, "public_tests: has 1 inputs"),
    ({"public_tests": {"input": [], "output": []}}, "has no tests"),
    ({"public_tests": {"input": ["1"], "output": ["1"]}, "input_file": "in.txt"}, "input_file"),
    ({"official_tests": None, "generated_tests": 12}, "official_tests: is empty"),
    ({"official_tests": [], "interaction_format": "Ask."}, "interaction_format"),
    ({"official_tests": [], "input_mode": "file"}, "input_mode"),
    ({"test_cases": []}, "has no tests"),
    ({"test_cases": [{"input": "1"}]}, "test_cases.0: has no `output`"),
    ({"test_cases": ["print(1)"]}, "without an `assert`"),
    ({"tests": [{"input": "", "output": "", "type": ["x"]}]}, "tests.0.type: must be text"),
    ({"tests": [{"input": "", "output": "", "fn_name": [1]}]}, "tests.0.fn_name: must be text"),
    ({"test_list": []}, "test_list: has no tests"),
    ({"test_list": [7]}, "test_list.0: must be text"),
    ({"test_info": [], "test": "def test_f(): pass"}, "imports no module `solution`"),
    ({"test": "", "entry_point": "f"}, "test: has no tests"),
    ({"verification_info": "{}"}, "neither `test_cases` nor `ground_truth`"),
    ({"verification_info": {"ground_truth": "x"}, "task_type": "llm_judge"}, "llm_judge"),
    ({"reward_model": {"ground_truth": []}, "ability": "code"}, "has no tests"),
    ({"reward_model": {"ground_truth": ""}, "ability": "math"}, "is empty"),
    ({"ground_truth": "x", "dataset": "ifeval"}, "names the check 'ifeval'"),
    ({"question": "?", "answer": "so\n####"}, "is empty"),
    ({"problem": "?", "solution": "\\boxed{1"}, "no \\boxed answer that is closed"),
    ({"problem": "?", "expected_answer": "1", "problem_type": "converted_proof"}, "problem_type"),
    ({"task_id": "HumanEval53", "declaration": "", "prompt": "", "test": "x"}, "task_id"),
    ({"dataset": "no such", "row": {}}, "none that is known"),
    ({"colour": "red"}, "has `colour`, which is the shape of no known dataset"),
    ("no row", "is text"),
    (True, "is true or false"),
    ({}, "is an object"),
    ([], "is a list"),
    ({"test_cases": [{"input": "", "output": ""}], "time_limit": 10**400}, "time_limit"),
    ({"test_cases": [{"input": "", "output": ""}], "memory_limit": 10**400}, "memory_limit"),
]


@pytest.mark.parametrize(("row", "said"), BROKEN, ids=lambda value: str(value)[:60])
def test_what_is_broken_is_named(row, said):
    with pytest.raises(InvalidReference) as refused:
        read(row)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 1000


BRACKETS = "[" + ",".join(["[]"] * 1_100_000) + "]"
HOSTILE = {
    "brackets": {"private_test_cases": BRACKETS},
    "packed brackets": {"private_test_cases": pack(pickle.dumps(BRACKETS))},
    "zeros": {"private_test_cases": pack(bytes(100_000_000))},
    "lists": {"input_output": "[" * 1_000_000},
    "objects": {"input_output": '{"a":' * 1_000_000},
    "minus signs": {"input_output": "[" + "-" * 1_000_000 + "1]"},
    "a long literal": {"input_output": "['a'," + "1," * 1_900_000 + "]"},
    "a power": {"input_output": "[9**9**9]"},
    "digits": {"input_output": '{"inputs": [' + "9" * 100_000 + "]}"},
    "a great limit": {"public_tests": {"input": ["1"], "output": ["1"]}, "time_limit": 10**400},
    "an infinite limit": {"official_tests": [{"input": "", "output": ""}], "time_limit": 1e400},
    "white space": {"test_cases": [" \n" * 1_000_000]},
    "tabs": {"test_info": [], "test": "\t " * 2_000_000},
    "boxes": {"problem": "?", "solution": "\\boxed{" * 300_000},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_is_refused_soon_by_the_name_of_its_field(name):
    started = time.process_time()
    with pytest.raises(InvalidReference) as refused:
        read(HOSTILE[name])
    assert str(refused.value).startswith(tuple({*HOSTILE[name], "public_test_cases"}))
    assert time.process_time() - started < 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
KEYS = sorted({key for case in ROWS.values() for key in case["row"]})


@given(row=st.dictionaries(st.sampled_from(KEYS), JSON | JSON.map(json.dumps), max_size=6))
def test_rows_of_wrong_types_are_read_or_refused_in_words(row):
    for family in FAMILIES.values():
        family.recognises(row)
    with contextlib.suppress(InvalidReference):
        assert read(row).verifier in JUDGES


@given(name=st.sampled_from(sorted(ROWS)), data=st.data())
def test_rows_with_one_wrong_field_are_read_or_refused_in_words(name, data):
    row = dict(ROWS[name]["row"])
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(JSON)
    for family in FAMILIES.values():
        family.solutions(row)
    with contextlib.suppress(InvalidReference):
        assert read(row).verifier in JUDGES
