"""Exact values of trees; what would be too large is left to other tiers."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from verifiers.math.arithmetic import FUNCTIONS, Rational, bounded, plain, power
from verifiers.math.errors import TooLarge, Undefined
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Big,
    Bracketed,
    Constant,
    Div,
    Matrix,
    Mul,
    Neg,
    Node,
    Number,
    Pow,
    Quantity,
    Symbol,
    walk,
)

MAX_TERMS = 500
_OF_MANY = frozenset({"det", "max", "min", "gcd", "lcm"})


def rational(node: Node, values: Mapping[str, Rational] | None = None) -> Rational | None:
    """The exact value of a number, None if it is irrational or not of this kind.

    `values` gives integers to bound variables. Raises Undefined for a division by zero, TooLarge.
    """
    if isinstance(node, Number | Based):
        return node.value
    compute = _RATIONAL.get(type(node))
    return compute(node, values) if compute is not None else None


def _symbol(node: Symbol, values: Mapping[str, Rational] | None) -> Rational | None:
    return values.get(node.name) if values else None


def _constant(node: Constant, values: Mapping[str, Rational] | None) -> Rational | None:
    return values.get(node.name) if values else None


def _sum(node: Add, values: Mapping[str, Rational] | None) -> Rational | None:
    total: Rational = 0
    for term in node.terms:
        value = rational(term, values)
        if value is None:
            return None
        total = total + value
    return bounded(total)


def _product(node: Mul, values: Mapping[str, Rational] | None) -> Rational | None:
    total: Rational = 1
    for factor in node.factors:
        value = rational(factor, values)
        if value is None:
            return None
        total = bounded(total * value)
    return total


def _quotient(node: Div, values: Mapping[str, Rational] | None) -> Rational | None:
    numerator = rational(node.numerator, values)
    if numerator is None:
        return None
    denominator = rational(node.denominator, values)
    if denominator is None:
        return None
    if denominator == 0:
        raise Undefined("division by zero")
    return plain(Fraction(numerator) / denominator)


def _negative(node: Neg, values: Mapping[str, Rational] | None) -> Rational | None:
    value = rational(node.operand, values)
    return None if value is None else -value


def _power(node: Pow, values: Mapping[str, Rational] | None) -> Rational | None:
    base = rational(node.base, values)
    if base is None:
        return None
    exponent = rational(node.exponent, values)
    if exponent is None:
        return None
    return power(base, exponent)


def _applied(node: Apply, values: Mapping[str, Rational] | None) -> Rational | None:
    if node.function in _OF_MANY:
        return _of_many(node, values)
    compute = FUNCTIONS.get(node.function)
    if compute is None:
        return None
    if node.function == "mod" and len(node.arguments) == 2:
        modulus = rational(node.arguments[1], values)
        if isinstance(modulus, int) and modulus > 0:
            remainder = _remainder(node.arguments[0], modulus, values)
            if remainder is not None:
                return remainder
    arguments: list[Rational] = []
    for argument in node.arguments:
        value = rational(argument, values)
        if value is None:
            return None
        arguments.append(value)
    try:
        return compute(*arguments)
    except TypeError as error:  # the text gave it too many or too few arguments
        raise Undefined(f"{node.function} of {len(arguments)} arguments") from error


def _remainder(node: Node, modulus: int, values: Mapping[str, Rational] | None) -> int | None:
    """What an integer leaves that may be too large to be written; None if it is none."""
    match node:
        case Add(terms=parts) | Mul(factors=parts):
            known = [_remainder(part, modulus, values) for part in parts]
            rests = [rest for rest in known if rest is not None]
            if len(rests) < len(known):
                return None
            return (sum(rests) if isinstance(node, Add) else math.prod(rests)) % modulus
        case Neg(operand=operand):
            rest = _remainder(operand, modulus, values)
            return None if rest is None else -rest % modulus
        case Pow(base=base, exponent=exponent):
            rest, power = _remainder(base, modulus, values), rational(exponent, values)
            if rest is None or not isinstance(power, int) or power < 0:
                return None
            return pow(rest, power, modulus)
    value = rational(node, values)
    return value % modulus if isinstance(value, int) else None


def _of_many(node: Apply, values: Mapping[str, Rational] | None) -> Rational | None:
    nodes = node.arguments
    if len(nodes) == 1 and isinstance(nodes[0], Bracketed):
        nodes = nodes[0].items
    if node.function == "det":
        return _determinant(nodes[0], values) if isinstance(nodes[0], Matrix) else None
    numbers = [rational(argument, values) for argument in nodes]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    if node.function in {"max", "min"}:
        ordered = sorted(known)
        return ordered[-1] if node.function == "max" else ordered[0]
    integers = [number for number in known if isinstance(number, int)]
    if len(integers) < len(known):
        return None
    return math.gcd(*integers) if node.function == "gcd" else bounded(math.lcm(*integers))


def _determinant(matrix: Matrix, values: Mapping[str, Rational] | None) -> Rational | None:
    cells = [[rational(cell, values) for cell in row] for row in matrix.rows]
    size = len(cells)
    if size > 8 or any(len(row) != size for row in cells):
        return None
    total: Rational = 1
    rows = [[Fraction(cell) for cell in row if cell is not None] for row in cells]
    if any(len(row) != size for row in rows):
        return None
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row][column]), None)
        if pivot is None:
            return 0
        if pivot != column:
            rows[column], rows[pivot] = rows[pivot], rows[column]
            total = -total
        total = total * rows[column][column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            rows[row] = [
                cell - factor * above for cell, above in zip(rows[row], rows[column], strict=True)
            ]
    return bounded(total)


def _series(node: Big, values: Mapping[str, Rational] | None) -> Rational | None:
    """A finite sum or product over integers."""
    if node.operator not in {"sum", "prod"} or node.lower is None or node.upper is None:
        return None
    first, last = rational(node.lower, values), rational(node.upper, values)
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    if last - first >= allowed_terms(node, MAX_TERMS):
        raise TooLarge(f"a series of {last - first + 1} terms")
    total: Rational = 0 if node.operator == "sum" else 1
    for index in range(first, last + 1):
        term = rational(node.body, {**(values or {}), node.variable: index})
        if term is None:
            return None
        total = bounded(total + term if node.operator == "sum" else total * term)
    return total


def allowed_terms(node: Big, terms: int) -> int:
    """How long a series may be: the fewer, the more series there are within it."""
    nested = sum(isinstance(part, Big) for part in walk(node.body))
    shorter: int = 20 ** min(nested, 4)
    return terms // shorter


def _bracketed(node: Bracketed, values: Mapping[str, Rational] | None) -> Rational | None:
    single = len(node.items) == 1 and node.left == "["
    return rational(node.items[0], values) if single else None


def _quantity(node: Quantity, values: Mapping[str, Rational] | None) -> Rational | None:
    if node.unit != "%":
        return None
    value = rational(node.value, values)
    return None if value is None else plain(Fraction(value) / 100)


_RATIONAL: dict[type, Callable[..., Rational | None]] = {
    Symbol: _symbol,
    Constant: _constant,
    Add: _sum,
    Mul: _product,
    Div: _quotient,
    Neg: _negative,
    Pow: _power,
    Apply: _applied,
    Big: _series,
    Bracketed: _bracketed,
    Quantity: _quantity,
}
