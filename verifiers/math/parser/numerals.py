"""Decimals that go on for ever, written with an ellipsis."""

from fractions import Fraction

from verifiers.math.nodes import Number


def repeating_value(number: Number) -> Fraction | None:
    """What 0.333… or 0.142857142857… is: at least three periods, or two of several digits."""
    if number.places is None:
        return None
    digits = str(int(abs(number.value) * 10**number.places)).rjust(number.places, "0")
    decimals = digits[-number.places :]
    for length in range(1, number.places // 2 + 1):
        period = decimals[-length:]
        fixed, repeats = decimals.removesuffix(period), 1
        while fixed.endswith(period):
            fixed, repeats = fixed.removesuffix(period), repeats + 1
        if repeats >= 3 or (repeats == 2 and length >= 2):
            scale = 10 ** len(fixed)
            whole = Fraction(int(number.value * scale), scale)
            return whole + Fraction(int(period), scale * (10**length - 1))
    return None
