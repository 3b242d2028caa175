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
from sandbox.startup import start
from sandbox.types import (
    Compilation,
    Execution,
    Harness,
    Invocation,
    LanguageInfo,
    Limits,
    Party,
    Program,
    SandboxInfo,
    Status,
)

__all__ = [
    "Compilation",
    "Execution",
    "Harness",
    "Invocation",
    "LanguageInfo",
    "LanguageUnavailable",
    "LaunchError",
    "Limits",
    "Overloaded",
    "Party",
    "Program",
    "RunnerLost",
    "Sandbox",
    "SandboxConfig",
    "SandboxError",
    "SandboxInfo",
    "SandboxUnavailable",
    "Session",
    "Status",
    "UnknownLanguage",
    "start",
]
