"""Reference solutions as datasets keep them."""

from collections.abc import Mapping
from typing import Any

from verifiers.code.datasets.fields import decoded
from verifiers.completion import fenced_blocks
from verifiers.errors import InvalidReference

MOST = 100
"""Solutions of one row that are looked at; some datasets have thousands."""


def listed(value: Any) -> list[str]:
    """Programs in a list, in text that holds a list, or one by itself; none if it is neither."""
    if isinstance(value, str):
        if not value.lstrip().startswith("["):
            return [unfenced(value)] if value.strip() else []
        try:
            value = decoded(value, "solutions")
        except InvalidReference:
            return [unfenced(value)]
    if not isinstance(value, list | tuple):
        return []
    return [unfenced(source) for item in value[:MOST] if (source := _source(item))]


def unfenced(text: str) -> str:
    """A program without the fence that some datasets keep around it."""
    blocks = fenced_blocks(text)
    return blocks[-1].content if blocks else text


def _source(item: Any) -> str:
    if isinstance(item, Mapping):
        item = item.get("code", item.get("solution"))
    return item if isinstance(item, str) else ""
