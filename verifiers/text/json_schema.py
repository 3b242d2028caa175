"""JSON Schema, checked in a worker: its patterns and references can take any time they like."""

import re
import sys
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from verifiers.base import Tools
from verifiers.errors import InvalidReference
from verifiers.text.blame import tried
from verifiers.text.json_values import MAX_DEPTH

SCHEMA_CPU_S = 1.0
MODEST_CHARS = 10_000
"""A schema that cannot decide a text of this length in time is broken."""

_FRAMES_PER_LEVEL = 50
_FORMATS = FormatChecker()


class Flaw(NamedTuple):
    """What is wrong with an answer."""

    where: str
    """May be shown to anyone."""
    why: str
    """Shows what was expected."""


async def schema_flaw(schema: Any, answer: str, value: Any, tools: Tools) -> Flaw | None:
    """Where `value`, which the text `answer` spells, breaks the schema; None if nowhere.

    Raises InvalidReference when the schema is broken, refers to somewhere else or explodes,
    TooLong when only the length of the answer is to blame, and what workers raise.
    """
    return await tried(
        "schema",
        lambda: _call(schema, value, tools),
        easier=lambda: _call(schema, None, tools),
        chars=len(answer),
        modest_chars=MODEST_CHARS,
        cpu_s=SCHEMA_CPU_S,
        remedy="simplify its patterns and references",
    )


async def _call(schema: Any, value: Any, tools: Tools) -> Flaw | None:
    outcome = await tools.workers.call(
        "verifiers.text.json_schema:check_in_worker",
        schema,
        value,
        cpu_s=SCHEMA_CPU_S,
        deadline=tools.deadline,
    )
    if "broken" in outcome:
        raise InvalidReference(f"the schema is broken: {outcome['broken']}")
    return Flaw(*outcome["flaw"]) if outcome["flaw"] else None


def check_in_worker(schema: Any, value: Any) -> dict[str, Any]:
    """The first `flaw` of the value, or why the schema is `broken`; runs in a worker process."""
    if not isinstance(schema, dict | bool):
        return {"broken": f"a schema is an object or a boolean, not {schema!r:.40}"}
    sys.setrecursionlimit(MAX_DEPTH * _FRAMES_PER_LEVEL)
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        if isinstance(schema, dict):
            kind.check_schema(schema)
        # An empty registry: by default a `$ref` to an address would be fetched.
        validator = kind(schema, registry=Registry(), format_checker=_FORMATS)
        error = next(iter(validator.iter_errors(value)), None)
    except SchemaError as broken:
        return {"broken": broken.message}
    except Unresolvable as broken:
        return {"broken": f"{broken.ref!r} is not within the schema, and nothing is fetched"}
    except (re.error, ValueError) as broken:  # a bad pattern, a bad address in `$id`
        return {"broken": f"{broken}"}
    except OverflowError:
        return {"flaw": Flaw("a number is out of range", why="")}
    except RecursionError:
        return {"broken": "it refers to itself without end"}
    if error is None:
        return {"flaw": None}
    where = f"{error.json_path[:200]} does not satisfy {error.validator!r}"
    return {"flaw": Flaw(where, why=error.message[:1000])}
