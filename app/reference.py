"""Writes the reference of the settings: `python -m app.reference > docs/settings.md`."""

import sys
from collections.abc import Sequence
from enum import EnumType
from typing import Any, Literal, get_args, get_origin

from pydantic import ByteSize
from pydantic.fields import FieldInfo

from app.settings import Settings
from sandbox.types import MIB

_INTRODUCTION = """\
# Settings

Every setting can be given in three ways; the first that is there counts:

1. an option of `rewardbox serve`, for the most common ones;
2. a variable of the environment, in capitals and with the prefix `REWARDBOX_`:
   `REWARDBOX_PORT=9000`;
3. a line of a TOML file, in small letters: `port = 9000`. The file is `rewardbox.toml` in the
   working directory, or the one that `REWARDBOX_CONFIG` names.

Sizes are bytes, and may be written with a unit (`REWARDBOX_MAX_BODY_BYTES=64MiB`, in the file as
text: `max_body_bytes = "64MiB"`). Lists are separated by commas in the environment
(`REWARDBOX_API_KEYS=one,two`) and are lists in the file (`api_keys = ["one", "two"]`). A variable
that is set but empty counts as not set.

The service does not start with a wrong value, nor with a `REWARDBOX_` variable or a line that it
does not know; it says which one, and what it should be.

| setting | default | meaning |
| --- | --- | --- |
"""

_OTHER = """
Two more variables are read by the command line as a client: `REWARDBOX_URL` and
`REWARDBOX_API_KEY`.
"""


def settings_page() -> str:
    """The whole page, as it is kept in `docs/settings.md`."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return _INTRODUCTION + "\n".join(rows) + "\n" + _OTHER


def _row(name: str, field: FieldInfo) -> str:
    meaning = " ".join((field.description or "").split())
    if choices := _choices(field.annotation):
        number = "Any" if get_origin(field.annotation) is tuple else "One"
        meaning += f" {number} of {', '.join(f'`{choice}`' for choice in choices)}."
    return f"| `{name}` | {_shown(field.default)} | {meaning} |"


def _shown(value: Any) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, ByteSize):
        return f"`{value // MIB} MiB`"
    if isinstance(value, tuple):
        return f"`{','.join(map(str, value))}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def _choices(annotation: Any) -> Sequence[Any]:
    """What a setting, or each of several, can be, where that is a short list."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) is tuple:
        return _choices(get_args(annotation)[0])
    return list(annotation) if isinstance(annotation, EnumType) else ()


if __name__ == "__main__":
    sys.stdout.write(settings_page())
