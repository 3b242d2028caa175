"""What runs in a worker process: comparisons that take long, and symbolic algebra.

SymPy is given trees that are built from our own nodes, never text.
"""

import functools
from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from verifiers.math import numeric
from verifiers.math.errors import MathError, TooLarge, Undecided, Undefined
from verifiers.math.exact import MAX_BITS, Rational
from verifiers.math.judge import judge_texts, read_gold
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Big,
    Constant,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Symbol,
)
from verifiers.math.policies import Kind, MathOptions

_DIGITS = 60
_FUNCTIONS: dict[str, Any] = {
    "sqrt": sympy.sqrt,
    "cbrt": sympy.cbrt,
    "root": sympy.root,
    "exp": sympy.exp,
    "ln": sympy.log,
    "log": sympy.log,
    "lg": lambda x: sympy.log(x, 10),
    "abs": sympy.Abs,
    "factorial": sympy.factorial,
    "binom": sympy.binomial,
    "floor": sympy.floor,
    "ceil": sympy.ceiling,
    **{name: getattr(sympy, name) for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{name: getattr(sympy, name) for name in ("sinh", "cosh", "tanh", "coth")},
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arccot": sympy.acot,
    "arsinh": sympy.asinh,
    "arcosh": sympy.acosh,
    "artanh": sympy.atanh,
}


def decide(gold: str, answer: str, kind: Kind, options: dict[str, Any]) -> tuple[bool, str, str]:
    """Whether the answer is right, the tier, and the reason; plain data for the way back."""
    with numeric.algebra(algebraic_value):
        judgement = judge_texts(
            gold, answer, kind, MathOptions.model_validate(options), patient=True
        )
    return judgement.right, judgement.tier, judgement.reason


def check_gold(gold: str, kind: Kind) -> str:
    """Empty if the gold can be evaluated, else why not."""
    with numeric.algebra(algebraic_value):
        try:
            judgement = judge_texts(gold, gold, kind, MathOptions(), patient=True, literally=False)
        except MathError as error:
            return str(error)
    read_gold(gold, kind)
    return "" if judgement.right else judgement.reason


def algebraic_value(node: Node, values: numeric.Values) -> Any:
    """The value of a sum, integral or limit as a ball."""
    return _value(node, tuple(sorted(values.items())))


@functools.lru_cache(maxsize=256)
def _value(node: Node, values: tuple[tuple[str, Rational], ...]) -> Any:
    tree = sympy_tree(node, dict(values))
    result = sympy.N(tree.doit(), _DIGITS)
    real, imaginary = result.as_real_imag()
    if not (real.is_Float or real.is_Integer or real.is_Rational):
        raise Undecided(f"the {_name(node)} has no closed form")
    with numeric.precision(numeric.HIGHEST_BITS):
        return acb(_ball(real), _ball(imaginary))


def _name(node: Node) -> str:
    return node.operator if isinstance(node, Big) else "expression"


def _ball(number: Any) -> Any:
    """The number with an error of one in its last digits."""
    exact = sympy.Rational(number)
    middle = arb(int(exact.p)) / int(exact.q)
    width = arb(10) ** -(_DIGITS - 10) * (abs(middle) + 1)
    return middle + width * arb(0, 1) if number.is_Float else middle


def sympy_tree(node: Node, values: dict[str, Rational]) -> Any:
    """The node as SymPy's own objects; raises Undefined for what has no counterpart."""
    build = functools.partial(sympy_tree, values=values)
    match node:
        case Number(value=value) | Based(value=value):
            return _rational(value)
        case Symbol(name=name):
            return _rational(values[name]) if name in values else sympy.Symbol(name)
        case Constant(name=name):
            return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "infinity": sympy.oo}[name]
        case Add(terms=terms):
            return sympy.Add(*map(build, terms))
        case Mul(factors=factors):
            return sympy.Mul(*map(build, factors))
        case Div(numerator=top, denominator=bottom):
            return build(top) / build(bottom)
        case Neg(operand=operand):
            return -build(operand)
        case Pow(base=base, exponent=exponent):
            return _power(build(base), build(exponent))
        case Apply(function=name, arguments=arguments) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*map(build, arguments))
        case Big():
            return _big(node, values)
    raise Undefined(f"a {type(node).__name__.lower()} within a sum, integral or limit")


def _rational(value: Rational) -> Any:
    fraction = Fraction(value)
    return sympy.Rational(fraction.numerator, fraction.denominator)


def _power(base: Any, exponent: Any) -> Any:
    """SymPy computes powers of integers at once, however large."""
    if base.is_Rational and exponent.is_Rational:
        size = max(abs(base.p), base.q).bit_length()
        if abs(exponent) * size > MAX_BITS:
            raise TooLarge("a power within a sum, integral or limit")
    return base**exponent


def _big(node: Big, values: dict[str, Rational]) -> Any:
    inner = {name: value for name, value in values.items() if name != node.variable}
    variable = sympy.Symbol(node.variable)
    body = sympy_tree(node.body, inner)
    if node.lower is None:
        raise Undefined(f"a {node.operator} without its range")
    lower = sympy_tree(node.lower, values)
    if node.operator == "lim":
        return sympy.limit(body, variable, lower)
    if node.upper is None:
        raise Undefined(f"a {node.operator} without its range")
    upper = sympy_tree(node.upper, values)
    if node.operator == "int":
        return sympy.Integral(body, (variable, lower, upper))
    integer = sympy.Symbol(node.variable, integer=True)
    build = sympy.Sum if node.operator == "sum" else sympy.Product
    return build(body.subs(variable, integer), (integer, lower, upper))
