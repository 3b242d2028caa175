"""Tests appended to programs in C and C++."""

import re

from verifiers.code.appended.lexing import Tokens
from verifiers.code.appended.parts import Parts

_DEFINITION = re.compile(
    r"(?:\#|%:|\?\?=)(?:[ \t]|\\\n|/\*.*?\*/)*define(?:[ \t]|\\\n|/\*.*?\*/)+(\w+)", re.DOTALL
)
_C_ASSERT = re.compile(
    r"^[ \t]*#[ \t]*(?:include[ \t]*<(?:assert\.h|cassert)>|undef[ \t]+NDEBUG).*$", re.MULTILINE
)
_MAIN = re.compile(r"\bmain\b")


def join_c(parts: Parts, *, cpp: bool) -> str:
    key = parts.key[24:]
    first, second = parts.halves(0)
    macros = dict.fromkeys(
        [*_DEFINITION.findall(parts.program.replace("\\\n", "")), "NDEBUG", "assert"]
    )
    kept = set(_DEFINITION.findall(parts.setup))
    undone = "\n".join(f"#undef {name}" for name in macros if name not in kept)
    tests = _C_ASSERT.sub("", parts.tests)
    tests = _renamed_main(tests, "cpp" if cpp else "c", f"tests_{key}", "return 0;")
    linkage = 'extern "C" ' if cpp else ""
    condition = "static_cast<bool>(__VA_ARGS__)" if cpp else "(__VA_ARGS__)"
    return f"""{parts.setup}
#define main own_main_{key}
#line 1 "solution"
{parts.program}
#line 1 "driver"
{undone}
#undef main
#include <stdio.h>
#include <stdlib.h>
{linkage}void _Exit(int);
static void fail_{key}(const char *what) {{
    fprintf(stderr, "assertion failed: %s\\n", what);
    _Exit(1);
    __builtin_trap();
}}
#define assert(...) ({condition} ? (void)0 : fail_{key}(#__VA_ARGS__))
static const char *volatile first_{key} = "{first}";
{tests}
int main(void) {{
    int code = tests_{key}();
    fflush(stdout);
    if (code == 0) printf("\\n%s-%s\\n", first_{key}, "{second}");
    fflush(stdout);
    return code;
}}
"""


def _renamed_main(tests: str, language: str, name: str, ending: str) -> str:
    """The tests with their main function under another name, and a value at its end."""
    tokens = Tokens(tests, language)
    for index, token in enumerate(tokens.items):
        if token.text == "main" and token.kind == "word" and tokens[index + 1].text == "(":
            body = tokens.partner.get(index + 1, index) + 1
            while body < len(tokens) and tokens[body].text not in ("{", ";"):
                body += 1
            closing = tokens.partner.get(body)
            if closing is None or tokens[body].text != "{":
                continue
            end = tokens[closing].start
            arguments = tokens[tokens.partner[index + 1]].start
            opening = tokens[index + 1].end
            return (
                f"{tests[: token.start]}{name}{tests[token.end : opening]}"
                f"{tests[arguments:end]}{ending}\n{tests[end:]}"
            )
    return tests
