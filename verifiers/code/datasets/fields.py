"""Reads fields of rows that somebody else wrote: every error names the field and what to do.

Text in a field may itself be JSON or a Python literal; it is decoded within bounds, and nothing in
it is ever evaluated.
"""

import ast
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from verifiers.errors import InvalidReference

LONGEST_LITERAL = 4_000_000
"""Characters of a Python literal."""
MOST_COMMAS = 500_000
"""Commas of a Python literal; what stands between them takes a hundred bytes of syntax tree."""
DEEPEST = 64
"""Levels of lists and objects in decoded text, as many as in a request."""


def refuse(field: str, problem: str, remedy: str = "") -> NoReturn:
    """Raise InvalidReference for a field, by its path in the row."""
    raise InvalidReference(f"{field}: {problem}" + (f"; {remedy}" if remedy else ""))


class NoTests(InvalidReference):
    """A row that has its fields, but no tests in them."""


def refuse_empty(field: str) -> NoReturn:
    """Raise NoTests for a field."""
    raise NoTests(f"{field}: has no tests; give at least one")


def as_text(value: Any, field: str) -> str:
    """`value`, which has to be text."""
    if not isinstance(value, str):
        refuse(field, f"must be text, not {kind(value)}")
    return value


def as_list(value: Any, field: str) -> Sequence[Any]:
    """`value`, which has to be a list."""
    if not isinstance(value, list | tuple):
        refuse(field, f"must be a list, not {kind(value)}")
    return value


def as_object(value: Any, field: str) -> Mapping[str, Any]:
    """`value`, which has to be an object."""
    if not isinstance(value, Mapping):
        refuse(field, f"must be an object, not {kind(value)}")
    return value


def optional_text(row: Mapping[str, Any], key: str, field: str = "") -> str:
    """The text under a key; "" where there is none, or null."""
    value = row.get(key)
    return "" if value is None else as_text(value, f"{field}{key}")


def decoded(value: Any, field: str) -> Any:
    """`value`, or what its text holds as JSON or as a Python literal."""
    if not isinstance(value, str):
        return value
    try:
        found = _parsed(value)
    except RecursionError:
        refuse(field, f"is nested deeper than {DEEPEST} levels", "flatten it")
    except (ValueError, SyntaxError, MemoryError) as error:
        refuse(field, f"is neither JSON nor a Python literal ({_words(error)})", "send it as JSON")
    # Most tests have fewer brackets than levels are allowed, and need not be walked through.
    if sum(map(value.count, "[{(")) > DEEPEST and _exceeds_depth(found):
        refuse(field, f"is nested deeper than {DEEPEST} levels", "flatten it")
    return found


def is_structured(value: Any) -> bool:
    """Whether a field holds a list or an object, or text that looks like one."""
    return isinstance(value, list | tuple | Mapping) or looks_structured(value)


def looks_structured(value: Any) -> bool:
    """Whether text seems to hold a list or an object."""
    return isinstance(value, str) and value.lstrip()[:1] in ("[", "{")


def kind(value: Any) -> str:
    """What a value is, in words of JSON."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case _:
            return "a list"


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        if len(text) > LONGEST_LITERAL or text.count(",") > MOST_COMMAS:
            raise
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about somebody else's backslashes
            value = ast.literal_eval(text.strip())
        return _as_json(value)


def _as_json(value: Any) -> Any:
    """A literal without what JSON has no word for. Raises ValueError."""
    match value:
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise ValueError("a key is no text") from None
            return {key: _as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [_as_json(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise ValueError(f"it has {type(value).__name__}") from None


def _exceeds_depth(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
