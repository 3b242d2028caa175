"""Comparing what has parts: lists, sets, tuples, matrices, and functions by cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from verifiers.math import labels, shapes
from verifiers.math.intervals import is_set_of_reals
from verifiers.math.matrices import as_matrix
from verifiers.math.nodes import Bracketed, Cases, Listing, Matrix, Node

if TYPE_CHECKING:
    from verifiers.math.compare import Comparison


def cases(comparison: Comparison, gold: Cases, answer: Cases) -> bool:
    """Functions by cases: the same rows, in any order."""
    if len(gold.rows) != len(answer.rows):
        return False
    rows = [Listing(gold.start, gold.end, row, frozenset()) for row in gold.rows]
    others = [Listing(answer.start, answer.end, row, frozenset()) for row in answer.rows]
    return _matched(comparison, rows, others, partial(_in_order, comparison))


def _in_order(comparison: Comparison, gold: Node, answer: Node) -> bool:
    if not isinstance(gold, Listing) or not isinstance(answer, Listing):
        return False
    return ordered(comparison, gold.items, answer.items)


def matrices(
    comparison: Comparison,
    gold: Matrix | None,
    answer: Matrix | None,
    gold_node: Node,
    answer_node: Node,
) -> bool:
    """Matrices as `as_matrix` found them, or one and what is written like a vector."""
    if gold is None or answer is None:
        matrix, other = (gold, answer_node) if gold is not None else (answer, gold_node)
        if matrix is None or not isinstance(other, Bracketed) or other.left == "{":
            return False
        cells = [cell for row in matrix.rows for cell in row]
        if min(len(matrix.rows), len(matrix.rows[0])) != 1:
            return False
        pair = (cells, other.items) if gold is not None else (other.items, cells)
        return ordered(comparison, *pair)
    if len(gold.rows) != len(answer.rows) or len(gold.rows[0]) != len(answer.rows[0]):
        return comparison.differ("the matrices are of different sizes")
    return all(
        ordered(comparison, row, other) for row, other in zip(gold.rows, answer.rows, strict=True)
    )


def listing(comparison: Comparison, gold: Listing, answer: Node) -> bool:
    """A list without brackets, in any order unless the options say otherwise."""
    if isinstance(answer, Bracketed) and answer.left != "{":
        if shapes.has_plus_minus(answer) and isinstance(gold.items[0], Bracketed):
            return _unordered(comparison, gold.items, _signed(answer))
        return _as_tuple(comparison, answer, gold, gold_is_list=True)
    if isinstance(answer, Bracketed):
        answer = Listing(answer.start, answer.end, _items(answer), frozenset())
    else:
        listed = shapes.as_listing(answer)
        if listed is None:
            return len(gold.items) == 1 and comparison.equal(gold.items[0], answer)
        answer = listed
    if labels.names_several(gold.items) != labels.names_several(answer.items):
        return ordered(comparison, *map(labels.in_alphabetical_order, (gold.items, answer.items)))
    if comparison.options.ordered:
        return ordered(comparison, gold.items, answer.items)
    return len(gold.items) == len(answer.items) and _matched(comparison, gold.items, answer.items)


def bracketed(comparison: Comparison, gold: Bracketed, answer: Node) -> bool:
    """A tuple, interval or set with what may be one."""
    single = only_item(gold)
    if single is not None and not isinstance(answer, Bracketed):
        return comparison.equal(single, answer)
    matrix = as_matrix(answer)
    if matrix is not None or as_matrix(gold) is not None:
        return matrices(comparison, as_matrix(gold), matrix, gold, answer)
    if isinstance(answer, Listing) and gold.left != "{" and shapes.has_plus_minus(gold):
        return _unordered(comparison, _signed(gold), answer.items)
    if isinstance(answer, Listing):
        if gold.left == "{":
            return _unordered(comparison, _items(gold), answer.items)
        return len(gold.items) > 1 and _as_tuple(comparison, gold, answer, gold_is_list=False)
    if not isinstance(answer, Bracketed):
        return comparison.differ("the gold answer is no single value")
    return _brackets(comparison, gold, answer)


def _as_tuple(
    comparison: Comparison, bracketed: Bracketed, listing: Listing, *, gold_is_list: bool
) -> bool:
    """A tuple and a list without brackets, of which either may be the gold answer."""
    may_be_interval = len(bracketed.items) == 2 and comparison.kind != "tuple"
    if may_be_interval and "[" in bracketed.left + bracketed.right.replace("]", "["):
        return comparison.differ("the ends of an interval are no list")
    names = labels.names_in(listing.items)
    if "or" in listing.words or (any(names) and len({*names}) == 1):
        return comparison.differ("the values of one thing are no tuple")
    items = labels.in_alphabetical_order(listing.items)
    if gold_is_list:
        return ordered(comparison, items, bracketed.items)
    return ordered(comparison, bracketed.items, items)


def _brackets(comparison: Comparison, gold: Bracketed, answer: Bracketed) -> bool:
    if gold.left == "{" or answer.left == "{":
        if gold.left != answer.left:
            return comparison.differ("a set is no tuple")
        if sum(map(_is_set, gold.items)) != sum(map(_is_set, answer.items)):
            return comparison.differ("{3} is not 3 among other items")
        if any(map(shapes.has_plus_minus, (*gold.items, *answer.items))):
            return _unordered(comparison, _items(gold), _items(answer))
        return _unordered(comparison, gold.items, answer.items)
    if shapes.has_plus_minus(gold) or shapes.has_plus_minus(answer):
        return _unordered(comparison, tuple(_signed(gold)), tuple(_signed(answer)))
    same_kind = (gold.left, gold.right) == (answer.left, answer.right)
    if len(gold.items) == 2 and not same_kind:
        return comparison.differ("one is open where the other is closed")
    if comparison.options.ordered is False:
        same_length = len(gold.items) == len(answer.items)
        return same_length and _matched(comparison, gold.items, answer.items)
    return ordered(comparison, gold.items, answer.items)


def _is_set(node: Node) -> bool:
    return isinstance(node, Bracketed) and node.left == "{"


def _unordered(comparison: Comparison, gold: Sequence[Node], answer: Sequence[Node]) -> bool:
    """Sets: the same items, however often each is written."""
    if comparison.options.ordered:
        return ordered(comparison, gold, answer)
    if len(gold) == len(answer) and _matched(comparison, gold, answer):
        return True
    return (
        len(gold) != len(answer)
        and all(any(comparison.equal(item, other) for other in answer) for item in gold)
        and all(any(comparison.equal(item, other) for item in gold) for other in answer)
    )


def _matched(
    comparison: Comparison,
    gold: Sequence[Node],
    answer: Sequence[Node],
    equal: Callable[[Node, Node], bool] | None = None,
) -> bool:
    rest = list(answer)
    same = equal or comparison.equal
    for item in gold:
        found = next((index for index, other in enumerate(rest) if same(item, other)), None)
        if found is None:
            return comparison.differ("an item of the gold answer is missing")
        del rest[found]
    return not rest


def ordered(comparison: Comparison, gold: Sequence[Node], answer: Sequence[Node]) -> bool:
    """The same items in the same order."""
    if len(gold) != len(answer):
        return comparison.differ("they have different numbers of items")
    return all(comparison.equal(item, other) for item, other in zip(gold, answer, strict=True))


def all_equal(comparison: Comparison, gold: Node, answer: Listing) -> bool:
    """A list for a single gold is right only if it says the same thing several times."""
    if labels.names_several(answer.items):
        return comparison.differ("several answers are given")
    same = all(comparison.equal(gold, item) for item in answer.items)
    return same or comparison.differ("several answers are given")


def only_item(node: Node) -> Node | None:
    """The item of [x] or {x}."""
    if isinstance(node, Bracketed) and len(node.items) == 1 and not is_set_of_reals(node):
        return node.items[0]
    return None


def _items(node: Bracketed) -> tuple[Node, ...]:
    return tuple(shapes.flattened(node.items))


def _signed(node: Bracketed) -> tuple[Node, ...]:
    return shapes.both_signs(node) if shapes.has_plus_minus(node) else (node,)
