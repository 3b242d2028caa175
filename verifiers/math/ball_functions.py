"""The functions of maths on balls: numbers with a proven bound of their error."""

from collections.abc import Callable
from typing import Any

from flint import acb, arb

MAX_MAGNITUDE = 10**18
"""Of exponents and degrees of roots."""
MAX_FACTORIAL = 10**6
"""Of those that are multiplied out, as far as the digits go."""


def _real_root(value: Any, index: Any) -> Any:
    degree = index.unique_fmpz()
    if degree is None or not 0 < degree <= MAX_MAGNITUDE:
        return value.pow(1 / index)
    if degree % 2 and value.imag == 0 and value.real < 0:
        return -((-value).root(int(degree))) if degree < 1000 else acb("nan")
    return value.root(int(degree)) if degree < 1000 else value.pow(1 / index)


def _factorial(value: Any) -> Any:
    number = value.unique_fmpz()
    if number is not None and 0 <= number <= MAX_FACTORIAL:
        return acb(arb.fac_ui(int(number)))
    return (value + 1).gamma()


def _binomial(top: Any, bottom: Any) -> Any:
    return (top + 1).gamma() * (bottom + 1).rgamma() * (top - bottom + 1).rgamma()


def _logarithm(value: Any, base: Any = None) -> Any:
    return value.log() if base is None else value.log() / base.log()


def _largest(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found.real_max(value)
    return found


def _smallest(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = found.real_min(value)
    return found


def _absolute(value: Any) -> Any:
    return acb(abs(value))


def _sign(value: Any) -> Any:
    return value.real_sgn()


def _arccot(value: Any) -> Any:
    return acb.pi() / 2 - value.atan()


def _remainder(value: Any, modulus: Any) -> Any:
    return value - modulus * (value / modulus).real_floor()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sqrt": lambda x: x.sqrt(),
    "cbrt": lambda x: _real_root(x, acb(3)),
    "root": _real_root,
    "exp": lambda x: x.exp(),
    "ln": lambda x: x.log(),
    "log": _logarithm,
    "lg": lambda x: x.log() / acb(10).log(),
    "log2": lambda x: x.log() / acb(2).log(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.sin() / x.cos(),
    "cot": lambda x: x.cos() / x.sin(),
    "sec": lambda x: 1 / x.cos(),
    "csc": lambda x: 1 / x.sin(),
    "arcsin": lambda x: x.asin(),
    "arccos": lambda x: x.acos(),
    "arctan": lambda x: x.atan(),
    "arccot": _arccot,
    "arcsec": lambda x: (1 / x).acos(),
    "arccsc": lambda x: (1 / x).asin(),
    "sinh": lambda x: x.sinh(),
    "cosh": lambda x: x.cosh(),
    "tanh": lambda x: x.sinh() / x.cosh(),
    "coth": lambda x: x.cosh() / x.sinh(),
    "sech": lambda x: 1 / x.cosh(),
    "csch": lambda x: 1 / x.sinh(),
    "arsinh": lambda x: x.asinh(),
    "arcosh": lambda x: x.acosh(),
    "artanh": lambda x: x.atanh(),
    "cis": lambda x: (x * acb(0, 1)).exp(),
    "arg": lambda x: acb(x.arg()),
    "erf": lambda x: x.erf(),
    "abs": _absolute,
    "floor": lambda x: x.real_floor(),
    "ceil": lambda x: x.real_ceil(),
    "round": lambda x: (x + acb(1) / 2).real_floor(),
    "sgn": _sign,
    "factorial": _factorial,
    "binom": _binomial,
    "max": _largest,
    "min": _smallest,
    "mod": _remainder,
    "Gamma": lambda x: x.gamma(),
    "zeta": lambda x: x.zeta(),
}


def _analytic_arctan(value: Any) -> Any:
    turned = value * acb(0, 1)
    return ((1 + turned).log(analytic=True) - (1 - turned).log(analytic=True)) / acb(0, 2)


def _analytic_arcsin(value: Any) -> Any:
    root = (1 - value * value).sqrt(analytic=True)
    return (value * acb(0, 1) + root).log(analytic=True) / acb(0, 1)


def _analytic_logarithm(value: Any, base: Any = None) -> Any:
    logarithm = value.log(analytic=True)
    return logarithm if base is None else logarithm / base.log(analytic=True)


_MEROMORPHIC = (
    "exp sin cos tan cot sec csc sinh cosh tanh coth sech csch erf cis Gamma zeta factorial binom"
)
ANALYTIC: dict[str, Callable[..., Any]] = {
    **{name: FUNCTIONS[name] for name in _MEROMORPHIC.split()},
    "sqrt": lambda x: x.sqrt(analytic=True),
    "cbrt": lambda x: x.pow(acb(1) / 3, analytic=True),
    "root": lambda x, index: x.pow(1 / index, analytic=True),
    "ln": _analytic_logarithm,
    "log": _analytic_logarithm,
    "lg": lambda x: x.log(analytic=True) / acb(10).log(),
    "log2": lambda x: x.log(analytic=True) / acb(2).log(),
    "arctan": _analytic_arctan,
    "arcsin": _analytic_arcsin,
    "arccos": lambda x: acb.pi() / 2 - _analytic_arcsin(x),
    "abs": lambda x: x.real_abs(analytic=True),
    "sgn": lambda x: x.real_sgn(analytic=True),
    "floor": lambda x: x.real_floor(analytic=True),
    "ceil": lambda x: x.real_ceil(analytic=True),
    "max": lambda x, y: x.real_max(y, analytic=True),
    "min": lambda x, y: x.real_min(y, analytic=True),
}
"""Those that say so where they are not analytic on a whole ball, as integration needs it."""
