"""Expressions that are generated as trees: equal however they are written, different if changed."""

import random
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions


@dataclass(frozen=True)
class Tree:
    """A number, a variable, or an operator over trees; independent of the nodes under test."""

    operator: str
    value: object = None
    parts: tuple["Tree", ...] = ()


def number(value):
    return Tree("number", value)


LEAVES = st.integers(1, 30).map(number) | st.sampled_from("abxyz").map(
    lambda name: Tree("name", name)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner).map(
            lambda made: Tree(made[0], None, made[1:])
        ),
        st.tuples(inner, st.integers(2, 4)).map(lambda made: Tree("^", made[1], made[:1])),
    ),
    max_leaves=9,
)


def value(tree, at):
    """The exact value at a point; raises ZeroDivisionError."""
    if tree.operator == "number":
        return Fraction(tree.value)
    if tree.operator == "name":
        return at[tree.value]
    values = [value(part, at) for part in tree.parts]
    if tree.operator == "^":
        return values[0] ** tree.value
    left, right = values
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[tree.operator]()


def latex(tree):
    if tree.operator in {"number", "name"}:
        return str(tree.value)
    parts = [latex(part) for part in tree.parts]
    if tree.operator == "/":
        return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
    if tree.operator == "^":
        return rf"\left({parts[0]}\right)^{{{tree.value}}}"
    if tree.operator == "*":
        return rf"\left({parts[0]}\right) \cdot \left({parts[1]}\right)"
    right = rf"\left({parts[1]}\right)" if tree.operator == "-" else parts[1]
    return f"{parts[0]} {tree.operator} {right}"


def plain(tree):
    if tree.operator in {"number", "name"}:
        return str(tree.value)
    parts = [f"({plain(part)})" for part in tree.parts]
    return f"{parts[0]}^{tree.value}" if tree.operator == "^" else tree.operator.join(parts)


def rewritten(tree):
    """The same value by other means: operands turned, differences as sums, powers as products."""
    parts = [rewritten(part) for part in tree.parts]
    match tree.operator:
        case "+" | "*":
            return Tree(tree.operator, None, (parts[1], parts[0]))
        case "-":
            return Tree("+", None, (Tree("*", None, (number(-1), parts[1])), parts[0]))
        case "/":
            return Tree("*", None, (parts[0], Tree("/", None, (number(1), parts[1]))))
        case "^":
            rest = parts[0] if tree.value == 2 else Tree("^", tree.value - 1, (parts[0],))
            return Tree("*", None, (parts[0], rest))
    return tree


def changed(tree, choose):
    """The tree with one number, sign or exponent changed."""
    if tree.operator == "number":
        return number(tree.value + choose.choice([-1, 1, 7]))
    if tree.operator == "name":
        return Tree("+", None, (tree, number(1)))
    if tree.operator == "^" and choose.random() < 0.5:
        return Tree("^", tree.value + 1, tree.parts)
    if tree.operator in "+-" and choose.random() < 0.3:
        return Tree("-" if tree.operator == "+" else "+", None, tree.parts)
    index = choose.randrange(len(tree.parts))
    parts = list(tree.parts)
    parts[index] = changed(parts[index], choose)
    return Tree(tree.operator, tree.value, tuple(parts))


def values_at_points(tree):
    found = []
    for seed in range(6):
        source = random.Random(seed)
        at = {name: Fraction(source.randint(2, 99), source.randint(2, 99)) for name in "abxyz"}
        try:
            found.append(value(tree, at))
        except ZeroDivisionError:
            found.append(None)
    return found


def names(tree):
    return {tree.value} if tree.operator == "name" else set().union(*map(names, tree.parts), set())


def is_right(gold, answer):
    return judge_texts(gold, answer, "auto", MathOptions()).right


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_an_expression_is_equal_however_it_is_written(tree):
    assume(None not in values_at_points(tree))
    assume(None not in values_at_points(rewritten(tree)))
    gold = latex(tree)
    assert is_right(gold, plain(tree))
    assert is_right(plain(tree), gold)
    assert is_right(gold, latex(rewritten(tree)))
    assert is_right(gold, plain(rewritten(tree)))


@settings(max_examples=400, deadline=None)
@given(TREES, st.integers(0, 2**32))
def test_a_changed_expression_is_different(tree, seed):
    other = changed(tree, random.Random(seed))
    assume(None not in values_at_points(tree))
    assume(values_at_points(other) != values_at_points(tree))
    assert not is_right(latex(tree), plain(other))
    assert not is_right(plain(tree), latex(other))


FUNCTIONS = st.sampled_from(["\\sin", "\\cos", "\\ln", "\\sqrt", "\\exp", "\\arctan"])


@settings(max_examples=200, deadline=None)
@given(FUNCTIONS, st.integers(1, 40), st.integers(1, 40), st.integers(1, 9))
def test_irrational_numbers_differ_unless_they_are_equal(function, first, second, factor):
    gold = rf"{factor}{function}{{{first}}}"
    assert is_right(gold, rf"{function}{{{first}}}\cdot {2 * factor}/2")
    assert is_right(gold, rf"{function}{{{second}}}\cdot {factor}") == (first == second)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=6), st.randoms())
def test_sets_have_no_order_and_tuples_have(items, source):
    shuffled = items[:]
    source.shuffle(shuffled)
    gold, answer = (",".join(map(str, order)) for order in (items, shuffled))
    assert is_right(rf"\{{{gold}\}}", rf"\{{{answer}\}}")
    assert is_right(gold, answer)
    if len(items) > 1:
        assert is_right(f"({gold})", f"({answer})") == (items == shuffled)


@settings(max_examples=300, deadline=None)
@given(st.fractions(max_denominator=200), st.fractions(max_denominator=200))
def test_rationals_are_exact(first, second):
    text = rf"\frac{{{first.numerator}}}{{{first.denominator}}}"
    assert is_right(text, f"{second.numerator}/{second.denominator}") == (first == second)
