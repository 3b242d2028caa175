"""Unicode signs of maths as LaTeX or ASCII."""

import re

from verifiers.math import table

_RUNS = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+|[₀₁₂₃₄₅₆₇₈₉₊₋]+")


def normalise(text: str) -> str:
    """Unicode signs as LaTeX or ASCII; linear."""
    if text.isascii():
        return text
    text = _RUNS.sub(_run_as_script, text)
    return text.translate(table.UNICODE)


def _run_as_script(run: re.Match[str]) -> str:
    raised = run[0][0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"
    digits = run[0].translate(table.RAISED if raised else table.LOWERED)
    return f"{'^' if raised else '_'}{{{digits}}}"
