"""Places in tests where what they expect can be changed.

Whatever equals one value cannot equal another, so the expected side of a comparison is changed if
it is made of literals alone: there, in the variable that it was given to, or in a table of cases.
What has to hold, and has no such value, can still be made to say the opposite.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from verifiers.code.appended import vocabulary as words
from verifiers.code.appended.lexing import Token, Tokens
from verifiers.code.appended.literals import can_alter
from verifiers.code.appended.operands import Operand, arguments, left_of, right_of
from verifiers.code.appended.values import Values


class Change(NamedTuple):
    """A text in the place of what stands there."""

    start: int
    end: int
    text: str


class Site(NamedTuple):
    """Something that a test demands."""

    start: int
    end: int
    """Where it stands in the source."""
    literals: tuple[Token, ...]
    """What it is compared with is made of these; empty if there are none to alter."""
    negation: tuple[Change, ...]
    """What makes it say the opposite; empty if that is not known."""


def find_sites(source: str, language: str) -> list[Site]:
    """Every place in the tests that can be altered, in order."""
    tokens = Tokens(source, language)
    values = Values(tokens)
    found = [*_operators(tokens, values), *_calls(tokens, values), *_fields(tokens, values)]
    by_literals = {tuple(each.start for each in site.literals): site for site in found}
    compared = [site for site in by_literals.values() if site.literals or site.negation]
    conditions = [
        site
        for site in _conditions(tokens)
        if not any(site.start <= each.start < site.end for each in compared)
    ]
    return sorted([*compared, *conditions])


def _operators(tokens: Tokens, values: Values) -> Iterator[Site]:
    for index, token in enumerate(tokens.items):
        if token.kind != "sign":
            continue
        if token.text == "<":
            yield from _tolerances(tokens, index)
            continue
        # In a shell's [[ ]] one sign does for equality.
        is_test = (
            tokens.language == "bash" and token.text == "=" and tokens[index + 1].kind == "string"
        )
        is_equality = is_test or token.text in words.EQUALITIES
        if not (is_equality or token.text in words.INEQUALITIES):
            continue
        first, last = left_of(tokens, index), right_of(tokens, index)
        if first is None or last is None or not _is_demanded(tokens, first, last, is_equality):
            continue
        literals = values.expected([(first, index - 1), (index + 1, last)])
        if literals:
            can_negate = is_equality and tokens.language not in words.WITHOUT_NOT
            negation = _denial(tokens, first, last) if can_negate else ()
            yield Site(tokens[first].start, tokens[last].end, literals, negation)


def _is_demanded(tokens: Tokens, first: int, last: int, is_equality: bool) -> bool:
    """Whether the tests fail where a comparison does not hold (an inequality: where it holds)."""
    opening = first - 1 if tokens[first - 1].text == "(" else _behind_statement(tokens, first)
    keyword = tokens[opening - 1].text
    is_macro = tokens[first - 3].text in ("assert", "debug_assert")
    if keyword in words.LOOPS or (keyword == "!" and not is_macro):
        return False
    if keyword not in words.CONDITIONS:
        return is_equality
    if not is_equality:
        return keyword == "if"
    branch, alternative = _branches(tokens, tokens.partner.get(opening, last))
    if keyword == "if":
        return _fails(tokens, alternative)
    return _fails(tokens, branch) or _fails(tokens, (_line_start(tokens, opening), opening))


def _behind_statement(tokens: Tokens, first: int) -> int:
    """Go's `if got := f(1); got != 2`: where the statement in front of the condition begins."""
    if tokens.language != "go" or tokens[first - 1].text != ";":
        return first
    start = _line_start(tokens, first)
    return next((i + 1 for i in range(first, start - 1, -1) if tokens[i].text == "if"), first)


def _line_start(tokens: Tokens, index: int) -> int:
    """Index of the first token in the line of the one at `index`."""
    line = tokens.source.rfind("\n", 0, tokens[index].start)
    while index > 0 and tokens[index - 1].start > line:
        index -= 1
    return index


def _denial(tokens: Tokens, first: int, last: int) -> tuple[Change, ...]:
    start, end = tokens[first].start, tokens[last].end
    return Change(start, start, "(!("), Change(end, end, "))")


def _tolerances(tokens: Tokens, index: int) -> Iterator[Site]:
    """`abs(f(x) - 0.5) < 1e-6`, as anyone writes it."""
    first, last = left_of(tokens, index), right_of(tokens, index)
    if first is None or last is None or tokens[first - 2].text in words.LOOPS:
        return
    operand = range(first, index)
    if not any(tokens[place].text in ("abs", "fabs", "Abs") for place in operand):
        return
    literals = [
        tokens[place]
        for place in operand
        if tokens[place].kind == "number"
        and (
            (tokens[place - 1].text == "-" and tokens[place - 2].text not in "(,-=+")
            or tokens[place + 1].text == "-"
        )
        and can_alter(tokens[place], tokens.language)
    ]
    if len(literals) == 1:
        negation = _denial(tokens, first, last)
        yield Site(tokens[first].start, tokens[last].end, tuple(literals), negation)


def _calls(tokens: Tokens, values: Values) -> Iterator[Site]:
    for index, token in enumerate(tokens.items):
        opening = index + 2 if tokens[index + 1].text == "!" else index + 1
        compares = token.text in words.CALLS or words.COMPARING.search(token.text) is not None
        word = _opposite(tokens, index)
        if token.kind != "word" or tokens[opening].text != "(" or opening not in tokens.partner:
            continue
        if _is_defined(tokens, index, opening):
            continue
        closing = tokens.partner[opening]
        literals = values.expected(list(arguments(tokens, opening, closing))) if compares else ()
        start = left_of(tokens, index + 1)
        denied = start is not None and tokens[start - 1].text == "!"
        if word not in ("", "!") and not denied:
            negation: tuple[Change, ...] = (Change(token.start, token.end, word),)
            yield Site(token.start, tokens[closing].end, literals, negation)
        elif literals and word == "!" and start is not None and not denied:
            negation = _denial(tokens, start, closing)
            yield Site(tokens[start].start, tokens[closing].end, literals, negation)
        elif token.text == "assertThrows":
            operands = list(arguments(tokens, opening, closing))
            second = tokens[operands[1][0]] if len(operands) > 1 else tokens[closing]
            negation = (Change(token.start, second.start, "assertDoesNotThrow("),)
            yield Site(token.start, tokens[closing].end, (), negation)
        elif literals:
            yield Site(token.start, tokens[closing].end, literals, ())


def _opposite(tokens: Tokens, index: int) -> str:
    """The call that demands the opposite; `!` for what gives a truth value, nothing if unknown."""
    text = tokens[index].text
    if tokens[index - 1].text == "." and tokens[index - 2].text in ("assert", "require"):
        return words.OPPOSITE_METHODS.get(text, "")
    around = [tokens[index - 1].text, tokens[index - 2].text]
    if around[0] == "(" and around[1] in {"!", *words.ASSERTS, *words.CONDITIONS}:
        return "!"
    return words.OPPOSITE_CALLS.get(text, "")


def _is_defined(tokens: Tokens, index: int, opening: int) -> bool:
    """Whether a function gets its body here, and is not called."""
    after = tokens[tokens.partner[opening] + 1].text
    return tokens[index - 1].text in ("function", "fn", "func", "sub", "def") or (
        after == "{" and tokens[index - 1].kind == "word"
    )


def _fields(tokens: Tokens, values: Values) -> Iterator[Site]:
    """What tables of cases expect: `expected: 3`."""
    for index, token in enumerate(tokens.items):
        name = token.text.strip("\"'")
        if tokens[index + 1].text == ":" and words.EXPECTED.fullmatch(name):
            last = right_of(tokens, index + 1)
            literals = values.literals(index + 2, last) if last is not None else ()
            if literals and values.is_field(name):
                yield Site(token.start, literals[-1].end, literals, ())


def _conditions(tokens: Tokens) -> Iterator[Site]:
    """What has to hold as it stands, or leads to failure."""
    for index, token in enumerate(tokens.items):
        if token.text == "should_panic" and tokens[index - 1].text == "[":
            attribute = Change(tokens[index - 2].start, tokens[tokens.partner[index - 1]].end, "")
            yield Site(attribute.start, attribute.end, (), (attribute,))
        opening = index + 2 if tokens[index + 1].text == "!" else index + 1
        if token.kind != "word" or tokens[opening].text != "(" or opening not in tokens.partner:
            continue
        closing = tokens.partner[opening]
        if token.text in words.ASSERTS:
            operands = list(arguments(tokens, opening, closing))
            if operands and not (token.text == "ok" and tokens[index - 1].text != "."):
                yield _negated(tokens, token.start, operands[0])
        elif token.text in words.CONDITIONS:
            branches = _branches(tokens, closing)
            if any(_fails(tokens, branch) for branch in branches):
                yield _negated(tokens, token.start, (opening + 1, closing - 1))
    if tokens.language in ("go", "rust", "lua"):
        yield from _bare_conditions(tokens)


def _bare_conditions(tokens: Tokens) -> Iterator[Site]:
    """Conditions that need no brackets; in Go they may come after a statement."""
    for index, token in enumerate(tokens.items):
        if token.text != "if" or tokens[index + 1].text == "let":
            continue
        body = index + 1
        first = body
        while body < len(tokens) and tokens[body].text not in ("{", "then"):
            first = body + 1 if tokens[body].text == ";" else first
            inside = tokens[body].text in ("(", "[")
            body = tokens.partner.get(body, body) + 1 if inside else body + 1
        if _fails(tokens, _statement(tokens, body)):
            yield _negated(tokens, token.start, (first, body - 1))


def _negated(tokens: Tokens, start: int, condition: Operand) -> Site:
    first, last = tokens[condition[0]].start, tokens[condition[1]].end
    opening = "not (" if tokens.language in words.WITHOUT_NOT else "!("
    return Site(start, last, (), (Change(first, first, opening), Change(last, last, ")")))


def _branches(tokens: Tokens, closing: int) -> Sequence[Operand]:
    """What is done where a condition holds, and where it does not."""
    branch = _statement(tokens, closing + 1)
    if tokens[branch[1] + 1].text == "else":
        return branch, _statement(tokens, branch[1] + 2)
    return branch, (0, -1)


def _statement(tokens: Tokens, first: int) -> Operand:
    if tokens[first].text == "{":
        return first, tokens.partner.get(first, first)
    last = first
    while last < len(tokens) and tokens[last].text not in (";", "end", "else", "elseif"):
        last = tokens.partner.get(last, last) + 1 if tokens[last].text in "([{" else last + 1
    return first, last


def _fails(tokens: Tokens, part: Operand) -> bool:
    return any(tokens[index].text in words.FAILING for index in range(part[0], part[1] + 1))
