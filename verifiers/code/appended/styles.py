"""The languages in which tests can share a process with the program."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from verifiers.code.appended import go, rust
from verifiers.code.appended.java import join_java
from verifiers.code.appended.javascript import join_javascript
from verifiers.code.appended.native import join_c
from verifiers.code.appended.parts import Parts, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class _Script:
    """A language in which a statement at the end of a file is the marker."""

    ending: str
    """With {first} and {second}."""
    opening: str = ""
    dropped: str = r"(?!)"
    """What a part must not begin with but for the first."""

    def join(self, parts: Parts) -> str:
        first, second = parts.halves(0)
        texts = [
            re.sub(self.dropped, "", each) for each in (parts.setup, parts.program, parts.tests)
        ]
        ending = self.ending.replace("{first}", first).replace("{second}", second)
        return "\n".join([self.opening, *texts, ending, ""]).lstrip("\n")


_SCRIPTS: Mapping[str, _Script] = {
    "php": _Script(
        opening="<?php",
        dropped=r"<\?php|\?>\s*\Z",
        ending='fwrite(STDOUT, "\\n" . "{first}" . "-" . "{second}" . "\\n");',
    ),
    "perl": _Script(ending='print STDOUT "\\n", "{first}", "-", "{second}", "\\n";'),
    "ruby": _Script(ending='STDOUT.print "\\n", "{first}", "-", "{second}", "\\n"'),
    "lua": _Script(ending='io.stdout:write("\\n", "{first}", "-", "{second}", "\\n")'),
    "bash": _Script(ending='printf "\\n%s-%s\\n" "{first}" "{second}"'),
    "r": _Script(ending='cat("\\n", "{first}", "-", "{second}", "\\n", sep = "")'),
    "julia": _Script(ending='print(stdout, "\\n", "{first}", "-", "{second}", "\\n")'),
}
_ANYTHING = re.compile(r"")
_QUICK = 8
"""Alterations in languages that start at once."""

STYLES: Mapping[str, Style] = {
    "c": Style(join=lambda parts: join_c(parts, cpp=False), risky=re.compile(r"(?!)")),
    **{
        name: Style(
            join=lambda parts: join_c(parts, cpp=True), risky=re.compile(r"\boperator\b|##|\\\n")
        )
        for name in ("cpp", "cpp20", "cpp23")
    },
    "java": Style(
        join=join_java,
        risky=re.compile(r"\bequals\b|\bcompareTo\b|\bextends\b|\\u|\bimplements\b"),
    ),
    "javascript": Style(
        join=lambda parts: join_javascript(parts, typed=False), risky=_ANYTHING, alterations=_QUICK
    ),
    "typescript": Style(join=lambda parts: join_javascript(parts, typed=True), risky=_ANYTHING),
    "go": Style(
        named_tests=go.named_tests,
        join=go.join_go,
        risky=re.compile(r"\bString\b|\breflect\b|\bunsafe\b"),
    ),
    "rust": Style(
        named_tests=rust.named_tests,
        join=rust.join_rust,
        risky=re.compile(r"PartialEq|\bmacro_rules\b|\bunsafe\b"),
    ),
    **{
        name: Style(join=script.join, risky=_ANYTHING, alterations=_QUICK)
        for name, script in _SCRIPTS.items()
    },
}
