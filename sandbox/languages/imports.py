"""Which modules a Python program is going to import, guessed from its text without running it.

A wrong guess costs time, never correctness: a module that is not preloaded is imported as usual.
"""

import re
from collections.abc import Sequence
from keyword import iskeyword

_IMPORT = re.compile(r"^[ \t]*(import|from)[ \t]+([\w., \t]+)", re.MULTILINE)


def imported_names(source: str) -> set[str]:
    """Top-level names of the modules in the import statements that begin a line."""
    names: set[str] = set()
    for keyword, rest in _IMPORT.findall(source):
        modules = rest.split(",") if keyword == "import" else [rest]
        for module in modules:
            names.update(module.split(".")[0].split()[:1])
    return names


def choose_preload(source: str, sets: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The smallest of `sets` that has all that the program imports of them; () if that is nothing.

    `sets` come in order of size; the largest has what all others have.
    """
    if not sets or "import" not in source:
        return ()
    wanted = imported_names(source).intersection(sets[-1])
    if not wanted:
        return ()
    return next(modules for modules in sets if wanted.issubset(modules))


def import_hint(source: str) -> str:
    """Dead code that imports what a source imports, for the front of a program that loads it."""
    names = sorted(filter(_can_be_imported, imported_names(source)))
    return "".join(["if False:\n", *(f"    import {name}\n" for name in names)]) if names else ""


def _can_be_imported(name: str) -> bool:
    return name.isidentifier() and name.isascii() and not iskeyword(name)
