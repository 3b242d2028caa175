"""Names that an answer may choose freely: integers k, constants C, the x of f(x).

Only such names are renamed as say of themselves that they are free: declared in the gold's text,
constants written C or C_1, integers beside pi or degrees, and arguments of a function that is
defined. Any other letter may be given by the question.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations

from verifiers.math.nodes import (
    Add,
    Call,
    Constant,
    Div,
    Mul,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    free_symbols,
    mapped,
    walk,
)
from verifiers.math.table import GREEK

MAX_RENAMED = 3
_INTEGERS = frozenset("nmkljt")
_VARIABLES = frozenset(["x", "y", "t", "z", "u", "theta"])
_CONSTANT = re.compile(r"C|[Cc]_\{?\d\}?")
_ANY_CONSTANT = re.compile(r"[A-DKa-dk]|[A-DKa-dk]_\{?\d\}?")
_TERM = re.compile(r"([A-Za-z])_([a-z])")
_DECLARED = re.compile(
    r"(?:constants?|integers?|numbers?|parameters?)[\s}$\\,]+(?P<after>[a-zA-Z])(?![a-zA-Z])"
    r"|(?<![a-zA-Z\\])(?P<before>[a-zA-Z])[\s$}]*(?:\\in\s*\{?\s*(?:\\mathbb\b|[ZNRQ]\b)|\\?(?:text\{)?\s*(?:is|are|being)\b.{0,20}?"
    r"\b(?:constant|integer|real|arbitrary))"
)


def declared(text: str) -> frozenset[str]:
    """Names of which a gold's text says that they are any integer or constant."""
    return frozenset(match["after"] or match["before"] for match in _DECLARED.finditer(text))


def renamings(gold: Node, answer: Node, free: frozenset[str]) -> Iterator[Node]:
    """The answer with its free names replaced by those of the gold, in every way that fits."""
    given_answer, answer = answer, _with_arguments_of(gold, answer)
    wanted, given = free_symbols(gold), free_symbols(answer)
    is_family = bool(wanted & _VARIABLES)
    constants = {name for name in wanted if is_family and _CONSTANT.fullmatch(name)}
    missing = sorted(
        name
        for name in wanted - given
        if name in free or name in constants or _is_any_integer(name, gold)
    )
    unknown = sorted(given - wanted)
    if set(missing) <= free:
        unknown = [name for name in unknown if len(name) == 1 and name not in _VARIABLES - {"t"}]
    elif set(missing) <= constants | free:
        unknown = [name for name in unknown if _ANY_CONSTANT.fullmatch(name)]
    else:
        unknown = [name for name in unknown if name in _INTEGERS]
    shared = sorted(constants & given) if len(constants) > 1 else []
    old, new = [*unknown, *shared], [*missing, *shared]
    if len(old) != len(new) or len(old) > MAX_RENAMED:
        return
    if not old and answer is given_answer:
        return
    for order in permutations(new):
        yield renamed(answer, dict(zip(old, order, strict=True)))


def rescalings(gold: Node, answer: Node, free: frozenset[str]) -> Iterator[Node]:
    """The answer with C for 2C and k for -k, as these say no more than that they are any number."""
    wanted = free_symbols(gold)
    is_family = bool(wanted & _VARIABLES)
    for name in sorted(wanted & free_symbols(answer)):
        any_constant = is_family and _CONSTANT.fullmatch(name)
        if not any_constant and name not in free and not _is_any_integer(name, gold):
            continue
        symbol = Symbol(0, 0, name)
        factors: list[Node] = [Number(0, 0, -1)]
        if any_constant:
            factors += [factor for part in walk(answer) for factor in _factors_of(name, part)]
        for factor in factors[:MAX_RENAMED]:
            yield renamed(answer, {name: Div(0, 0, symbol, factor)})


def _factors_of(name: str, node: Node) -> Iterator[Node]:
    """The number that a variable is multiplied with in this one product or quotient."""
    match node:
        case Mul(factors=factors) if any(_is_symbol(factor, name) for factor in factors):
            yield from (factor for factor in factors if isinstance(factor, Number) and factor.value)
        case Div(numerator=Symbol(name=top), denominator=Number(value=value)) if top == name:
            yield Div(0, 0, Number(0, 0, 1), Number(0, 0, value))


def _is_symbol(node: Node, name: str) -> bool:
    return isinstance(node, Symbol) and node.name == name


def renamed(node: Node, names: Mapping[str, str | Node]) -> Node:
    """The node with other names, or other nodes, for some of its variables."""
    if isinstance(node, Symbol):
        new = names.get(node.name, node.name)
        return new if isinstance(new, Node) else replace(node, name=new)
    return mapped(node, lambda below: renamed(below, names))


def _with_arguments_of(gold: Node, answer: Node) -> Node:
    """f(t) = t^2 with the argument of f(x) = ..., unless that name means something else there.

    The same for a_k = 2^k and the index of a_n = ...
    """
    match gold, answer:
        case (
            Relation(operands=(Call(arguments=wanted), *values)),
            Relation(operands=(Call(arguments=given), *_)),
        ) if len(wanted) == len(given):
            bound = frozenset().union(*map(free_symbols, values))  # P(A) = 1/2 is not P(B) = 1/2
            names = {
                old.name: new.name
                for new, old in zip(wanted, given, strict=True)
                if isinstance(new, Symbol) and isinstance(old, Symbol) and new.name in bound
            }
        case (
            Relation(operands=(Symbol(name=new_term), *_)),
            Relation(operands=(Symbol(name=old_term), *_)),
        ):
            names = _indices(new_term, old_term)
        case _:
            return answer
    taken = free_symbols(answer) & set(names.values())
    return renamed(answer, names) if names and not taken else answer


def _indices(new_term: str, old_term: str) -> dict[str, str]:
    """How to rename the terms of a sequence: a_k and k, as a_n and n."""
    new, old = _TERM.fullmatch(new_term), _TERM.fullmatch(old_term)
    if new is None or old is None or new[1] != old[1] or new[2] == old[2]:
        return {}
    return {old_term: new_term, old[2]: new[2]}


def _is_any_integer(name: str, gold: Node) -> bool:
    """Whether the gold is a family of solutions, x = k pi or pi/4 + k pi, with that integer."""
    if name not in _INTEGERS or not _is_periodic(gold):
        return False
    return any(
        _solves_for_variable(part) or (isinstance(part, Add) and _is_progression(part, name))
        for part in walk(gold)
    )


def _solves_for_variable(node: Node) -> bool:
    match node:
        case Relation(operands=(Symbol(name=name), *_)):
            return name in _VARIABLES or name in GREEK
    return False


def _is_progression(node: Add, name: str) -> bool:
    """A fixed angle and multiples of another."""
    varying = [term for term in node.terms if name in free_symbols(term)]
    return 0 < len(varying) < len(node.terms) and all(map(_is_periodic, varying))


def _is_periodic(node: Node) -> bool:
    return any(
        (isinstance(part, Constant) and part.name == "pi")
        or (isinstance(part, Quantity) and part.unit == "degree")
        for part in walk(node)
    )
