"""text.choice: the ways to name a choice, the ways to hedge, and words that are no letters."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifiers.text.choice_reading import Reader

pytestmark = pytest.mark.anyio

NAMES_B = [
    "B",
    "b",
    "(B)",
    "[B]",
    "B.",
    "b)",
    "**B**",
    "*B*",
    "`B`",
    '"B"',
    "$B$",
    "\n  B\n",
    "Ⓑ",
    "Ｂ",
    "Option B",
    "option (b)",
    "Choice B.",
    "B) 42",
    "(B) 42",
    "B. 42",
    "B: 42",
    "B - 42",
    "**B) 42**",
    "**B**: because 6 times 7 is 42",
    "B. A is too small, C too large.",
    "B: A is wrong",
    "B) No solution",
    "B. Not enough information",
    "B) None of these",
    "B) vitamin C",
    "The answer is B because A is wrong.",
    "The answer is B. A is wrong, as it's not even.",
    "B\n\nBecause A is too small.",
    r"\boxed{B}",
    r"\boxed{\text{B}}",
    r"\boxed{\textbf{(B)}}",
    r"\boxed{\mathrm{B}}",
    r"\boxed{B) 42}",
    r"\boxed{(B)\ 42}",
    r"It is \boxed{A}. Actually no, that is wrong: \boxed{B}",
    r"$\boxed{\textbf{(B)}\ 42}$",
    "<answer>B</answer>",
    "<answer> (B) 42 </answer>",
    "<answer>The answer is B.</answer>",
    r"<answer>\boxed{B}</answer>",
    "<think>A? C?</think>B",
    "<answer>A</answer> Wait, I was wrong. <answer>B</answer>",
    "The answer is B",
    "The answer is B.",
    "the answer is b.",
    "The answer is (B).",
    "The answer is **B**.",
    "The answer is: **B**",
    "The answer is $B$.",
    "The answer is option B.",
    "The correct answer is therefore (B) 42.",
    "The answer to this question is B because A is too small.",
    "The correct option is B, not A.",
    "The answer is not A but B.",
    "The answer is not A or C, but rather option (B).",
    "The correct choice would be B",
    "Answer: B",
    "**Answer:** B",
    "**Answer: B**",
    "ANSWER: B",
    "Final answer: B",
    "### Final Answer\n\nB",
    "### Answer\n**B) 42**",
    "Answer (B)",
    "Answer - B",
    "Answer: B) 42\n\nExplanation: A) is too small, and (C) is too large.",
    "Let us see.\nA) no\nC) no\n\nThe answer is B.",
    "So B is correct.",
    "Option B is the correct answer.",
    "(B) is the best choice, as (B) is right.",
    "I choose B.",
    "I'd go with option B.",
    "We therefore pick (B).",
    "It is 6 times 7.\n\nB",
    "It is 6 times 7.\n\n**(B)**",
    "It is 6 times 7.\n\n(B) 42",
    "6 times 7 is 42, hence **B**!",
    "The answer is A. Wait, I misread the question, so the answer is B.",
    "If we forget the sign, the answer is A. With the sign, however, the answer is B.",
    "The answer is B. The answer is B.",
    "It's B.",
    "So B.",
    "A: no. C: no. So B",
    "Given A, B and C, the right one is B.",
    "The answer is (B) since (A), (C), and (D) are wrong.",
    "The answer isn't A, it is B.",
    "Thus, option B is correct. Option A is not correct.",
    "B, because A is not prime.",
    "B (42)",
    '{"answer": "B"}',
    "Correct: B",
    "B. Paris is the correct answer.",
    "I think the answer might be B.",
    "The answer is B, not A",
    "I was not sure at first, but the answer is B.",
    "A is wrong. The answer is B.",
    "A is wrong, so the answer is B.",
    "Because A is not prime the answer is B.",
    "It is false that the answer is A. The answer is B.",
    "Is the answer A? No, the answer is B.",
    "Neither A nor C is correct, so B is correct.",
    "The wrong answer is A, and the right answer is B.",
    "There is no doubt that the answer is B.",
    "I do not doubt that the answer is B.",
    "Without a doubt the answer is B.",
    "The claim is not true when x = 0, hence **B**",
    "The option with the least error is B.",
    "The river is the Thames. The capital is London (B).",
    "London (B).",
    "Therefore the capital is **London (B)**",
    "A is wrong. C is wrong. It must be London (B)!",
    "Paris (A) and Rome (C) are on the continent. Hence, the capital is London (B).",
    "6 times 7 is 42. Hence, B) 42.",
    "A is not prime.\n\nHence, B) 42",
    "So, (B) 42",
    "答案是B。",
    "答案：B",
    "正确答案是 (B)。",
    "因此选B。",
    "所以，正确选项为 B",
    "选项B",
    "答えはBです。",
    "正解：B",
    "정답은 B입니다.",
    "La respuesta correcta es B.",
    "La respuesta es la opción (B)",
    "A resposta correta é a letra B.",
    "Alternativa correta: B",
    "La bonne réponse est B.",
    "Réponse : B",
    "Die richtige Antwort ist B.",
    "Antwort: B",
    "La risposta corretta è B.",
    "Правильный ответ: B",
    "Ответ — B",
    "Doğru cevap: B",
    "Jawaban yang benar adalah B.",
    "Đáp án đúng là B.",
    "الإجابة الصحيحة هي B",
    "सही उत्तर B है।",
]

NAMES_SEVERAL = [
    "A or B",
    "A, B",
    "A/B",
    "AB",
    "A and B",
    "A B C D",
    "A\nB\nC\nD",
    "(A) (B)",
    "ABCD",
    "A, B, C, D",
    "A) 41\nB) 42\nC) 43\nD) 44",
    r"\boxed{A, B}",
    r"\boxed{A}, \boxed{B}",
    r"\boxed{A} or \boxed{B}",
    r"\boxed{A}\boxed{B}\boxed{C}\boxed{D}",
    "<answer>A or B</answer>",
    "<answer>A</answer><answer>B</answer>",
    "The answer is A or B.",
    "The answer is either A or B.",
    "The answer is (A) or possibly (B).",
    "The answer is A. The answer is B.",
    "The answer is A. The answer is B. The answer is C. The answer is D.",
    "Answer: A\nAnswer: B",
    "Answer: A\nB\nC\nD",
    "The answer is A and B",
    "The answer is not C but A or B.",
    "A and B are correct.",
    "**A** or **B**, who knows",
    "A) 41 B) 42 C) 43 D) 44",
    "A) 41, B) 42",
    "A. 41 B. 42",
    "A: B",
    "(A) 41 | (B) 42",
    "A) 41 and also B) 42",
    "A) false; B) true",
    "**A) 41 B) 42**",
    "Answer: A) 41 B) 42",
    "The answer is (A) 41 or, if n is odd, (B) 42",
    "Hence, A) 41 B) 42",
    "Hence, A) 41.\nHence, B) 42.",
    "Paris (A), London (B), Rome (C), Oslo (D).",
    "Paris (A). London (B). Rome (C). Oslo (D).",
    "Let us see. It is Paris (A).\nIt is London (B).",
    "Hence, Paris (A) or London (B).",
    "Hence, A) 41 or London (B).",
    "答案是A或B",
    "La respuesta es A o B.",
]

NAMES_NOTHING = [
    "",
    "A cat sat",
    "A cat sat on the mat.",
    "I think so.",
    "a",
    "I am not sure",
    "Because",
    "The answer is a cat.",
    "The answer is A cat that sat.",
    "The answer is 42.",
    "Bob",
    "Vitamin B12 it was",
    "<think>The answer is B",
    "<think>B</think>",
    "the answer is not given",
    "Neither A nor B",
    r"\boxed{}",
    "It follows from (B).",
    "This is step (B).",
    "Hence, a cat.",
]

REJECTS_B = [
    "Neither A nor B is correct.",
    "The wrong answer is B",
    "Wrong answer: B",
    "The incorrect option is B.",
    "The least correct answer is B",
    "The least likely correct answer is B",
    "the opposite of the correct answer is B",
    "The answer that is wrong is B.",
    "I'm not sure the answer is B",
    "I am not at all sure that the answer is B",
    "I don't think the answer is B.",
    "I don't think B is correct.",
    "It's certainly not the case that the answer is B",
    "I doubt that the answer is B.",
    "I doubt that the answer is **B**.",
    "I doubt, frankly, that the answer is B.",
    "It is false that the answer is B.",
    "It is wrong to say that the answer is B.",
    "It is unlikely that B is right.",
    "I would not choose B.",
    "Never pick B.",
    "B is the wrong answer.",
    "B is hardly the right answer.",
    "The answer is not **B**.",
    "**B** is wrong.",
    "The answer is B?",
    "Is the answer **B**?",
    "All but A: answer is B? C? D?",
    "The answer is B. No, I doubt that the answer is B.",
    "(B) is eliminated",
    "(B) is not correct",
    "(B) no, C",
    "B. Just kidding, C",
    "B. cannot be it",
    "B) is the one I reject",
    "B) no",
    "B) wrong",
    "(B) 42 (rejected)",
    "The answer is B... no wait, C",
    "The answer is B. That is wrong.",
    "The answer is B, which is incorrect.",
    "The answer is B. Scratch that.",
    "The answer is B, or maybe not",
    "The answer is not A but B is also wrong.",
    "The answer is not A, but B is too small.",
    "The answer is not A but B?",
    "The answer is not A but not B.",
    "The answer is not A but B. That is wrong.",
    "I doubt that the answer is not A but B.",
    "The capital is not London (B).",
    "Is the capital London (B)?",
    "I doubt it is London (B).",
    "We can rule out London (B).",
    "The wrong one is London (B).",
    "Anything but London (B).",
    "The capital is London (B). No, that is wrong.",
    "Hence, B) is wrong.",
    "Hence, not B) 42.",
    "If n is even, then London (B).",
]


@pytest.mark.parametrize("completion", REJECTS_B)
async def test_to_reject_or_doubt_a_choice_is_not_to_name_it(tools, completion):
    score = await tools.verify("text.choice", completion, "B", {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


@pytest.mark.parametrize("completion", NAMES_B)
async def test_b_is_named(tools, completion):
    score = await tools.verify("text.choice", completion, "B", {})
    assert (score.reward, score.verdict, score.extracted) == (1.0, "accepted", "B")


@pytest.mark.parametrize("gold", ["A", "C"])
@pytest.mark.parametrize("completion", NAMES_B)
async def test_to_name_b_is_not_to_name_another(tools, completion, gold):
    score = await tools.verify("text.choice", completion, gold, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


@pytest.mark.parametrize("gold", ["A", "B", "D"])
@pytest.mark.parametrize("completion", NAMES_SEVERAL)
async def test_several_choices_are_never_the_one(tools, completion, gold):
    score = await tools.verify("text.choice", completion, gold, {})
    assert (score.reward, score.verdict) == (0.0, "wrong_answer")


@pytest.mark.parametrize("completion", [text for text in NAMES_NOTHING if text != "a"])
async def test_words_are_no_choices(tools, completion):
    for gold in "ABCI":
        score = await tools.verify("text.choice", completion, gold, {})
        assert (score.reward, score.verdict) == (0.0, "no_answer")


@given(st.text(alphabet="AaBbI(). \n*:,orthe answer is$\\boxed{}"))
def test_what_is_named_occurs_in_the_text(text):
    assert Reader("Latin").read(text) <= set(text.upper())
    assert Reader("Latin").concluded(text) <= set(text.upper())


@pytest.mark.parametrize(
    "unit",
    ["answer ", "is ", "A ", "(", "A, ", "answer is ", "hence, A ", "x (A) ", "**", "-", "\n", " "],
)
def test_a_megabyte_takes_no_time(unit):
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    Reader("Latin").read(text)
    Reader("Latin").concluded(text)
    assert time.process_time() - started < 1
