"""Words that may change what a number beside them says, as tables."""

from verifiers.math.spoken import CARDINALS, ONE_PART, PARTS, SCALES, plural

_DENYING = """
    not no never neither nor none nobody without except isn't doesn't aren't wasn't won't can't
    cannot don't didn't wrong incorrect incorrectly false falsely untrue reject rejects rejected
    rejecting extraneous invalid invalidated impossible discard discards discarded exclude excludes
    excluded excluding fail fails failed failing eliminate eliminated ignore ignored dismiss
    dismissed inadmissible unacceptable inapplicable nope nah unlikely doubtful doubt spurious
    erroneous mistaken mistake mistakes contradiction contradicts contradictory contrary fake bogus
    kidding joke wait oops scratch sorry nonsense disallowed forbidden void absurd unless unsuitable
    infeasible unfeasible nonexistent inconsistent undefined counterexample but although
    though however despite too
"""
_HEDGING = """
    maybe perhaps possibly probably guess guesses guessed unknown think suppose supposing
    assume assuming assumed presumably hypothetically unsure either alternatively alternative
    alternatives instead rather otherwise else if when where should would could might
    previously previous formerly initially almost nearly
"""
_BOUNDING = """
    less more fewer greater lesser than least most over under above below beyond between around
    about approximately roughly bound bounds exceeds exceeding up-to
"""
_COMPUTING = """
    plus minus times divided by mod modulo power twice double triple half to percent from through
    until per point negative positive including because since any all every each
    other base or and of
"""
TAKING_BACK = frozenset(f"{_DENYING} {_HEDGING} {_BOUNDING} {_COMPUTING}".split()) | {
    *("third", "thirds", "fourth", "fourths", "fifth", "fifths", "tenth", "tenths", "quarter"),
    *("quarters", "halves", "hundredth"),
    *SCALES,
    *map(plural, SCALES),
}
"""Words before a number that may deny it, hedge it, or compute something else from it."""

_OPERATIONS = """
    squared cubed halved doubled tripled trebled quadrupled quintupled halving doubling tripling
    factorial factorials inverse inverses inverted reciprocal reciprocals root logarithm logarithms
    log ln exponent exponential conjugate conjugates conjugated imaginary negated negation opposite
    recurring repeating repeated bar overline dot comma multiplied added subtracted increased
    decreased raised fold onefold twofold threefold fourfold fivefold sixfold tenfold hundredfold
    thousandfold treble quadruple remainder modulus mod complement prime transposed rounded
    truncated shifted scaled simplified
"""
_BASES = """
    base bases radix binary ternary quaternary quinary senary septenary octal nonary decimal
    duodecimal hex hexadecimal vigesimal sexagesimal roman unary
"""
_SIZES = """
    mil mils mill zillion zillions gazillion googol googolplex myriad myriads couple few several
    many hundredweight permil permille promille mille ppm ppb basis percentile sextillion septillion
    octillion nonillion decillion
    mega giga tera peta micro nano pico femto atto deci deca deka hecto centi milli
"""
_LOSING = """
    loss losses debt debts deficit decrease decreases decline declines drop owed owes owing short
    shortage down behind reduction limit limits bounded reduced lower upper backward backwards
    bc odd even first last off
"""
_OTHER_VALUES = """
    versus vs thru till aka alias namely viz respectively resp say yes zeroth and/or etc plusminus
    both equals equal becomes is are was were be being been
"""


def _number_words() -> set[str]:
    # Zeros are what a function has, or an integer at its end.
    cardinals = {*CARDINALS, *map(plural, CARDINALS)} - {"zeros", "zeroes"}
    return {*cardinals, *SCALES, *map(plural, SCALES), *ONE_PART, *PARTS}


CHANGING = (
    TAKING_BACK
    | _number_words()
    | frozenset(f"{_OPERATIONS} {_BASES} {_SIZES} {_LOSING} {_OTHER_VALUES}".split())
)
"""Words behind a number that may change what it says, so that they are never taken for a gloss."""
CHANGING_TOGETHER = frozenset([("square", "roots"), ("cube", "roots")])
"""The same of words that are harmless by themselves."""
