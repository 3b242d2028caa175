"""Regular expressions that nobody trusts: compiled and matched in a worker, within bounds.

A worker because compiling alone can take gigabytes, as `((a{1000}){1000}){1000}` does, and because
CPU time in a process of its own means the same however busy the service is. A pattern that a worker
has compiled in no time is from then on tried here first, for a moment.
"""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import regex
from pydantic import Field

from verifiers.base import Strict, Tools
from verifiers.errors import InvalidReference
from verifiers.text.blame import tried

MATCH_CPU_S = 1.0
MODEST_CHARS = 1_000
"""A pattern that cannot decide this many characters in time is broken, whatever they are."""

_MOMENT_S = 0.005
_KEPT_PATTERNS = 1024
_sound: dict[tuple[str, tuple[str, ...]], "regex.Pattern[str]"] = {}
"""Patterns that a worker compiled within a moment."""

Flag = Literal["ascii", "dotall", "ignorecase", "multiline", "verbose"]


Expression = Annotated[str, Field(max_length=10_000)]


class Pattern(Strict):
    """A regular expression, and how to apply it."""

    pattern: Expression
    """In the dialect of Python's `regex` module, a superset of `re`."""
    match: Literal["full", "search"] = "full"
    """Whether the pattern must match the whole text or just somewhere in it."""
    flags: tuple[Flag, ...] = ()


async def matches(pattern: Pattern, text: str, tools: Tools) -> bool:
    """Whether the pattern matches.

    Raises InvalidReference when the pattern does not compile or explodes on a text of modest
    length, TooLong when only the length of `text` is to blame, and what workers raise.
    """
    if not pattern.pattern:
        raise InvalidReference("the pattern is empty; it would match everything")
    return await tried(
        "pattern",
        lambda: _call(pattern, text, tools),
        easier=lambda: _call(pattern, text[:MODEST_CHARS], tools),
        chars=len(text),
        modest_chars=MODEST_CHARS,
        cpu_s=MATCH_CPU_S,
        remedy="avoid repetitions within repetitions",
    )


async def _call(pattern: Pattern, text: str, tools: Tools) -> bool:
    key = (pattern.pattern, pattern.flags)
    full = pattern.match == "full"
    if sound := _sound.get(key):
        try:
            return _matches(sound, text, full=full, timeout_s=_MOMENT_S)
        except TimeoutError:
            pass  # a worker will tell
    outcome = await tools.workers.call(
        "verifiers.text.patterns:match_in_worker",
        *key,
        full,
        text,
        cpu_s=MATCH_CPU_S,
        deadline=tools.deadline,
    )
    if "invalid" in outcome:
        raise InvalidReference(f"the pattern is not valid: {outcome['invalid']}")
    if outcome["compile_s"] < _MOMENT_S:
        if len(_sound) == _KEPT_PATTERNS:
            del _sound[next(iter(_sound))]
        _sound[key] = _compile(*key)
    return bool(outcome["matched"])


def match_in_worker(pattern: str, flags: list[str], full: bool, text: str) -> dict[str, Any]:
    """`matched`, or why the pattern is `invalid`; runs in a worker process."""
    started = time.process_time()
    try:
        compiled = _compile(pattern, flags)
    except (regex.error, RecursionError, OverflowError) as error:
        return {"invalid": str(error)}
    compile_s = time.process_time() - started
    return {"matched": _matches(compiled, text, full=full), "compile_s": compile_s}


def _compile(pattern: str, flags: Sequence[str]) -> "regex.Pattern[str]":
    combined = 0
    for flag in flags:
        combined |= regex.RegexFlag[flag.upper()]
    return regex.compile(pattern, combined)


def _matches(
    compiled: "regex.Pattern[str]", text: str, *, full: bool, timeout_s: float | None = None
) -> bool:
    """Raises TimeoutError."""
    match = compiled.fullmatch if full else compiled.search
    return match(text, timeout=timeout_s) is not None
