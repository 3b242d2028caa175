"""Tests appended to programs in Java."""

import re

from verifiers.code.appended import pieces
from verifiers.code.appended.lexing import Tokens, without_comments
from verifiers.code.appended.parts import Parts
from verifiers.errors import InvalidReference

_JAVA_PUBLIC = re.compile(
    r"^[ \t]*public[ \t]+"
    r"((?:abstract[ \t]+|final[ \t]+|static[ \t]+)*(?:class|interface|enum|record)\b)",
    re.MULTILINE,
)
_JAVA_MAIN = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*(?=\()")


def join_java(parts: Parts) -> str:
    """Raises InvalidReference for tests without a main method: the program's own tests nothing."""
    key = parts.key[24:]
    first, second = parts.halves(0)
    imports, rest = pieces.with_imports_first_java([parts.setup, parts.program, parts.tests])
    setup, program, tests = rest
    program, holder = _beside_tests(program, tests, key)
    driver = f"""public class Driver{key} {{
    public static void main(String[] arguments) throws Throwable {{
        java.io.PrintStream out = System.out;
        ClassLoader loader = Driver{key}.class.getClassLoader();
        loader.setDefaultAssertionStatus(true);
        java.lang.reflect.Method tests =
            Class.forName("{holder}", true, loader).getDeclaredMethod("main", String[].class);
        tests.setAccessible(true);
        try {{
            tests.invoke(null, (Object) new String[0]);
        }} catch (java.lang.reflect.InvocationTargetException error) {{
            throw error.getCause();
        }}
        System.out.flush();
        out.print("\\n" + System.getProperty("nothing", "{first}") + "-" + "{second}\\n");
        out.flush();
    }}
}}
"""
    text = "\n".join([setup, program, tests])
    return f"{imports}\n{driver}\n" + _JAVA_PUBLIC.sub(r"\1", text)


def _beside_tests(program: str, tests: str, key: str) -> tuple[str, str]:
    """The program without what the tests define again, and the class that has the tests' main."""
    found = _JAVA_MAIN.search(without_comments(tests, "java"))
    if found is None:
        raise InvalidReference("reference.tests have no main method")
    inside = _top_classes(tests)
    for name in {each[0] for each in _top_classes(program)} & {each[0] for each in inside}:
        program = re.sub(rf"\b{name}\b", f"Own{name}{key}", program)
    holders = [name for name, start, end in inside if start < found.start() < end]
    if holders:
        return program, holders[0]
    # They continue a class of the program, which must not have a main of its own too.
    program = _JAVA_MAIN.sub(f"static void ownMain{key}", program)
    opened = [name for name, _, _ in _top_classes(program)]
    return program, opened[-1] if opened else "Main"


def _top_classes(source: str) -> list[tuple[str, int, int]]:
    """The outermost classes: their names, and where their bodies begin and end."""
    tokens = Tokens(source, "java")
    found = []
    end = depth = 0
    for index, token in enumerate(tokens.items):
        if token.start < end:
            continue
        if token.kind == "sign":
            depth = max(depth + {"{": 1, "}": -1}.get(token.text, 0), 0)
        is_class = token.text in ("class", "enum", "record") and tokens[index - 1].text != "."
        if is_class and depth == 0 and tokens[index + 1].kind == "word":
            end = tokens.end_of_body(token.end)
            found.append((tokens[index + 1].text, token.start, end))
    return found
