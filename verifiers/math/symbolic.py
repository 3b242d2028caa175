"""Values of integrals, limits and long series; only for worker processes.

Integrals are enclosed by Arb, which proves differences. Otherwise a closed form is needed: SymPy is
given trees that are built from our own nodes, never text, and Arb evaluates what it finds.
"""

import functools
from fractions import Fraction
from typing import Any

import flint
import sympy
from flint import acb

from verifiers.math import numeric
from verifiers.math.arithmetic import MAX_BITS, Rational
from verifiers.math.closed_forms import closed_value
from verifiers.math.errors import TooLarge, Undecided, Undefined
from verifiers.math.exact import allowed_terms, rational
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
from verifiers.math.shapes import infinity_sign

MAX_TERMS = 1000
"""Of a series that is added up term by term."""
MAX_EVALUATIONS = 4000
_UNEVALUATED = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.nan, sympy.zoo)
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


def algebraic_value(node: Node, values: numeric.Values) -> Any:
    """The value of a sum, integral or limit as a ball, at the precision that is set."""
    if not isinstance(node, Big):
        raise Undecided("an expression that needs algebra")
    terms = _terms(node, values)
    if terms is not None:
        return numeric.series(node, values, terms)
    bits, key = flint.ctx.prec, tuple(sorted(values.items()))
    rough = _enclosure(node, key, numeric.LOW_BITS)
    if rough is not None and bits <= numeric.LOW_BITS:
        return rough
    form, length = _closed_form(node, key)
    value = None if form is None else closed_value(form, length)
    # SymPy makes mistakes, and an enclosure is proven.
    if value is not None and (rough is None or rough.overlaps(value)):
        return value
    enclosed = _enclosure(node, key, min(bits, numeric.INTEGRAL_BITS))
    if enclosed is None:
        raise Undecided(f"the {node.operator} has no closed form")
    return enclosed


def _terms(node: Big, values: numeric.Values) -> range | None:
    """The indices of a finite series that is short enough to be added up."""
    if node.operator not in {"sum", "prod"} or node.lower is None or node.upper is None:
        return None
    first, last = rational(node.lower, values), rational(node.upper, values)
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    return range(first, last + 1) if last - first < allowed_terms(node, MAX_TERMS) else None


@functools.lru_cache(maxsize=256)
def _enclosure(node: Big, values: tuple[tuple[str, Rational], ...], bits: int) -> Any:
    """A proven enclosure of an integral between numbers; None where none was found in time."""
    if node.operator != "int" or node.lower is None or node.upper is None:
        return None
    if infinity_sign(node.lower) or infinity_sign(node.upper):
        return None
    with numeric.precision(bits):
        low, high = (numeric.evaluate(end, dict(values)) for end in (node.lower, node.upper))
        of = numeric.integrand(node.body, node.variable, dict(values))
        found = acb.integral(of, low, high, eval_limit=MAX_EVALUATIONS)
    return found if found.is_finite() else None


@functools.lru_cache(maxsize=256)
def _closed_form(node: Big, values: tuple[tuple[str, Rational], ...]) -> tuple[Any, dict[Any, int]]:
    """What SymPy makes of it without integrals, series and limits; None if it cannot.

    A series of a million terms is summed up to a symbol, as SymPy would add up the terms. Second
    comes what that symbol stands for.
    """
    known, length = dict(values), dict[Any, int]()
    last = rational(node.upper, known) if node.operator in {"sum", "prod"} and node.upper else None
    if isinstance(last, int):
        symbol = sympy.Symbol("last", integer=True, positive=True)
        length = {symbol: last}
        form = _big(node, known, symbol).doit()
    else:
        form = sympy_tree(node, known).doit()
    return (None if form.has(*_UNEVALUATED) else form), length


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


def _big(node: Big, values: dict[str, Rational], upper: Any = None) -> Any:
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
    upper = sympy_tree(node.upper, values) if upper is None else upper
    if node.operator == "int":
        return sympy.Integral(body, (variable, lower, upper))
    integer = sympy.Symbol(node.variable, integer=True)
    build = sympy.Sum if node.operator == "sum" else sympy.Product
    return build(body.subs(variable, integer), (integer, lower, upper))
