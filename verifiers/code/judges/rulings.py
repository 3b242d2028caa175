"""What a judge said of one test, read from how its program ended and what it printed."""

import math
import re
import signal
from typing import NamedTuple

from sandbox import Execution, Status
from verifiers.base import Verdict
from verifiers.code.rewards import end_of, preview
from verifiers.errors import InvalidReference

_OK, _FAIL, _POINTS = 0, 3, 7
GONE = 8
"""An output that ends too soon."""
_WRONG = (1, 2, 4, GONE)
"""Wrong answer; wrong format and something left over are wrong answers too."""
_NUMBER = re.compile(r"(?:points\s+)?([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s|$)")
_WORD = re.compile(r"[^\s'\"`,;:()\[\]{}<>=]+")
_QUOTED_BYTES = 1000
_CONCEALED = "…"


class Ruling(NamedTuple):
    """The judgement of one test."""

    verdict: Verdict
    message: str = ""
    share: float = 0.0
    """How much of the test's reward it earns; 1 exactly if it is accepted."""

    @classmethod
    def accepted(cls, message: str = "") -> "Ruling":
        return cls(Verdict.ACCEPTED, message, 1.0)


def by_exit_code(judge: Execution, *, who: str, full_points: float) -> Ruling:
    """As testlib ends: 0 accepted, 1 (2, 4, 8) wrong, 7 points, which the message begins with.

    Raises InvalidReference for every other end, for then nobody has judged.
    """
    said = _said(judge)
    if found_nobody(judge):
        return Ruling(Verdict.WRONG_ANSWER, said or "the output ends too soon")
    if judge.status is not Status.EXITED:
        raise _broken(judge, who, said)
    match judge.exit_code:
        case code if code == _OK:
            return Ruling.accepted(said)
        case code if code in _WRONG:
            return Ruling(Verdict.WRONG_ANSWER, said)
        case code if code == _POINTS:
            return _graded(said, said, who, full_points)
        case code if code == _FAIL:
            raise InvalidReference(f"{who} failed: {said or 'it said nothing'}")
    raise _broken(judge, who, said)


def found_nobody(judge: Execution) -> bool:
    """Whether it ended because there was nothing more to read, or nobody to write to."""
    if judge.status is Status.SIGNALLED:
        return judge.signal == signal.SIGPIPE
    return judge.status is Status.EXITED and judge.exit_code == GONE


def by_printed_number(judge: Execution, *, who: str, full_points: float) -> Ruling:
    """As the checkers of CMS end: with 0, and the points on standard output.

    Raises InvalidReference for every other end.
    """
    said = _said(judge)
    if not judge.succeeded:
        raise _broken(judge, who, said)
    return _graded(preview(judge.stdout, _QUOTED_BYTES).strip(), said, who, full_points)


def conceal(message: str, expected: bytes, found: bytes) -> str:
    """The message without those words that what was expected has, but not what was found."""

    def concealed(word: re.Match[str]) -> str:
        secret = _has(expected, word[0]) and not _has(found, word[0])
        return _CONCEALED if secret else word[0]

    return _WORD.sub(concealed, message)


def _graded(text: str, said: str, who: str, full_points: float) -> Ruling:
    found = _NUMBER.match(text)
    points = float(found[1]) if found else math.nan
    if not 0 <= points <= full_points:
        shown = text[:_QUOTED_BYTES] or "nothing"
        raise InvalidReference(
            f"{who} gave {shown!r} where points from 0 to {full_points:g} were due; "
            "set full_points to what it gives at most"
        )
    share = points / full_points
    if share == 1:
        return Ruling.accepted(said)
    return Ruling(Verdict.PARTIAL if share > 0 else Verdict.WRONG_ANSWER, said, share)


def _said(judge: Execution) -> str:
    return preview(judge.stderr, _QUOTED_BYTES).strip()


def _broken(judge: Execution, who: str, said: str) -> InvalidReference:
    quoted = f": {said}" if said else ""
    return InvalidReference(f"{who} came to no judgement, {end_of(judge)}{quoted}")


def _has(text: bytes, word: str) -> bool:
    boundary = rb"[\s'\"`,;:()\[\]{}<>=]"
    escaped = re.escape(word.encode(errors="replace"))
    pattern = rb"(?:^|(?<=%b))%b(?=%b|$)" % (boundary, escaped, boundary)
    return re.search(pattern, text) is not None
