"""A driver for each language that functions may be written in."""

from collections.abc import Mapping

from verifiers.code.function.drivers import cpp, go, java, javascript, python, rust
from verifiers.code.function.drivers.base import Build, Driven, Unreadable

BUILDERS: Mapping[str, Build] = {
    "Main.java": java.build,
    "main.cpp": cpp.build,
    "main.go": go.build,
    "main.js": javascript.build_javascript,
    "main.py": python.build,
    "main.rs": rust.build,
    "main.ts": javascript.build_typescript,
}
"""By the name of the language's main file, which its variants share."""

__all__ = ["BUILDERS", "Build", "Driven", "Unreadable"]
