"""Why a text or a pair of expressions could not be judged.

MathError
├── Unreadable     the text is not maths that the parser knows
├── Undefined      the expression has no value there: division by zero, outside its domain
├── TooLarge       its value is past what is ever computed
└── Undecided      neither equality nor difference could be shown
"""


class MathError(Exception):
    """Internal to this package; the verifier turns it into a verdict."""


class Unreadable(MathError):
    """The text is not maths that the parser knows."""


class Undefined(MathError):
    """The expression has no value at that point."""


class TooLarge(MathError):
    """Computing the value would take too much; nothing was computed."""


class Costly(MathError):
    """It takes more than may be done outside a worker process."""


class Undecided(MathError):
    """Neither equality nor difference could be shown."""
