"""Matrices and vectors in the ways they are written: nested lists, scalar multiples, i, j and k."""

from verifiers.math.nodes import (
    Add,
    Bracketed,
    Constant,
    Div,
    Matrix,
    Mul,
    Neg,
    Node,
    Number,
    Symbol,
    children,
    walk,
)

_AXES = {
    f"{mark}{letter}": axis for mark in ("", "hat ", "vec ") for axis, letter in enumerate("ijk")
}
"""Unit vectors, by their names in nodes."""


def as_matrix(node: Node) -> Matrix | None:
    """A matrix, nested lists, or a scalar times a matrix, as a matrix of expressions."""
    match node:
        case Matrix():
            return node
        case Bracketed(left="[", items=rows) if rows and all(
            isinstance(row, Bracketed) and row.left == "[" for row in rows
        ):
            cells = tuple(children(row) for row in rows)
            if len({len(row) for row in cells}) == 1:
                return Matrix(node.start, node.end, cells)
        case Neg(operand=operand):
            return _scaled(operand, Number(node.start, node.start, -1))
        case Mul(factors=(*scalars, Matrix() as matrix)) if scalars and not any(
            isinstance(part, Matrix) for scalar in scalars for part in walk(scalar)
        ):
            return _scaled(matrix, Mul(node.start, node.end, tuple(scalars)))
        case Div(numerator=top, denominator=bottom):
            one = Number(node.start, node.start, 1)
            return _scaled(top, Div(node.start, node.end, one, bottom))
    return None


def transposed(node: Node) -> Matrix | None:
    """A matrix with its rows as columns; a tuple is a row, so that (1, 2)^T is a column."""
    matrix = as_matrix(node)
    if matrix is None and isinstance(node, Bracketed) and node.left != "{":
        matrix = Matrix(node.start, node.end, (node.items,))
    if matrix is None:
        return None
    return Matrix(node.start, node.end, tuple(zip(*matrix.rows, strict=True)))


def with_unit_vectors(gold: Node, answer: Node) -> tuple[Node, Node]:
    """The two, with 3i + 4j read as (3, 4) where the other is such a vector."""
    return _as_vector_like(gold, answer), _as_vector_like(answer, gold)


def _scaled(node: Node, factor: Node) -> Matrix | None:
    matrix = as_matrix(node)
    if matrix is None:
        return None
    rows = tuple(
        tuple(Mul(cell.start, cell.end, (factor, cell)) for cell in row) for row in matrix.rows
    )
    return Matrix(node.start, node.end, rows)


def _as_vector_like(node: Node, other: Node) -> Node:
    if not isinstance(node, Add | Mul | Neg):
        return node
    length = _vector_length(other)
    if length is None:
        return node
    parts: list[list[Node]] = [[] for _ in range(length)]
    for term in node.terms if isinstance(node, Add) else (node,):
        found = _component(term)
        if found is None or found[0] >= length:
            return node
        parts[found[0]].append(found[1])
    sums = tuple(Add(node.start, node.end, (_zero(node), *terms)) for terms in parts)
    return Bracketed(node.start, node.end, "(", ")", sums)


def _vector_length(node: Node) -> int | None:
    """How many components it has, for a vector of the plane or of space."""
    length = 0
    match node:
        case Bracketed(left="(", right=")", items=items):
            length = len(items)
        case Matrix(rows=rows) if len(rows) == 1 or len(rows[0]) == 1:
            length = len(rows) * len(rows[0])
    return length if length in (2, 3) else None


def _component(term: Node) -> tuple[int, Node] | None:
    """The axis of a term such as -2j, and its coefficient."""
    if isinstance(term, Neg):
        found = _component(term.operand)
        return found and (found[0], Neg(term.start, term.end, found[1]))
    factors = term.factors if isinstance(term, Mul) else (term,)
    axes = [axis for factor in factors if (axis := _axis(factor)) is not None]
    rest = tuple(factor for factor in factors if _axis(factor) is None)
    if len(axes) != 1 or any(_axis(part) is not None for factor in rest for part in walk(factor)):
        return None
    one = Number(term.start, term.start, 1)
    return axes[0], Mul(term.start, term.end, (one, *rest))


def _axis(node: Node) -> int | None:
    return _AXES.get(node.name) if isinstance(node, Symbol | Constant) else None


def _zero(node: Node) -> Number:
    return Number(node.start, node.start, 0)
