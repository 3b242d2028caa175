"""Values of expressions as balls: a number with a proven bound of its error.

Balls that do not overlap prove a difference; balls that overlap when they are tiny are taken for
equality. The arithmetic is Arb's, by way of python-flint.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import flint
from flint import acb, arb

from verifiers.math.arithmetic import Rational
from verifiers.math.ball_functions import ANALYTIC, FUNCTIONS, MAX_MAGNITUDE
from verifiers.math.errors import Costly, TooLarge, Undefined
from verifiers.math.exact import allowed_terms, rational
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Big,
    Bracketed,
    Call,
    Constant,
    Div,
    Mul,
    Neg,
    Node,
    Number,
    PlusMinus,
    Pow,
    Quantity,
    Symbol,
)

Values = Mapping[str, Rational]
Evaluator = Callable[[Node, Values], Any]
LOW_BITS, HIGH_BITS, HIGHEST_BITS = 160, 640, 4096
INTEGRAL_BITS = 900
"""Of integrals without a closed form, whose enclosures take ever longer: 135 digits."""
MAX_LOOP_TERMS = 100


@contextlib.contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arithmetic with balls within the block is done with that many bits."""
    saved = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = saved


def ball(node: Node, values: Values, bits: int, *, real: bool = False) -> Any:
    """The value as an acb, computed with `bits` of precision.

    Raises Undefined where there is no finite value, or with `real` where any part of it is not
    real; Costly for integrals, limits and long series.
    """
    with precision(bits), _over_the_reals() if real else contextlib.nullcontext():
        return evaluate(node, values)


_real_only = False


@contextlib.contextmanager
def _over_the_reals() -> Iterator[None]:
    """Within the block, what is not real has no value, so that sqrt(ab) is sqrt(a) sqrt(b)."""
    global _real_only
    saved, _real_only = _real_only, True
    try:
        yield
    finally:
        _real_only = saved


def evaluate(node: Node, values: Values) -> Any:
    """The value at the precision that is set; see `ball`."""
    compute = _EVALUATE.get(type(node))
    if compute is None:
        raise Undefined(f"a {type(node).__name__.lower()} is no number")
    value = compute(node, values)
    if not value.is_finite():
        raise Undefined("no finite value there")
    if _real_only and not is_real(value):
        raise Undefined("no real value there")
    return value


def from_rational(value: Rational) -> Any:
    if isinstance(value, int):
        return acb(value)
    return acb(flint.fmpq(value.numerator, value.denominator))


def _number(node: Number | Based, _values: Values) -> Any:
    return from_rational(node.value)


def _constant(node: Constant, values: Values) -> Any:
    if node.name in values:
        return from_rational(values[node.name])
    match node.name:
        case "pi":
            return acb.pi()
        case "e":
            return acb(1).exp()
        case "i":
            return acb(0, 1)
    raise Undefined("infinity is no number")


def _symbol(node: Symbol, values: Values) -> Any:
    if node.name not in values:
        if _balls.get(node.name) is not None:
            return _balls[node.name]
        raise Undefined(f"{node.name} has no value")
    return from_rational(values[node.name])


def _sum(node: Add, values: Values) -> Any:
    total = evaluate(node.terms[0], values)
    for term in node.terms[1:]:
        total = total + evaluate(term, values)
    return total


def _product(node: Mul, values: Values) -> Any:
    total = evaluate(node.factors[0], values)
    for factor in node.factors[1:]:
        total = total * evaluate(factor, values)
    return total


def _quotient(node: Div, values: Values) -> Any:
    return evaluate(node.numerator, values) / evaluate(node.denominator, values)


def _negative(node: Neg, values: Values) -> Any:
    return -evaluate(node.operand, values)


def _power(node: Pow, values: Values) -> Any:
    base = evaluate(node.base, values)
    exponent = _exact(node.exponent, values)
    if isinstance(exponent, int):
        if abs(exponent) > MAX_MAGNITUDE:
            raise TooLarge("an exponent that large")
        if base.is_zero() and exponent <= 0:
            return acb(1) if exponent == 0 else acb("nan")
        return base**exponent
    power = evaluate(node.exponent, values)
    if abs(power).abs_lower() > MAX_MAGNITUDE:
        raise TooLarge("an exponent that large")
    if base.is_zero():
        return acb(0) if power.real > 0 else acb("nan")
    return base.pow(power, analytic=_analytic)


def _exact(node: Node, values: Values) -> Rational | None:
    try:
        return rational(node, values)
    except TooLarge:
        return None


def _applied(node: Apply, values: Values) -> Any:
    name = node.function
    if name in _BY_EXACT_VALUE:
        value = _exact(node, values)
        if value is not None:
            return from_rational(value)
    arguments = node.arguments
    if len(arguments) == 1 and isinstance(arguments[0], Bracketed):
        arguments = arguments[0].items
    compute = (ANALYTIC if _analytic else FUNCTIONS).get(name)
    if compute is None:
        raise Undefined(f"the value of {name} is not known")
    try:
        return compute(*(evaluate(argument, values) for argument in arguments))
    except TypeError as error:  # the text gave it too many or too few arguments
        raise Undefined(f"{name} of {len(arguments)} arguments") from error


def _called(node: Call, values: Values) -> Any:
    """An unknown function gets the same arbitrary value for the same arguments."""
    total = acb(sum(map(ord, node.name)) % 1000 + 1).sqrt()
    for weight, argument in enumerate(node.arguments, start=2):
        total = total + (evaluate(argument, values) * weight + weight).sin() / 3
    return total


_balls: dict[str, Any] = {}
"""The variables of integrals, which run through balls and not through rationals."""
_analytic = False
"""Whether what is not analytic on a whole ball has no value there."""


def integrand(body: Node, variable: str, values: Values) -> Callable[[Any, bool], Any]:
    """The body as a function of its variable, as `acb.integral` asks for one."""
    rest = {name: value for name, value in values.items() if name != variable}

    def at(place: Any, analytic: bool) -> Any:
        global _real_only, _analytic
        saved = _real_only, _analytic, _balls.get(variable)
        _real_only, _analytic, _balls[variable] = False, bool(analytic), place
        try:
            return evaluate(body, rest)
        except Undefined:
            return acb("nan")
        finally:
            _real_only, _analytic, _balls[variable] = saved

    return at


def _refuse(node: Node, _values: Values) -> Any:
    operator = node.operator if isinstance(node, Big) else "expression"
    raise Costly(f"the {operator} needs symbolic algebra")


_algebra: Evaluator = _refuse


@contextlib.contextmanager
def algebra(evaluator: Evaluator) -> Iterator[None]:
    """Within the block, integrals, limits and long series are given to `evaluator`."""
    global _algebra
    saved, _algebra = _algebra, evaluator
    try:
        yield
    finally:
        _algebra = saved


def _big(node: Big, values: Values) -> Any:
    if node.operator not in {"sum", "prod"} or node.lower is None or node.upper is None:
        return _algebra(node, values)
    first, last = _exact(node.lower, values), _exact(node.upper, values)
    if last is None and isinstance(node.upper, Constant):
        return _algebra(node, values)
    if not isinstance(first, int) or not isinstance(last, int):
        raise Undefined("a range that is not of integers")
    if last - first >= allowed_terms(node, MAX_LOOP_TERMS):
        return _algebra(node, values)
    return series(node, values, range(first, last + 1))


def series(node: Big, values: Values, indices: range) -> Any:
    """A finite sum or product, term by term."""
    total = acb(0) if node.operator == "sum" else acb(1)
    for index in indices:
        term = evaluate(node.body, {**values, node.variable: index})
        total = total + term if node.operator == "sum" else total * term
    return total


def _bracketed(node: Bracketed, values: Values) -> Any:
    if len(node.items) != 1 or node.left != "[":
        raise Undefined("a tuple is no number")
    return evaluate(node.items[0], values)


def _quantity(node: Quantity, values: Values) -> Any:
    value = evaluate(node.value, values)
    if node.unit == "%":
        return value / 100
    if node.unit == "degree":
        return value * acb.pi() / 180
    raise Undefined(f"{node.unit} within an expression")


def _plus_minus(node: PlusMinus, values: Values) -> Any:
    raise Undefined("two values in one")


_BY_EXACT_VALUE = frozenset(
    [
        "floor",
        "ceil",
        "round",
        "totient",
        "factorial",
        "factorial2",
        "binom",
        "gcd",
        "lcm",
        "mod",
        "det",
        "max",
        "min",
    ]
)

_EVALUATE: dict[type, Callable[..., Any]] = {
    Number: _number,
    Based: _number,
    Constant: _constant,
    Symbol: _symbol,
    Add: _sum,
    Mul: _product,
    Div: _quotient,
    Neg: _negative,
    Pow: _power,
    Apply: _applied,
    Call: _called,
    Big: _big,
    Bracketed: _bracketed,
    Quantity: _quantity,
    PlusMinus: _plus_minus,
}


def agree(left: Any, right: Any, bits: int) -> bool | None:
    """False if the balls prove a difference, True if they agree closely, None if they are wide."""
    with precision(bits):
        difference = left - right
        if not (difference.real.contains(0) and difference.imag.contains(0)):
            return False
        size = abs(left).abs_upper()
        if size > arb(2) ** (bits // 4):  # the last digits of numbers that large are out of sight
            return None
        return True if abs(difference).abs_upper() < arb(2) ** -(bits // 2) * (size + 1) else None


def is_real(value: Any) -> bool:
    """Whether the ball may hold a real number."""
    return bool(value.imag.contains(0))
