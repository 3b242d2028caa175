"""Functions, intervals, tuples, matrices and complex numbers, generated and written in two ways."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from verifiers.math.judge import judge_texts
from verifiers.math.policies import MathOptions


def is_right(gold, answer):
    return judge_texts(gold, answer, "auto", MathOptions()).right


@dataclass(frozen=True)
class Tree:
    """A function of x and y that is real everywhere; independent of the nodes under test."""

    operator: str
    value: object = None
    parts: tuple["Tree", ...] = ()


def unary(inner):
    names = st.sampled_from(["sin", "cos", "arctan", "abs", "sqrt", "ln", "exp"])
    return st.tuples(names, inner).map(lambda made: Tree(made[0], None, made[1:]))


def binary(inner):
    signs = st.sampled_from(["+", "-", "*", "max"])
    return st.tuples(signs, inner, inner).map(lambda made: Tree(made[0], None, made[1:]))


LEAVES = st.integers(1, 9).map(lambda value: Tree("number", value)) | st.sampled_from("xy").map(
    lambda name: Tree("name", name)
)
FUNCTIONS = st.recursive(
    LEAVES, lambda inner: st.one_of(unary(inner), binary(inner)), max_leaves=6
).filter(lambda tree: "x" in latex(tree).replace("max", "").replace("exp", ""))

VALUES: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "max": max,
    "sin": math.sin,
    "cos": math.cos,
    "arctan": math.atan,
    "abs": abs,
    "sqrt": lambda a: math.sqrt(a * a + 1),  # of what is never negative
    "ln": lambda a: math.log(a * a + 1),
    "exp": lambda a: math.exp(-a * a),
}
LATEX = {
    "+": r"{} + \left({}\right)",
    "-": r"{} - \left({}\right)",
    "*": r"\left({}\right)\left({}\right)",
    "max": r"\max\left({}, {}\right)",
    "sin": r"\sin\left({}\right)",
    "cos": r"\cos\left({}\right)",
    "arctan": r"\arctan\left({}\right)",
    "abs": r"\left|{}\right|",
    "sqrt": r"\sqrt{{\left({}\right)^2 + 1}}",
    "ln": r"\ln\left(\left({}\right)^{{2}} + 1\right)",
    "exp": r"e^{{-\left({}\right)^2}}",
}
PLAIN = {
    "+": "({})+({})",
    "-": "({})-({})",
    "*": "({})*({})",
    "max": "max({},{})",
    "sin": "sin({})",
    "cos": "cos({})",
    "arctan": "atan({})",
    "abs": "abs({})",
    "sqrt": "(1+({})^2)^(1/2)",
    "ln": "log(1+({})^2)",
    "exp": "1/exp(({})^2)",
}
EQUIVALENT = {
    "+": r"\left({1}\right) + \left({0}\right)",
    "-": r"-\left(\left({1}\right) - \left({0}\right)\right)",
    "*": r"\left({1}\right) \cdot \left({0}\right)",
    "max": r"\frac{{({0})+({1})+\left|({0})-({1})\right|}}{{2}}",
    "sin": r"\cos\left(\frac{{\pi}}{{2}} - \left({}\right)\right)",
    "cos": r"\sin\left(\frac{{\pi}}{{2}} - \left({}\right)\right)",
    "arctan": r"-\arctan\left(-\left({}\right)\right)",
    "abs": r"\sqrt{{\left({}\right)^2}}",
    "sqrt": r"\left(\left({}\right)^2 + 1\right)^{{1/2}}",
    "ln": r"2\ln\sqrt{{\left({}\right)^2 + 1}}",
    "exp": r"\frac{{1}}{{e^{{\left({}\right)^2}}}}",
}


def written(tree, notation):
    if not tree.parts:
        return str(tree.value)
    return notation[tree.operator].format(*(written(part, notation) for part in tree.parts))


def latex(tree):
    return written(tree, LATEX)


def value(tree, at):
    if tree.operator == "number":
        return float(tree.value)
    if tree.operator == "name":
        return at[tree.value]
    return VALUES[tree.operator](*(value(part, at) for part in tree.parts))


def changed(tree, choose):
    """The tree with one number or function changed."""
    if tree.operator == "number":
        return Tree("number", tree.value + choose.choice([1, 2]))
    if tree.operator == "name":
        return Tree("+", None, (tree, Tree("number", choose.randint(1, 9))))
    if choose.random() < 0.4:
        others = ["+", "-", "*", "max"] if len(tree.parts) == 2 else ["sin", "cos", "abs", "sqrt"]
        return Tree(choose.choice(others), None, tree.parts)
    index = choose.randrange(len(tree.parts))
    parts = list(tree.parts)
    parts[index] = changed(parts[index], choose)
    return Tree(tree.operator, None, tuple(parts))


def differ(left, right):
    """Whether two functions are far from each other at some point near zero."""
    source = random.Random(5)
    for _ in range(40):
        at = {name: source.uniform(-4, 4) for name in "xy"}
        one, other = value(left, at), value(right, at)
        if abs(one - other) > 1e-6 * (1 + abs(one)):
            return True
    return False


@settings(max_examples=150, deadline=None)
@given(FUNCTIONS)
def test_a_function_is_equal_however_it_is_written(tree):
    assert is_right(latex(tree), written(tree, PLAIN))
    assert is_right(written(tree, PLAIN), latex(tree))
    assert is_right(latex(tree), written(tree, EQUIVALENT))


@settings(max_examples=150, deadline=None)
@given(FUNCTIONS, st.integers(0, 2**32))
def test_a_changed_function_is_different(tree, seed):
    other = changed(tree, random.Random(seed))
    assume(differ(tree, other))
    assert not is_right(latex(tree), written(other, PLAIN))
    assert not is_right(written(other, PLAIN), latex(tree))


@settings(max_examples=150, deadline=None)
@given(st.integers(-300, 300), st.integers(1, 9), st.sampled_from(["max", "min", "abs"]))
def test_a_function_that_turns_is_no_single_formula_wherever_it_does(turn, slope, name):
    gold = rf"\left|{slope}x - ({turn})\right|" if name == "abs" else rf"\{name}({slope}x, {turn})"
    assert not is_right(gold, f"{slope}x - ({turn})" if name == "abs" else f"{slope}x")
    assert not is_right(gold, f"({turn}) - {slope}x" if name == "abs" else f"{turn}")


ENDS = st.integers(-40, 40)
INTERVALS = st.tuples(ENDS, st.integers(1, 30), st.booleans(), st.booleans()).map(
    lambda made: (made[0], made[0] + made[1], made[2], made[3])
)


def brackets(interval):
    low, high, low_closed, high_closed = interval
    return f"{'[' if low_closed else '('}{low}, {high}{']' if high_closed else ')'}"


def inequality(interval):
    low, high, low_closed, high_closed = interval
    signs = (r"\le" if closed else "<" for closed in (low_closed, high_closed))
    return f"{low} {next(signs)} x {next(signs)} {high}"


@settings(max_examples=200, deadline=None)
@given(INTERVALS, INTERVALS)
def test_intervals_are_equal_only_with_the_same_ends_and_brackets(first, second):
    same = first == second
    assert is_right(brackets(first), inequality(second)) == same
    assert is_right(inequality(first), brackets(second)) == same
    assert is_right(brackets(first), rf"\{{x \mid {inequality(second)}\}}") == same
    assert is_right(inequality(first), inequality(second)) == same


@settings(max_examples=100, deadline=None)
@given(st.lists(ENDS, min_size=2, max_size=4), st.randoms())
def test_values_by_name_may_come_in_any_order_and_values_without_may_not(values, source):
    named = [f"{name}={value}" for name, value in zip("abcd", values, strict=False)]
    shuffled = named[:]
    source.shuffle(shuffled)
    gold = "({})".format(",".join(map(str, values)))
    assert is_right(gold, ", ".join(shuffled))
    assert is_right(", ".join(named), ", ".join(shuffled))
    turned = values[::-1]
    assert is_right(", ".join(shuffled), "({})".format(",".join(map(str, turned)))) == (
        turned == values
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(ENDS, min_size=2, max_size=2), min_size=2, max_size=3), st.randoms())
def test_matrices_are_equal_cell_by_cell(rows, source):
    gold = r"\begin{pmatrix}" + r"\\".join("&".join(map(str, row)) for row in rows)
    gold += r"\end{pmatrix}"
    assert is_right(gold, str(rows))
    index, column = source.randrange(len(rows)), source.randrange(2)
    other = [row[:] for row in rows]
    other[index][column] += source.choice([-1, 1])
    assert not is_right(gold, str(other))


@settings(max_examples=100, deadline=None)
@given(*[st.integers(-9, 9)] * 4)
def test_complex_numbers_are_equal_multiplied_out(a, b, c, d):
    assume(b and d)
    product = rf"\left({a}+({b})i\right)\left({c}+({d})i\right)"
    real, imaginary = a * c - b * d, a * d + b * c
    assert is_right(f"{real}+({imaginary})i", product)
    assert is_right(f"{real}+({imaginary})i", f"i\\cdot({imaginary})+({real})")
    assert not is_right(f"{real}+({imaginary})i", f"{real}+({imaginary + 1})i")
    assert not is_right(f"{real}+({imaginary})i", f"{real - 1}+({imaginary})i")


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 9), st.integers(2, 40), st.integers(2, 5), st.integers(1, 9))
def test_radicals_are_equal_with_their_factors_in_or_out(outer, radicand, index, added):
    gold = rf"{added}+{outer}\sqrt[{index}]{{{radicand}}}"
    within = outer**index * radicand
    assert is_right(gold, rf"\sqrt[{index}]{{{within}}}+{added}")
    assert is_right(gold, f"{within}^(1/{index})+{added}")
    assert not is_right(gold, rf"\sqrt[{index}]{{{within + 1}}}+{added}")
    assert not is_right(gold, rf"\sqrt[{index + 1}]{{{within}}}+{added}")
