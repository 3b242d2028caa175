"""Reads the text of maths into nodes; what it does not know raises Unreadable."""

from verifiers.math.parser.grammar import MAX_DEPTH, parse

__all__ = ["MAX_DEPTH", "parse"]
