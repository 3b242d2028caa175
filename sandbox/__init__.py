"""Runs programs nobody trusts, in isolation, and reports exactly what happened."""

from sandbox.base import Sandbox, Session
from sandbox.config import SandboxConfig
from sandbox.errors import (
    LanguageUnavailable,
    LaunchError,
    Overloaded,
    RunnerLost,
    SandboxError,
    SandboxUnavailable,
    UnknownLanguage,
)
from sandbox.figures import Figures, HasFigures
from sandbox.stages import Stage, Step, Timed
from sandbox.startup import start
from sandbox.types import (
    Claim,
    Compilation,
    Execution,
    Harness,
    Invocation,
    LanguageInfo,
    Limits,
    Party,
    Priority,
    Program,
    SandboxInfo,
    Status,
    Tier,
)

__all__ = [
    "Claim",
    "Compilation",
    "Execution",
    "Figures",
    "Harness",
    "HasFigures",
    "Invocation",
    "LanguageInfo",
    "LanguageUnavailable",
    "LaunchError",
    "Limits",
    "Overloaded",
    "Party",
    "Priority",
    "Program",
    "RunnerLost",
    "Sandbox",
    "SandboxConfig",
    "SandboxError",
    "SandboxInfo",
    "SandboxUnavailable",
    "Session",
    "Stage",
    "Status",
    "Step",
    "Tier",
    "Timed",
    "UnknownLanguage",
    "start",
]
