"""text.language: which words count, in many languages and scripts, and mixtures."""

import time

import pytest

from verifiers import InvalidReference
from verifiers.text.language import count_words
from verifiers.text.prose import sentences

pytestmark = pytest.mark.anyio

TEXTS = {
    "en": "First I look at the remainders. Then, because both of them are odd, their sum is even.",
    "de": "Zuerst betrachte ich die Reste. Weil beide ungerade sind, ist ihre Summe gerade.",
    "fr": "Je regarde d'abord les restes. Comme les deux sont impairs, leur somme est paire.",
    "es": "Primero miro los restos. Como los dos son impares, entonces su suma es par.",
    "pt": "Primeiro olho para os restos. Como ambos são ímpares, a soma deles é par.",
    "it": "Prima guardo i resti della divisione. Poiché entrambi sono dispari, la somma è pari.",
    "ru": "Сначала посмотрим на остатки. Так как оба нечётные, их сумма чётная.",
    "zh": "首先我们来看余数。因为两个数都是奇数，所以它们的和是偶数。",
    "ja": "まず余りを見てみましょう。どちらも奇数なので、その和は偶数になります。",
    "ko": "먼저 나머지를 살펴보겠습니다. 둘 다 홀수이므로 그 합은 짝수입니다.",
    "ar": "أولا ننظر إلى البواقي. بما أن العددين فرديان فإن مجموعهما زوجي.",
    "hi": "पहले हम शेषफल देखते हैं। क्योंकि दोनों विषम हैं, उनका योग सम है।",
    "th": "ก่อนอื่นเรามาดูเศษที่เหลือ เพราะทั้งสองเป็นเลขคี่ ผลรวมจึงเป็นเลขคู่",
    "el": "Πρώτα κοιτάζω τα υπόλοιπα. Επειδή και τα δύο είναι περιττά, το άθροισμα είναι άρτιο.",
    "tr": "Önce kalanlara bakıyorum. İkisi de tek olduğu için toplamları çift olur.",
    "vi": "Trước tiên ta xét các số dư. Vì cả hai đều lẻ nên tổng của chúng là số chẵn.",
}


@pytest.mark.parametrize("language", TEXTS)
async def test_a_text_in_the_language_asked_for_is_right(tools, language):
    score = await tools.verify("text.language", TEXTS[language], {"language": language}, {})
    assert (score.reward, score.verdict) == (1.0, "accepted")


@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize("other", TEXTS)
async def test_a_text_in_another_language_earns_nothing(tools, language, other):
    if language == other:
        language = "fr"
    if language == other:
        language = "en"
    score = await tools.verify("text.language", TEXTS[other], {"language": language}, {})
    assert score.reward == 0.0
    assert score.verdict == "wrong_answer"


async def test_a_mixture_earns_the_share_of_its_words(tools):
    mixed = TEXTS["en"] * 3 + "\n" + TEXTS["ru"]
    score = await tools.verify("text.language", mixed, {"language": "en"}, {})
    assert 0.75 < score.reward < 0.95
    assert score.verdict == "partial"
    assert "words are in the language" in score.message


async def test_foreign_words_within_a_sentence_do_not_count(tools):
    text = "First we look at the 余数 of both numbers, and then we add 它们 together."
    score = await tools.verify("text.language", text, {"language": "en"}, {})
    assert 0.5 < score.reward < 1.0


async def test_a_share_may_be_enough(tools):
    mixed = TEXTS["en"] * 3 + "\n" + TEXTS["ru"]
    enough = await tools.verify("text.language", mixed, {"language": "en", "at_least": 0.7}, {})
    short = await tools.verify("text.language", mixed, {"language": "en", "at_least": 0.99}, {})
    assert (enough.reward, enough.verdict) == (1.0, "accepted")
    assert (0.75 < short.reward < 0.95, short.verdict) == (True, "partial")


@pytest.mark.parametrize(
    "aside",
    [
        "```python\nresultat = summe(zahlen) # die Summe der Zahlen\n```",
        "`die_summe_der_zahlen`",
        r"$\text{die Summe der Zahlen}$",
        r"\[ \text{die Summe der Zahlen} = 7 \]",
        "$$ \\text{die Summe der Zahlen} $$",
        r"\boxed{Summe}",
        "<think> </think> <answer>",
        "https://example.org/die-summe-der-zahlen",
        "x y z 1 2 3",
    ],
)
async def test_code_maths_and_markup_are_no_words(tools, aside):
    text = f"{TEXTS['en']} {aside} {TEXTS['en']}"
    score = await tools.verify("text.language", text, {"language": "en"}, {})
    assert score.reward == 1.0


def test_marks_without_an_end_hide_nothing():
    text = "It costs $5.\n\nSo we are done here.\n\nThe end `of\n\nthe story."
    words = [word for sentence in sentences(text) for word in sentence]
    assert " ".join(words) == "It costs So we are done here The end of the story"


async def test_the_reasoning_counts_unless_a_part_is_asked_for(tools):
    completion = f"<think>{TEXTS['zh']}</think>{TEXTS['en']}"
    whole = await tools.verify("text.language", completion, {"language": "en"}, {})
    answer = await tools.verify(
        "text.language", completion, {"language": "en"}, {"extract": "whole"}
    )
    assert whole.reward < 1.0
    assert answer.reward == 1.0


@pytest.mark.parametrize(
    "completion", ["", "42", "```\nfoo bar\n```", "<think></think>", "x = y", "Yes.", "嗯"]
)
async def test_without_enough_words_there_is_no_language(tools, completion):
    score = await tools.verify("text.language", completion, {"language": "en"}, {})
    assert (score.reward, score.verdict) == (0.0, "no_answer")


@pytest.mark.parametrize("language", ["", "e", "english", "xx", "__class__", "ЕN"])
async def test_an_unknown_language_is_a_broken_task(tools, language):
    with pytest.raises(InvalidReference, match="ISO 639-1"):
        await tools.verify("text.language", TEXTS["en"], {"language": language}, {})


async def test_a_region_makes_no_difference(tools):
    score = await tools.verify("text.language", TEXTS["pt"], {"language": "pt-BR"}, {})
    assert score.reward == 1.0


@pytest.mark.parametrize(
    "unit", [r"\(", "$", "`", "<a", "\n", r"\begin{", "a", "的", "a. ", "http://"]
)
def test_half_a_megabyte_takes_linear_time(unit):
    text = unit * (500_000 // len(unit))
    started = time.process_time()
    count_words(text, "en")
    assert time.process_time() - started < 5


async def test_of_a_long_text_the_ends_count(tools):
    end = (TEXTS["en"] + " ") * 1_300
    score = await tools.verify(
        "text.language", end + TEXTS["zh"] * 1_000 + end, {"language": "en"}, {}
    )
    assert len(end) > 100_000
    assert score.reward == 1.0
