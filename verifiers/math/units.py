"""Units of measure: their spellings, dimensions and sizes, as a table.

A unit expression has a canonical text, e.g. "m*s^-1"; `measure` turns it into a dimension and an
exact size, so that 100 cm is 1 m. A word that the table does not know is a unit of its own.
"""

from fractions import Fraction
from functools import lru_cache

Dimension = tuple[tuple[str, int], ...]
"""Base dimensions with their powers, sorted."""

_PREFIXES: dict[str, Fraction | int] = {
    "k": 1000,
    "c": Fraction(1, 100),
    "m": Fraction(1, 1000),
    "d": Fraction(1, 10),
    "μ": Fraction(1, 10**6),
}
_METRIC_WORDS: dict[str, Fraction | int] = {
    "kilo": 1000,
    "centi": Fraction(1, 100),
    "milli": Fraction(1, 1000),
    "deci": Fraction(1, 10),
}

_CAPACITANCE = {"mass": -1, "length": -2, "time": 4, "current": 2}

#: spellings | powers of base dimensions | size in the dimension's own measure
_TABLE: list[tuple[str, dict[str, int], Fraction | int]] = [
    ("m meter meters metre metres", {"length": 1}, 1),
    ("in inch inches", {"length": 1}, Fraction(254, 10000)),
    ("ft foot feet", {"length": 1}, Fraction(3048, 10000)),
    ("yd yds yard yards", {"length": 1}, Fraction(9144, 10000)),
    ("mi mile miles", {"length": 1}, Fraction(1609344, 1000)),
    ("nm nanometer nanometers", {"length": 1}, Fraction(1, 10**9)),
    ("micrometer micrometers micron microns", {"length": 1}, Fraction(1, 10**6)),
    ("s sec secs second seconds", {"time": 1}, 1),
    ("μs microsecond microseconds", {"time": 1}, Fraction(1, 10**6)),
    ("min mins minute minutes", {"time": 1}, 60),
    ("h hr hrs hour hours", {"time": 1}, 3600),
    ("day days", {"time": 1}, 86400),
    ("week weeks", {"time": 1}, 604800),
    ("month months", {"month": 1}, 1),
    ("year years yr yrs", {"month": 1}, 12),
    ("g gram grams gm", {"mass": 1}, Fraction(1, 1000)),
    ("t tonne tonnes", {"mass": 1}, 1000),
    ("lb lbs pound pounds", {"mass": 1}, Fraction(45359237, 10**8)),
    ("oz ounce ounces", {"mass": 1}, Fraction(45359237, 16 * 10**8)),
    ("L l liter liters litre litres", {"length": 3}, Fraction(1, 1000)),
    ("gal gallon gallons", {"length": 3}, Fraction(3785411784, 10**12)),
    ("cc", {"length": 3}, Fraction(1, 10**6)),
    ("ha hectare hectares", {"length": 2}, 10**4),
    ("acre acres", {"length": 2}, Fraction(40468564224, 10**7)),
    ("mph", {"length": 1, "time": -1}, Fraction(44704, 10**5)),
    ("kph kmph", {"length": 1, "time": -1}, Fraction(5, 18)),
    ("N newton newtons", {"mass": 1, "length": 1, "time": -2}, 1),
    ("J joule joules", {"mass": 1, "length": 2, "time": -2}, 1),
    ("W watt watts", {"mass": 1, "length": 2, "time": -3}, 1),
    ("Pa pascal pascals", {"mass": 1, "length": -1, "time": -2}, 1),
    ("Hz hertz", {"time": -1}, 1),
    ("C coulomb coulombs", {"current": 1, "time": 1}, 1),
    ("μC microcoulomb microcoulombs", {"current": 1, "time": 1}, Fraction(1, 10**6)),
    ("A amp amps ampere amperes", {"current": 1}, 1),
    ("V volt volts", {"mass": 1, "length": 2, "time": -3, "current": -1}, 1),
    ("Ω Omega ohm ohms", {"mass": 1, "length": 2, "time": -3, "current": -2}, 1),
    ("farad farads", _CAPACITANCE, 1),
    ("μF microfarad microfarads", _CAPACITANCE, Fraction(1, 10**6)),
    ("atm atmosphere atmospheres", {"mass": 1, "length": -1, "time": -2}, 101325),
    ("T tesla", {"mass": 1, "time": -2, "current": -1}, 1),
    ("K kelvin kelvins", {"kelvin": 1}, 1),
    ("mol mole moles", {"amount": 1}, 1),
    ("eV", {"electronvolt": 1}, 1),
    ("degC celsius", {"celsius": 1}, 1),
    ("degF fahrenheit", {"fahrenheit": 1}, 1),
    ("degree degrees deg", {"angle": 1}, 1),
    ("rad radian radians", {"radian": 1}, 1),
    ("% percent percents percentage", {"percent": 1}, 1),
    ("$ dollar dollars usd USD bucks", {"dollar": 1}, 1),
    ("cent cents ¢", {"dollar": 1}, Fraction(1, 100)),
    ("€ euro euros eur EUR", {"euro": 1}, 1),
    ("£ gbp GBP", {"sterling": 1}, 1),
    ("¥ yen yuan rmb RMB CNY JPY", {"yuan": 1}, 1),
    ("₹ Rs rupee rupees INR", {"rupee": 1}, 1),
    ("unit units", {}, 1),
]

_PREFIXED = ("m", "g", "L", "N", "J", "W", "Pa", "Hz", "V", "eV", "Ω")


def _table() -> dict[str, tuple[Dimension, Fraction]]:
    known: dict[str, tuple[Dimension, Fraction]] = {}
    for spellings, powers, size in _TABLE:
        for spelling in spellings.split():
            known[spelling] = (tuple(sorted(powers.items())), Fraction(size))
    for short in _PREFIXED:
        dimension, size = known[short]
        for prefix, factor in _PREFIXES.items():
            known.setdefault(prefix + short, (dimension, size * factor))
    for name in ("meter", "metre", "gram", "liter", "litre", "watt", "joule", "newton"):
        dimension, size = known[name]
        for prefix, factor in _METRIC_WORDS.items():
            known[prefix + name] = known[prefix + name + "s"] = (dimension, size * factor)
    known["kilo"] = known["kilos"] = known["kg"]
    known["ml"] = known["mL"]
    known["MHz"] = (known["Hz"][0], Fraction(10**6))
    return known


_KNOWN = _table()
AMBIGUOUS = frozenset(name for name in _KNOWN if len(name) == 1 and name.isalpha()) | {"Omega"}
"""Units of one letter, which are variables unless they are set upright or after a space."""


def known_unit(word: str) -> str | None:
    """The word as the table spells it, or None; only words of four letters ignore their case."""
    if word in _KNOWN:
        return word
    lowered = word.lower()
    return lowered if len(word) >= 4 and lowered in _KNOWN else None


def product(unit: str, other: str, power: int = 1) -> str:
    """The canonical text of `unit` times `other` to a power."""
    factor = other if power == 1 else f"{other}^{power}"
    return f"{unit}*{factor}" if unit else factor


@lru_cache(maxsize=4096)
def measure(unit: str) -> tuple[Dimension, Fraction]:
    """Dimension and size of a canonical unit text; an unknown word is its own dimension."""
    powers: dict[str, int] = {}
    size = Fraction(1)
    for factor in unit.split("*"):
        name, _, power_text = factor.partition("^")
        power = int(power_text or 1)
        dimension, one = _KNOWN.get(name, (((_singular(name), 1),), Fraction(1)))
        size *= one**power
        for base, exponent in dimension:
            powers[base] = powers.get(base, 0) + exponent * power
    return tuple(sorted((base, power) for base, power in powers.items() if power)), size


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word
