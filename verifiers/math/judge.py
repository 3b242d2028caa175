"""From two texts to a judgement, without extraction: what both the service and a worker do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from verifiers.math.cleaning import clean, unwrapped
from verifiers.math.compare import Comparison
from verifiers.math.errors import Costly, TooLarge, Undecided, Undefined, Unreadable
from verifiers.math.exact import rational
from verifiers.math.logarithms import has_bare_logarithm, with_decimal_logarithms
from verifiers.math.nodes import (
    Bracketed,
    Matrix,
    Node,
    Number,
    Relation,
    SetOperation,
    Symbol,
    Text,
    free_symbols,
    walk,
)
from verifiers.math.parameters import declared, renamings, rescalings
from verifiers.math.policies import Kind, MathOptions
from verifiers.math.reading import read, read_answer
from verifiers.math.shapes import as_listing, is_equation
from verifiers.math.words import canonical
from verifiers.text.choice_remarks import is_taken_back, others_named

_DECIMAL_COMMA = re.compile(
    r"-?(?![1-9]\d{0,2},\d{3}$)(?:\d+|\d{1,3}(?:\.\d{3})+),\d+"  # 1,234 is a thousand and more
)
_JOINED = re.compile(r"(?:and|or|,|/|&|;)")
"""Behind a letter: another answer."""
_LETTERS = re.compile(r"[A-J]{2,10}")
_LETTER = re.compile(r"[(\[]?\s*([A-J])\s*[)\].:]?")
_CHOICE = re.compile(
    r"(?:\\text(?:bf)?\{)?(?:(?:option|choice|answer)\s*:?\s*)?"
    r"(?:(?P<bracketed>\(\s*[A-J]\s*\)|\[\s*[A-J]\s*\])|(?P<bare>[A-J])(?P<mark>[).:]|(?=\s*\}?$)))"
    r"\s*\}?\s*(?P<content>.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the answer is right, what decided, and why."""

    right: bool
    tier: str
    reason: str = ""


@lru_cache(maxsize=8192)
def read_gold(text: str, kind: Kind) -> Node:
    """The node of a gold answer, read strictly and once; raises Unreadable."""
    cleaned = clean(text)
    if not cleaned:
        raise Unreadable("it is empty")
    if kind in {"text", "choice"}:
        return Text(0, len(cleaned), canonical(unwrapped(cleaned)) or cleaned)
    node = read(cleaned)
    if not _is_of_kind(node, kind):
        raise Unreadable(f"it is no {kind}")
    if isinstance(node, Relation) and is_equation(node) and not free_symbols(node):
        _require_true(node)
    _require_value(node)
    return node


def _require_value(node: Node) -> None:
    """A gold such as 1/0 is no answer to anything."""
    try:
        rational(node)
    except Undefined as error:
        raise Unreadable(f"it has no value: {error}") from error
    except TooLarge:
        return


def _require_true(chain: Relation) -> None:
    """A gold such as 29 = 30 is a slip, not an answer."""
    if (
        "=" not in chain.operators
        or "≈" in chain.operators
        or any(isinstance(part, Text) for part in walk(chain))
    ):
        return
    for member in chain.operands[:-1]:
        try:
            same = Comparison(MathOptions()).equal(member, chain.operands[-1])
        except (Costly, Undecided):
            return
        if not same:
            raise Unreadable("its two sides differ")


def _is_of_kind(node: Node, kind: Kind) -> bool:
    match kind:
        case "tuple":
            return isinstance(node, Bracketed) or as_listing(node) is not None
        case "matrix":
            return isinstance(node, Matrix | Bracketed)
        case "equation":
            return isinstance(node, Relation) or as_listing(node) is not None
        case "interval":
            return isinstance(node, Bracketed | SetOperation | Relation | Symbol | Text)
    return not (kind in {"number", "expression"} and isinstance(node, Text))


def judge_texts(
    gold: str,
    answer: str,
    kind: Kind,
    options: MathOptions,
    *,
    patient: bool = False,
    literally: bool = True,
) -> Judgement:
    """Judge the text of an answer; raises Unreadable for the gold only, Costly."""
    gold_node = read_gold(gold, kind)
    try:
        cleaned, gold_text = clean(answer), clean(gold)
    except Unreadable as error:
        return Judgement(False, "parse", f"the answer cannot be read: {error}")
    if literally and unwrapped(cleaned) == unwrapped(gold_text):
        return Judgement(True, "text")
    chosen = _judge_choice(gold_text, cleaned, kind, options)
    if chosen is not None:
        return chosen
    if kind == "text":
        return Judgement(canonical(unwrapped(cleaned)) == canonical(unwrapped(gold_text)), "text")
    if isinstance(gold_node, Text) and canonical(unwrapped(cleaned)) == gold_node.words:
        return Judgement(True, "text")
    try:
        answer_node = read_answer(cleaned)
    except Unreadable as error:
        return Judgement(False, "parse", f"the answer cannot be read: {error}")
    if options.log_base == "10":
        gold_node = with_decimal_logarithms(gold_node)
        answer_node = with_decimal_logarithms(answer_node)
    judgement = _judge_nodes(gold_node, answer_node, kind, options, patient=patient)
    if judgement.right:
        return judgement
    if options.log_base == "either" and any(map(has_bare_logarithm, (gold_node, answer_node))):
        decimal_gold = with_decimal_logarithms(gold_node)
        decimal_answer = with_decimal_logarithms(answer_node)
        decimal = _judge_nodes(decimal_gold, decimal_answer, kind, options, patient=patient)
        if decimal.right:
            return decimal
    for other in _other_readings(gold_node, gold_text, answer_node, cleaned, options):
        second = _judge_nodes(gold_node, other, kind, options, patient=patient)
        if second.right:
            return second
    return judgement


def _other_readings(
    gold: Node, gold_text: str, answer: Node, answer_text: str, options: MathOptions
) -> Iterator[Node]:
    """What else an answer may say: other names for what is free, a comma for a decimal point."""
    free = declared(gold_text)
    for named in (answer, *renamings(gold, answer, free)):
        if named is not answer:
            yield named
        yield from rescalings(gold, named, free)
    broken = isinstance(gold, Number) and gold.value.denominator != 1
    if broken and options.decimal_comma and _DECIMAL_COMMA.fullmatch(answer_text):
        yield read(answer_text.replace(".", "").replace(",", "."))


def _judge_nodes(
    gold: Node, answer: Node, kind: Kind, options: MathOptions, *, patient: bool
) -> Judgement:
    if kind == "tuple" and options.ordered is None:
        options = options.model_copy(update={"ordered": True})
    if kind == "set" and options.ordered is None:
        gold, answer = _as_set(gold), _as_set(answer)
    comparison = Comparison(options, kind, patient=patient)
    try:
        right = comparison.equal(gold, answer)
    except Undecided as error:
        return Judgement(False, comparison.tier, f"not shown to be equal: {error}")
    return Judgement(right, comparison.tier, "" if right else comparison.reason)


def _as_set(node: Node) -> Node:
    if isinstance(node, Bracketed) and node.left in "([":
        return Bracketed(node.start, node.end, "{", "}", node.items)
    return node


def _judge_choice(gold: str, answer: str, kind: Kind, options: MathOptions) -> Judgement | None:
    """Multiple choice by letter or by content; None where the question is none."""
    gold, answer = unwrapped(gold), unwrapped(answer)
    wanted = _LETTER.fullmatch(gold)
    if wanted is None and _same_letters(gold, answer):
        return Judgement(True, "choice")
    if wanted is None:
        return _judge_content(gold, answer, options) if kind == "choice" else None
    given = _CHOICE.fullmatch(answer)
    if given is None:
        content = options.choices.get(wanted[1])
        if content is None:
            return Judgement(False, "choice", "no letter is named") if kind == "choice" else None
        return judge_texts(content, answer, "auto", options.model_copy(update={"choices": {}}))
    content = given["content"].strip(" }.$")
    marked = given["bracketed"] or given["mark"]
    if content and not (marked and len(content) < 300):
        return None
    letter = re.sub(r"[^A-Za-z]", "", given["bracketed"] or given["bare"])
    like_gold = bool(given["bracketed"]) and gold[0] in "(["
    if _JOINED.match(content):
        return None
    if content and canonical(content) != canonical(options.choices.get(letter.upper(), "")):
        if is_taken_back(content):
            return Judgement(False, "choice", f"{letter} is taken back")
        if others_named(content, letter):
            return Judgement(False, "choice", f"{letter} is not the only one that is named")
    if letter.islower() and not like_gold and kind != "choice":
        return None
    right = letter.upper() == wanted[1]
    return Judgement(right, "choice", "" if right else f"{letter} is chosen")


def _same_letters(gold: str, answer: str) -> bool:
    """A, B, D and ABD, where several choices are right."""
    texts = [re.sub(r"\\text|\band\b|[\s,;{}()]", "", text) for text in (gold, answer)]
    listed = "," in gold or "," in answer
    return listed and all(map(_LETTERS.fullmatch, texts)) and sorted(texts[0]) == sorted(texts[1])


def _judge_content(gold: str, answer: str, options: MathOptions) -> Judgement:
    letters = [letter for letter, content in options.choices.items() if content == gold]
    right = canonical(gold) == canonical(answer) or answer.strip("(). ") in letters
    return Judgement(right, "choice")
