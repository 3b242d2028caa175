"""A bare log of a number, which is natural to some and decimal to others."""

from dataclasses import replace
from typing import TypeGuard

from verifiers.math.nodes import Apply, Node, free_symbols, mapped, walk


def has_bare_logarithm(node: Node) -> bool:
    return any(_is_bare(part) for part in walk(node))


def with_decimal_logarithms(node: Node) -> Node:
    """The node with every bare log of a number to the base of ten."""
    if not has_bare_logarithm(node):
        return node
    changed = mapped(node, with_decimal_logarithms)
    return replace(changed, function="lg") if _is_bare(changed) else changed


def _is_bare(node: Node) -> TypeGuard[Apply]:
    return (
        isinstance(node, Apply)
        and node.function == "log"
        and len(node.arguments) == 1
        and not free_symbols(node)
    )
