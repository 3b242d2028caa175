"""Exact values: rationals, prime powers, and residues of rational functions.

Sizes are estimated before anything is computed; what would be too large is left to other tiers.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction

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

Rational = int | Fraction

MAX_BITS = 4096
"""No exact number larger than this is ever computed."""
MAX_FACTORIAL = 450
MAX_TERMS = 500
MODULUS = 2305843009213693921
"""A prime just below 2**61 that is 1 modulo 4, so that -1 has a square root."""
MAX_DEGREE = 10**6
"""Far below the modulus, so that different polynomials rarely agree at a random point."""


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
    return _bounded(total)


def _product(node: Mul, values: Mapping[str, Rational] | None) -> Rational | None:
    total: Rational = 1
    for factor in node.factors:
        value = rational(factor, values)
        if value is None:
            return None
        total = _bounded(total * value)
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
    return _plain(Fraction(numerator) / denominator)


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


def power(base: Rational, exponent: Rational) -> Rational | None:
    """base ** exponent where it is rational; raises TooLarge, Undefined for 1/0."""
    exponent = _plain(exponent)
    if isinstance(exponent, Fraction):
        if base < 0 or exponent.denominator > 64:
            return None
        rooted = root(base, exponent.denominator)
        return None if rooted is None else power(rooted, exponent.numerator)
    if base == 0 and exponent <= 0:
        if exponent == 0:
            return 1
        raise Undefined("division by zero")
    if base in (0, 1, -1):
        return base if exponent % 2 else base * base
    size = max(abs(base.numerator), base.denominator).bit_length()
    if abs(exponent) * size > MAX_BITS:
        raise TooLarge(f"a power of about {abs(exponent)} times {size} bits")
    return _plain(Fraction(base) ** exponent)


def root(value: Rational, index: int) -> Rational | None:
    """The non-negative root if it is rational."""
    if value < 0:
        return None
    numerator = _integer_root(value.numerator, index)
    if numerator is None:
        return None
    denominator = _integer_root(value.denominator, index)
    return None if denominator is None else _plain(Fraction(numerator, denominator))


def _integer_root(value: int, index: int) -> int | None:
    if index == 2:
        found = math.isqrt(value)
    elif value < 2:
        found = value
    else:  # Newton's method from above
        found = 1 << -(-value.bit_length() // index)
        while True:
            better = ((index - 1) * found + value // found ** (index - 1)) // index
            if better >= found:
                break
            found = better
    return found if found**index == value else None


def _plain(value: Rational) -> Rational:
    return value.numerator if value.denominator == 1 else value


def _bounded(value: Rational) -> Rational:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise TooLarge(f"a number of more than {MAX_BITS} bits")
    return _plain(value)


def _applied(node: Apply, values: Mapping[str, Rational] | None) -> Rational | None:
    compute = _FUNCTIONS.get(node.function)
    if compute is None:
        return None
    if node.function in {"det", "max", "min", "gcd", "lcm"}:
        return _of_many(node, values)
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
    return math.gcd(*integers) if node.function == "gcd" else _bounded(math.lcm(*integers))


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
    return _bounded(total)


def _factorial(value: Rational) -> Rational | None:
    if not isinstance(value, int):
        return None
    if value < 0:
        raise Undefined("the factorial of a negative number")
    if value > MAX_FACTORIAL:
        raise TooLarge(f"the factorial of {value}")
    return math.factorial(value)


def _double_factorial(value: Rational) -> Rational | None:
    if not isinstance(value, int) or value < -1:
        return None
    if value > MAX_FACTORIAL:
        raise TooLarge(f"the double factorial of {value}")
    return math.prod(range(value, 0, -2))


def _binomial(top: Rational, bottom: Rational) -> Rational | None:
    if not isinstance(top, int) or not isinstance(bottom, int):
        return None
    if bottom < 0:
        return 0
    if top < 0:
        rest = _binomial(bottom - top - 1, bottom)
        return None if rest is None else rest * (-1) ** (bottom % 2)
    fewer = min(bottom, top - bottom)
    if fewer > 0 and fewer * (math.log2(top) - math.log2(fewer) + 1.5) > MAX_BITS:
        raise TooLarge(f"a binomial coefficient of {top}")
    return math.comb(top, bottom)


def _floor(value: Rational) -> Rational | None:
    return math.floor(value)


def _ceil(value: Rational) -> Rational | None:
    return math.ceil(value)


def _remainder(value: Rational, modulus: Rational) -> Rational | None:
    if modulus == 0:
        raise Undefined("division by zero")
    return value % modulus


def _absolute(value: Rational) -> Rational | None:
    return value if value >= 0 else -value


def _square_root(value: Rational) -> Rational | None:
    return root(value, 2)


def _cube_root(value: Rational) -> Rational | None:
    return _root_of(value, 3)


def _root_of(value: Rational, index: Rational) -> Rational | None:
    if not isinstance(index, int) or not 0 < index <= 64:
        return None
    if value < 0 and index % 2:
        positive = root(-value, index)
        return None if positive is None else -positive
    return root(value, index)


def _sign(value: Rational) -> Rational | None:
    return (1 if value > 0 else 0) - (1 if value < 0 else 0)


def _exponential(value: Rational) -> Rational | None:
    return 1 if value == 0 else None


def _logarithm(value: Rational, base: Rational | None = None) -> Rational | None:
    if value == 1:
        return 0
    return 1 if base is not None and value == base and base > 0 else None


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
        total = _bounded(total + term if node.operator == "sum" else total * term)
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
    return None if value is None else _plain(Fraction(value) / 100)


_FUNCTIONS: dict[str, Callable[..., Rational | None]] = {
    "factorial": _factorial,
    "factorial2": _double_factorial,
    "binom": _binomial,
    "floor": _floor,
    "ceil": _ceil,
    "mod": _remainder,
    "abs": _absolute,
    "sqrt": _square_root,
    "cbrt": _cube_root,
    "root": _root_of,
    "sgn": _sign,
    "exp": _exponential,
    "ln": _logarithm,
    "log": _logarithm,
    **dict.fromkeys(("det", "max", "min", "gcd", "lcm"), _absolute),
}

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
