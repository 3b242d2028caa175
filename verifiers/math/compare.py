"""Whether an answer says the same as the gold answer, shape by shape.

Numbers and expressions go to `identity`; here is what lists, equations, intervals, units and words
mean to each other, under the policies in force.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from verifiers.math import relations, shapes, words
from verifiers.math.errors import Undecided
from verifiers.math.identity import differ_by_constant, identical
from verifiers.math.intervals import is_set_of_reals, real_set, same_sets, variable_of
from verifiers.math.measures import same_clock, same_quantity
from verifiers.math.nodes import (
    Add,
    Apply,
    Based,
    Bracketed,
    Cases,
    Clock,
    Div,
    Listing,
    Matrix,
    Neg,
    Node,
    Number,
    Quantity,
    Ratio,
    Relation,
    Symbol,
    Text,
    free_symbols,
)
from verifiers.math.numbers import within_policy
from verifiers.math.policies import Kind, MathOptions

MAX_COMPARISONS = 2500
"""Of items within one pair of answers: lists are matched item by item."""
_SCALARS = (Matrix, Bracketed, Listing, Relation, Text, Cases, Clock, Ratio)


class Comparison:
    """One comparison; `tier` and `reason` say how it was decided."""

    def __init__(self, options: MathOptions, kind: Kind = "auto", *, patient: bool = False) -> None:
        self.options = options
        self.kind = kind
        self.patient = patient
        self.tier = "shape"
        self.reason = ""
        self._left = MAX_COMPARISONS

    def equal(self, gold: Node, answer: Node) -> bool:
        """Whether the answer is right; raises Undecided, Costly."""
        self._left -= 1
        if self._left < 0:
            raise Undecided("too many items to compare")
        gold, answer = shapes.with_letter_units(shapes.members(gold), shapes.members(answer))
        if isinstance(gold, Quantity) or isinstance(answer, Quantity):
            return same_quantity(self, gold, answer)
        if isinstance(gold, Relation):
            return relations.same_relation(self, gold, answer)
        if is_set_of_reals(gold) or (is_set_of_reals(answer) and _may_be_interval(gold)):
            return self.sets(gold, answer)
        if isinstance(answer, Relation) and shapes.is_equation(answer):
            return self.unlabelled(gold, answer)
        gold_list = shapes.as_listing(gold)
        if gold_list is not None:
            return self.listing(gold_list, answer)
        answer_list = shapes.as_listing(answer)
        if isinstance(gold, Bracketed):
            return self._bracketed(gold, answer if answer_list is None else answer_list)
        if answer_list is not None:
            return self._all_equal(gold, answer_list)
        return self._single(gold, answer)

    # Single values

    def _single(self, gold: Node, answer: Node) -> bool:
        single = _only_item(answer)
        if single is not None:
            return self.equal(gold, single)
        if isinstance(gold, Text) or isinstance(answer, Text):
            return self._texts(gold, answer)
        if isinstance(gold, Clock) or isinstance(answer, Clock):
            return same_clock(self, gold, answer)
        if isinstance(gold, Ratio) or isinstance(answer, Ratio):
            return self.ratios(gold, answer)
        if isinstance(gold, Cases) and isinstance(answer, Cases):
            return self._cases(gold, answer)
        matrix, other = shapes.as_matrix(gold), shapes.as_matrix(answer)
        if matrix is not None or other is not None:
            return self._matrices(matrix, other, gold, answer)
        if isinstance(gold, _SCALARS) or isinstance(answer, _SCALARS):
            return self.differ("they are of different kinds")
        return self.scalars(gold, answer)

    def scalars(self, gold: Node, answer: Node) -> bool:
        sign, other = shapes.infinity_sign(gold), shapes.infinity_sign(answer)
        if sign or other:
            return sign == other
        if isinstance(gold, Based) or isinstance(answer, Based):
            return self._based(gold, answer)
        if isinstance(gold, Apply) and gold.function == "pmod":
            return self._residue_classes(gold, answer)
        family = self._antiderivatives(gold, answer)
        if family is not None:
            return family
        same, self.tier = identical(gold, answer, patient=self.patient)
        return same or within_policy(self, gold, answer)

    def _based(self, gold: Node, answer: Node) -> bool:
        """Numbers of another base than ten; the question is which digits are asked for."""
        self.tier = "exact"
        if isinstance(gold, Based) and isinstance(answer, Based):
            same = gold.base == answer.base and gold.value == answer.value
            return same or self.differ("the base or the number is another")
        if self.options.base_required:
            return self.differ("one names a base and the other does not")
        if isinstance(gold, Based):
            digits = str(answer.value) if isinstance(answer, Number) else ""
            return digits == gold.digits.lstrip("0")
        return identical(gold, answer, patient=self.patient)[0]

    def _residue_classes(self, gold: Apply, answer: Node) -> bool:
        if not (isinstance(answer, Apply) and answer.function == "pmod"):
            return False
        if not self.equal(gold.arguments[1], answer.arguments[1]):
            return False
        difference = Add(
            gold.start,
            gold.end,
            (gold.arguments[0], Neg(answer.start, answer.end, answer.arguments[0])),
        )
        zero = Number(gold.start, gold.start, 0)
        remainder = Apply(gold.start, gold.end, "mod", (difference, gold.arguments[1]))
        same, self.tier = identical(zero, remainder, patient=self.patient)
        return same

    def _antiderivatives(self, gold: Node, answer: Node) -> bool | None:
        """Compares families F + C; None if the gold is none."""
        family = shapes.integration_constant(gold)
        if family is None or "C" not in family[1].upper():
            return None
        rest, name = family
        given = shapes.integration_constant(answer)
        if given is None:
            if self.options.constant_of_integration == "required":
                return self.differ(f"the constant {name} is missing")
            given = (answer, name)
        if free_symbols(rest) != free_symbols(given[0]):
            return False
        self.tier = "numeric"
        return identical(rest, given[0], patient=self.patient)[0] or differ_by_constant(
            rest, given[0]
        )

    def _texts(self, gold: Node, answer: Node) -> bool:
        if isinstance(gold, Text) and isinstance(answer, Text):
            self.tier = "text"
            return words.canonical(gold.words) == words.canonical(answer.words)
        left, right = shapes.plain_letters(gold), shapes.plain_letters(answer)
        self.tier = "text"
        return left is not None and right is not None and left.lower() == right.lower()

    def ratios(self, gold: Node, answer: Node) -> bool:
        if isinstance(gold, Ratio) and isinstance(answer, Ratio):
            if len(gold.items) != len(answer.items):
                return False
            return all(
                self.scalars(_quotient(one, other), _quotient(first, second))
                for (one, other), (first, second) in zip(
                    pairwise(gold.items), pairwise(answer.items), strict=True
                )
            )
        ratio, number = (gold, answer) if isinstance(gold, Ratio) else (answer, gold)
        if not isinstance(ratio, Ratio) or len(ratio.items) != 2 or isinstance(number, _SCALARS):
            return False
        fraction = _quotient(*ratio.items)
        return self.scalars(fraction, number) if ratio is gold else self.scalars(number, fraction)

    def _cases(self, gold: Cases, answer: Cases) -> bool:
        if len(gold.rows) != len(answer.rows):
            return False
        rows = [Listing(gold.start, gold.end, row, frozenset()) for row in gold.rows]
        others = [Listing(answer.start, answer.end, row, frozenset()) for row in answer.rows]
        return self._matched(rows, others, self._in_order)

    def _in_order(self, gold: Node, answer: Node) -> bool:
        if not isinstance(gold, Listing) or not isinstance(answer, Listing):
            return False
        return self.ordered(gold.items, answer.items)

    def _matrices(
        self, gold: Matrix | None, answer: Matrix | None, gold_node: Node, answer_node: Node
    ) -> bool:
        if gold is None or answer is None:
            matrix, other = (gold, answer_node) if gold is not None else (answer, gold_node)
            if matrix is None or not isinstance(other, Bracketed) or other.left == "{":
                return False
            cells = [cell for row in matrix.rows for cell in row]
            if min(len(matrix.rows), len(matrix.rows[0])) != 1:
                return False
            pair = (cells, other.items) if gold is not None else (other.items, cells)
            return self.ordered(*pair)
        if len(gold.rows) != len(answer.rows) or len(gold.rows[0]) != len(answer.rows[0]):
            return self.differ("the matrices are of different sizes")
        return all(
            self.ordered(row, other) for row, other in zip(gold.rows, answer.rows, strict=True)
        )

    # Lists, tuples, sets

    def listing(self, gold: Listing, answer: Node) -> bool:
        if isinstance(answer, Bracketed) and answer.left != "{":
            if shapes.has_plus_minus(answer) and isinstance(gold.items[0], Bracketed):
                return self._unordered(gold.items, _signed(answer))
            return self.ordered(gold.items, answer.items)
        if isinstance(answer, Bracketed):
            answer = Listing(answer.start, answer.end, _items(answer), frozenset())
        else:
            listing = shapes.as_listing(answer)
            if listing is None:
                return len(gold.items) == 1 and self.equal(gold.items[0], answer)
            answer = listing
        named = len(_names(answer.items)) > 1 and len(_names(gold.items)) <= 1
        if self.options.ordered or named:
            return self.ordered(gold.items, answer.items)
        return len(gold.items) == len(answer.items) and self._matched(gold.items, answer.items)

    def _bracketed(self, gold: Bracketed, answer: Node) -> bool:
        single = _only_item(gold)
        if single is not None and not isinstance(answer, Bracketed):
            return self.equal(single, answer)
        matrix = shapes.as_matrix(answer)
        if matrix is not None or shapes.as_matrix(gold) is not None:
            return self._matrices(shapes.as_matrix(gold), matrix, gold, answer)
        if isinstance(answer, Listing) and gold.left != "{" and shapes.has_plus_minus(gold):
            return self._unordered(_signed(gold), answer.items)
        if isinstance(answer, Listing):
            if gold.left == "{":
                return self._unordered(_items(gold), answer.items)
            return len(gold.items) > 1 and self.ordered(gold.items, answer.items)
        if not isinstance(answer, Bracketed):
            return self.differ("the gold answer is no single value")
        return self._brackets(gold, answer)

    def _brackets(self, gold: Bracketed, answer: Bracketed) -> bool:
        if gold.left == "{" or answer.left == "{":
            if gold.left != answer.left:
                return self.differ("a set is no tuple")
            if any(map(shapes.has_plus_minus, (*gold.items, *answer.items))):
                return self._unordered(_items(gold), _items(answer))
            return self._unordered(gold.items, answer.items)
        if shapes.has_plus_minus(gold) or shapes.has_plus_minus(answer):
            return self._unordered(tuple(_signed(gold)), tuple(_signed(answer)))
        brackets = (gold.left + gold.right, answer.left + answer.right)
        if len(gold.items) == 2 and brackets[0] != brackets[1]:
            return self.differ("one is open where the other is closed")
        if self.options.ordered is False:
            return len(gold.items) == len(answer.items) and self._matched(gold.items, answer.items)
        return self.ordered(gold.items, answer.items)

    def _unordered(self, gold: Sequence[Node], answer: Sequence[Node]) -> bool:
        """Sets: the same items, however often each is written."""
        if self.options.ordered:
            return self.ordered(gold, answer)
        if len(gold) == len(answer) and self._matched(gold, answer):
            return True
        return (
            len(gold) != len(answer)
            and all(any(self.equal(item, other) for other in answer) for item in gold)
            and all(any(self.equal(item, other) for item in gold) for other in answer)
        )

    def _matched(
        self,
        gold: Sequence[Node],
        answer: Sequence[Node],
        equal: Callable[[Node, Node], bool] | None = None,
    ) -> bool:
        rest = list(answer)
        same = equal or self.equal
        for item in gold:
            found = next((index for index, other in enumerate(rest) if same(item, other)), None)
            if found is None:
                return self.differ("an item of the gold answer is missing")
            del rest[found]
        return not rest

    def ordered(self, gold: Sequence[Node], answer: Sequence[Node]) -> bool:
        if len(gold) != len(answer):
            return self.differ("they have different numbers of items")
        return all(self.equal(item, other) for item, other in zip(gold, answer, strict=True))

    def _all_equal(self, gold: Node, answer: Listing) -> bool:
        """A list for a single gold is right only if it says the same thing several times."""
        if len(_names(answer.items)) > 1:
            return self.differ("several answers are given")
        same = all(self.equal(gold, item) for item in answer.items)
        return same or self.differ("several answers are given")

    # Relations

    def unlabelled(self, gold: Node, answer: Relation) -> bool:
        """An answer `x = 5` or `2 + 3 = 5` for the gold 5."""
        return relations.unlabelled(self, gold, answer)

    def sets(self, gold: Node, answer: Node) -> bool:
        left, right = real_set(gold), real_set(answer)
        if left is None or right is None:
            return self._symbolic_intervals(gold, answer)
        names = variable_of(gold), variable_of(answer)
        if None not in names and names[0] != names[1]:
            return self.differ("they speak of different variables")
        self.tier = "sets"
        return same_sets(left, right, self.equal)

    def _symbolic_intervals(self, gold: Node, answer: Node) -> bool:
        """Intervals whose ends are no numbers: the same brackets and the same ends."""
        match gold, answer:
            case Bracketed(), Bracketed():
                same = (gold.left, gold.right) == (answer.left, answer.right)
                return same and self.ordered(gold.items, answer.items)
        return self.differ("they cannot be read as the same kind of set")

    def differ(self, reason: str) -> bool:
        self.reason = reason
        return False


def _may_be_interval(gold: Node) -> bool:
    return isinstance(gold, Bracketed | Text | Symbol | Listing)


def _only_item(node: Node) -> Node | None:
    """The item of [x] or {x}."""
    if isinstance(node, Bracketed) and len(node.items) == 1 and not is_set_of_reals(node):
        return node.items[0]
    return None


def _items(node: Bracketed) -> tuple[Node, ...]:
    return tuple(shapes.flattened(node.items))


def _signed(node: Bracketed) -> tuple[Node, ...]:
    return shapes.both_signs(node) if shapes.has_plus_minus(node) else (node,)


def _names(items: Sequence[Node]) -> set[str]:
    """The variables that the items of a list are solved for."""
    return {
        item.operands[0].name
        for item in items
        if isinstance(item, Relation) and isinstance(item.operands[0], Symbol)
    }


def _quotient(top: Node, bottom: Node) -> Node:
    return Div(top.start, bottom.end, top, bottom)
