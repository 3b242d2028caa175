"""Values of SymPy's closed forms as balls: what it leaves unevaluated has none.

SymPy's own digits of an integral or a series come from quadrature and extrapolation, and nothing
bounds their error. A closed form is evaluated by Arb instead, to as many digits as are asked for.
"""

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from flint import acb, arb, fmpq

from verifiers.math.ball_functions import FUNCTIONS
from verifiers.math.errors import Undecided

_CONSTANTS: dict[Any, Callable[[], Any]] = {
    sympy.pi: acb.pi,
    sympy.E: lambda: acb(1).exp(),
    sympy.I: lambda: acb(0, 1),
    sympy.EulerGamma: lambda: acb(arb.const_euler()),
    sympy.Catalan: lambda: acb(arb.const_catalan()),
    sympy.GoldenRatio: lambda: (1 + acb(5).sqrt()) / 2,
}


def _polygamma(order: Any, place: Any) -> Any:
    return place.digamma() if order == 0 else place.polygamma(order)


def _harmonic(last: Any, power: Any = None) -> Any:
    if power is None or power == 1:
        return (last + 1).digamma() + arb.const_euler()
    return power.zeta() - power.zeta(last + 1)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: FUNCTIONS[name] for name in ("exp", "sin", "cos", "tan", "cot", "sec", "csc")},
    **{name: FUNCTIONS[name] for name in ("sinh", "cosh", "tanh", "coth", "sech", "csch")},
    **{f"a{name}": FUNCTIONS[f"arc{name}"] for name in ("sin", "cos", "tan", "cot", "sec", "csc")},
    **{f"a{name}": FUNCTIONS[f"ar{name}"] for name in ("sinh", "cosh", "tanh")},
    "log": FUNCTIONS["log"],
    "Abs": FUNCTIONS["abs"],
    "factorial": FUNCTIONS["factorial"],
    "binomial": FUNCTIONS["binom"],
    "floor": FUNCTIONS["floor"],
    "ceiling": FUNCTIONS["ceil"],
    "gamma": lambda x: x.gamma(),
    "loggamma": lambda x: x.lgamma(),
    "zeta": lambda s, place=None: s.zeta() if place is None else s.zeta(place),
    "dirichlet_eta": lambda s: s.dirichlet_eta(),
    "polylog": lambda order, x: x.polylog(order),
    "lerchphi": lambda x, s, place: acb.lerch_phi(x, s, place),
    "polygamma": _polygamma,
    "harmonic": _harmonic,
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "erfi": lambda x: x.erfi(),
    "Si": lambda x: x.si(),
    "Ci": lambda x: x.ci(),
    "Shi": lambda x: x.shi(),
    "Chi": lambda x: x.chi(),
    "Ei": lambda x: x.ei(),
    "li": lambda x: x.li(),
}


def closed_value(form: Any, values: Mapping[Any, int]) -> Any:
    """The value of a closed form at the precision that is set; raises Undecided if it is none.

    `values` gives integers to the symbols in it.
    """
    if form.is_Rational:
        return acb(fmpq(int(form.p), int(form.q)))
    if form in _CONSTANTS:
        return _CONSTANTS[form]()
    if form in values:
        return acb(values[form])
    if not form.args:
        raise Undecided(f"{form} has no value")
    name = type(form).__name__
    if not (form.is_Add or form.is_Mul or form.is_Pow) and name not in _FUNCTIONS:
        raise Undecided(f"no closed form was found, only one with {name}")
    arguments = [closed_value(argument, values) for argument in form.args]
    if form.is_Add:
        return functools.reduce(operator.add, arguments)
    if form.is_Mul:
        return functools.reduce(operator.mul, arguments)
    if form.is_Pow:
        base, exponent = arguments
        return base ** int(form.exp) if form.exp.is_Integer else base.pow(exponent)
    try:
        return _FUNCTIONS[name](*arguments)
    except TypeError as error:
        raise Undecided(f"{name} of {len(arguments)} arguments") from error
