"""Takes source texts apart so that several become one: imports, packages, brackets left open."""

import re

from verifiers.code.appended.lexing import Tokens

_JAVA_IMPORT = re.compile(r"^[ \t]*import\s+(?:static\s+)?[\w.*\s]+?;[ \t]*$", re.MULTILINE)
_JAVA_PACKAGE = re.compile(r"^[ \t]*package\s+[\w.]+\s*;[ \t]*$", re.MULTILINE)
_GO_PACKAGE = re.compile(r"^[ \t]*package\s+\w+[ \t;]*$", re.MULTILINE)
_GO_IMPORT = re.compile(r'^[ \t]*import\s*(?:\(([^)]*)\)|([\w.]*\s*"[^"\n]+"))', re.MULTILINE)
_GO_SPECIFICATION = re.compile(r'([\w.]+)?\s*"([^"\n]+)"')


def open_brackets(source: str, language: str) -> int:
    """How many `{` are not closed; below 0, how many `}` close nothing."""
    depth = 0
    for token in Tokens(source, language).items:
        if token.kind == "sign":
            depth += {"{": 1, "}": -1}.get(token.text, 0)
    return depth


def without_last_closings(source: str, language: str, count: int) -> str:
    """The source without its last `count` closing braces, and without what is behind them."""
    tokens = Tokens(source, language)
    braces = [token for token in tokens.items if token.text == "}" and token.kind == "sign"]
    return source[: braces[-count].start] if len(braces) >= count > 0 else source


def leading_closings(tests: str, language: str) -> tuple[int, int]:
    """How many `}` the tests begin with, closing what the prompt opened, and where these end."""
    count = end = 0
    for token in Tokens(tests, language).items:
        if token.text != "}":
            break
        count, end = count + 1, token.end
    return count, end


def continued(
    prompt: str, program: str, tests: str, language: str, *, defined: bool
) -> tuple[str, str]:
    """A program that answers a prompt, and the tests, so that neither needs the other's brackets.

    `defined` tells that the program repeats what the prompt began. One that is whole by itself gets
    tests that close nothing, or is opened again where they belong inside of it.
    """
    whole = program if defined else prompt + program
    wanted = max(-open_brackets(tests, language), 0)
    closings, end = leading_closings(tests, language)
    surplus = wanted - open_brackets(whole, language)
    if surplus > 0:
        dropped = min(surplus, closings)
        whole = without_last_closings(whole, language, surplus - dropped)
        closings -= dropped
    elif surplus < 0 and not defined:
        closings -= surplus
    return whole + "\n}" * closings, tests[end:]


def with_imports_first_java(parts: list[str]) -> tuple[str, list[str]]:
    """Java's imports, each once, and the parts without them."""
    found: dict[str, None] = {}
    rest = []
    for part in parts:
        found |= dict.fromkeys(each.strip() for each in _JAVA_IMPORT.findall(part))
        rest.append(_JAVA_PACKAGE.sub("", _JAVA_IMPORT.sub("", part)))
    return "\n".join(found), rest


def with_imports_first_go(parts: list[str], needed: list[str]) -> tuple[str, list[str]]:
    """Go's imports as far as they are used, since others are errors, and the parts without them."""
    found: dict[tuple[str, str], None] = {("", path): None for path in needed}
    rest = []
    for part in parts:
        for block, single in _GO_IMPORT.findall(part):
            for name, path in _GO_SPECIFICATION.findall(block or single):
                found[(name, path)] = None
        rest.append(_GO_PACKAGE.sub("", _GO_IMPORT.sub("", part)))
    text = "\n".join(rest)
    lines = []
    for name, path in found:
        used = name or path.rpartition("/")[2]
        if name in ("_", ".") or path in needed or re.search(rf"\b{re.escape(used)}\.", text):
            lines.append(f'import {name} "{path}"')
    return "\n".join(lines), rest
