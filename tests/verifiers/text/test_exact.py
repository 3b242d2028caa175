"""text.exact: equal means equal, and the exceptions are those that the reference names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers import InvalidReference
from verifiers.text.exact import ExactReference

pytestmark = pytest.mark.anyio

RIGHT = [
    ("Paris", "Paris"),
    ("  Paris\n", "Paris"),
    ("<think>Lyon?</think>Paris", "Paris"),
    ("It is clear. <answer>Paris</answer>", "Paris"),
    (r"So it is \boxed{Paris}.", "Paris"),
    (r"<answer>\boxed{Paris}</answer>", "Paris"),
    ("Paris<|im_end|>", "Paris"),
    ("<s>London</s>", "<s>London</s>"),
    ("Paris", {"answer": ["Lutetia", "Paris"]}),
    ("pARIS", {"answer": "Paris", "case_sensitive": False}),
    ("STRASSE", {"answer": "Straße", "case_sensitive": False}),
    ("New \n York", {"answer": "New York", "normalise_whitespace": True}),
    ("cafe\u0301", "caf\u00e9"),
    ("\uff30aris", {"answer": "Paris", "unicode": "NFKC"}),
    (" Paris ", {"answer": " Paris ", "strip": False}),
]

WRONG = [
    ("London", "Paris"),
    ("paris", "Paris"),
    ("Paris is the capital", "Paris"),
    ("Paris", "Paris is the capital"),
    ("Paris London", {"answer": ["Paris", "London"]}),
    ("New  York", "New York"),
    ("\uff30aris", "Paris"),
    ("P\u0430ris", {"answer": "Paris", "unicode": "NFKC", "case_sensitive": False}),
    ("Paris\u200b", "Paris"),
    (" Paris", {"answer": "Paris", "strip": False}),
    ("cafe\u0301", {"answer": "caf\u00e9", "unicode": "none"}),
    ("<answer>London</answer> Paris", "Paris"),
    ("['Paris', 'London']", {"answer": ["Paris", "London"]}),
]


@pytest.mark.parametrize(("completion", "reference"), RIGHT)
async def test_what_equals_the_expected_text_is_right(tools, completion, reference):
    score = await tools.verify("text.exact", completion, reference, {})
    assert (score.reward, score.verdict) == (1.0, "accepted")


@pytest.mark.parametrize(("completion", "reference"), WRONG)
async def test_what_differs_from_it_is_wrong(tools, completion, reference):
    score = await tools.verify("text.exact", completion, reference, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


@pytest.mark.parametrize(
    "completion", ["", " \n", "<think>Paris", "<answer></answer>", r"Paris \boxed{ }"]
)
async def test_without_an_answer_there_is_none(tools, completion):
    score = await tools.verify("text.exact", completion, "Paris", {})
    assert (score.reward, score.verdict, score.extracted) == (0.0, "no_answer", None)


@pytest.mark.parametrize("reference", ["", " ", {"answer": []}, {"answer": ["Paris", ""]}])
async def test_an_empty_expected_text_is_a_broken_task(tools, reference):
    with pytest.raises(InvalidReference, match=r"reference\.answer"):
        await tools.verify("text.exact", "", reference, {})


@pytest.mark.parametrize(
    ("extract", "answer"),
    [
        ("auto", "3"),
        ("whole", "1\n```\n2\n```\n<answer>\\boxed{3}</answer>"),
        ("answer_tag", r"\boxed{3}"),
        ("boxed", "3"),
        ("code_block", "2\n"),
    ],
)
async def test_extract_says_where_the_answer_stands(tools, extract, answer):
    completion = "<think>0</think>1\n```\n2\n```\n<answer>\\boxed{3}</answer>"
    score = await tools.verify("text.exact", completion, answer, {"extract": extract})
    assert (score.reward, score.extracted) == (1.0, answer)


async def test_the_expected_text_is_shown_only_on_request(tools):
    hidden = await tools.verify("text.exact", "London", "Paris", {})
    shown = await tools.verify("text.exact", "London", "Paris", {"reveal_expected": True})
    assert "Paris" not in hidden.message
    assert "Paris" in shown.message


@given(
    st.text(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["none", "NFC", "NFKC"]),
)
def test_a_normal_form_is_its_own_normal_form(text, case, strip, spaces, unicode):
    reference = ExactReference(
        answer="x",
        case_sensitive=case,
        strip=strip,
        normalise_whitespace=spaces,
        unicode=unicode,
    )
    once = reference.normal_form(text)
    assert reference.normal_form(once) == once
