"""Which file a Java program belongs in and which class to start, read from its text.

A public class must lie in a file of its name, and the class with `main` can have any name.
"""

import re
from dataclasses import dataclass

# Comments and literals, which may hold anything that looks like code. What is never closed reaches
# to the end, or a search from each of many openings would take quadratic time.
_NOT_CODE = re.compile(
    r'''//[^\n]*|/\*.*?(?:\*/|\Z)|"""(?:[^"\\]|\\.|"(?!""))*(?:"""|\Z)'''
    r"""|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?""",
    re.DOTALL,
)
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]+)[ \t]*;", re.MULTILINE)
_SIGN = re.compile(
    r"(?P<border>[{};])|\b(?:(?P<modifier>public|static)\b|(?P<main>void\s+main\s*\()"
    r"|(?:class|interface|enum|record)\s+(?P<type>[A-Za-z_$][\w$]*))"
)

_LONGEST_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class JavaNames:
    file: str
    """Name of the source file."""
    main_class: str
    """With its package, if it has one."""


def java_names(source: str) -> JavaNames:
    """Of a text in which nothing can be found, the usual names."""
    code = _NOT_CODE.sub(" ", source)
    public: str | None = None
    first: str | None = None
    with_main: str | None = None
    outermost: str | None = None
    modifiers: set[str] = set()
    depth = 0
    for sign in _SIGN.finditer(code):
        match sign.lastgroup:
            case "modifier":
                modifiers.add(sign[0])
                continue
            case "border":
                depth = max(depth + {"{": 1, "}": -1, ";": 0}[sign[0]], 0)
            case "main" if depth == 1 and "static" in modifiers:
                with_main = with_main or outermost
            case "type" if depth == 0:
                outermost = sign["type"]
                first = first or outermost
                public = public or (outermost if "public" in modifiers else None)
        modifiers.clear()
    if public is not None and len(public.encode()) > _LONGEST_NAME_BYTES:
        public = None  # no file can be called that
    package = _PACKAGE.search(code)
    prefix = f"{package[1]}." if package else ""
    return JavaNames(
        file=f"{public or 'Main'}.java",
        main_class=prefix + (with_main or public or first or "Main"),
    )
