"""Checks that take SymPy, or long: apart, so that only workers that need it carry it."""

from verifiers.math import numeric
from verifiers.math.checking import checked_by, find, options_of
from verifiers.math.errors import Costly, MathError
from verifiers.math.golds import final_part, shortened
from verifiers.math.judge import Judgement, judge_texts
from verifiers.math.policies import Checked, Kind, MathOptions
from verifiers.math.symbolic import algebraic_value

MAX_SHOWN = 200_000
"""Characters of a completion in which the answer of a stopped check is looked for once more."""
_FIRST_PAIRS = (
    (r"\ln 2", r"\sum_{n=1}^{\infty} \frac{(-1)^{n+1}}{n}"),
    (r"\frac{\pi}{2}", r"\int_0^{\infty} \frac{\sin x}{x} dx"),
    (r"\frac{\pi}{4}", r"\int_0^1 \sqrt{1-x^2} dx"),
)
"""What SymPy makes tables for, which takes longer than a check may."""


def check_patiently(completion: str, golds: list[str], kind: Kind, options_json: str) -> Checked:
    """Judge a completion by all means; a gold that none of them can evaluate is a `problem`."""
    checked = checked_by(decide, completion, golds, kind, options_json)
    if checked.get("right") is False:
        return _problem_of(golds, kind) or checked
    return checked


def decide(gold: str, answer: str, kind: Kind, options: MathOptions) -> Judgement:
    """Judge an answer by the cheapest means that can, of which some take long."""
    try:
        return judge_texts(gold, answer, kind, options)
    except Costly:
        with numeric.algebra(algebraic_value):
            return judge_texts(gold, answer, kind, options, patient=True)


def explain(completion: str, golds: list[str], kind: Kind, options_json: str) -> Checked:
    """What became of a check that was stopped: a `problem` if a gold cannot be evaluated."""
    if problem := _problem_of(golds, kind):
        return problem
    found = find(completion, options_of(options_json)) if len(completion) <= MAX_SHOWN else None
    return {
        "answer": None if found is None else found.text,
        "source": "",
        "right": False,
        "tier": "symbolic",
        "reason": "",
    }


def prepare() -> None:
    """Have SymPy make the tables that all later calls use."""
    for gold, answer in _FIRST_PAIRS:
        decide(gold, answer, "auto", MathOptions())


def _problem_of(golds: list[str], kind: Kind) -> Checked | None:
    for gold in golds:
        if problem := _evaluation_problem(gold, kind):
            return {"problem": f"the gold answer {shortened(gold)} cannot be evaluated: {problem}"}
    return None


def _evaluation_problem(gold: str, kind: Kind) -> str:
    """Empty if the gold can be evaluated, else why not."""
    gold = final_part(gold, kind)
    with numeric.algebra(algebraic_value):
        try:
            judgement = judge_texts(gold, gold, kind, MathOptions(), patient=True, literally=False)
        except MathError as error:
            return str(error)
    return "" if judgement.right else judgement.reason
