"""Who says whether an output is right: comparisons made here, and programs that a task brings."""

from verifiers.code.judges.checkers import Checker, FloatChecker, ProgramChecker, TextChecker
from verifiers.code.judges.interactors import Interactor

__all__ = ["Checker", "FloatChecker", "Interactor", "ProgramChecker", "TextChecker"]
