"""Rows of public datasets as they are downloaded: which verifier judges them, and with what."""

from verifiers.code.datasets.families import FAMILIES, named, read, recognise
from verifiers.code.datasets.fields import NoTests
from verifiers.code.datasets.reading import Family, Reading, Row, Solution

__all__ = [
    "FAMILIES",
    "Family",
    "NoTests",
    "Reading",
    "Row",
    "Solution",
    "named",
    "read",
    "recognise",
]
