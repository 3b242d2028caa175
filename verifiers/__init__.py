"""Turns what a model wrote, and what is known of the right answer, into a Score."""

from verifiers.base import (
    Component,
    LimitOptions,
    Options,
    Score,
    Strict,
    TestResult,
    Tools,
    Verdict,
    Verifier,
    Workers,
)
from verifiers.errors import (
    InvalidOptions,
    InvalidReference,
    UnknownVerifier,
    VerifierError,
    VerifierUnavailable,
    WorkerError,
    WorkerLost,
    WorkerTimeout,
)

__all__ = [
    "Component",
    "InvalidOptions",
    "InvalidReference",
    "LimitOptions",
    "Options",
    "Score",
    "Strict",
    "TestResult",
    "Tools",
    "UnknownVerifier",
    "Verdict",
    "Verifier",
    "VerifierError",
    "VerifierUnavailable",
    "WorkerError",
    "WorkerLost",
    "WorkerTimeout",
    "Workers",
]
