"""Whether an answer says the same as the gold answer, shape by shape.

Numbers and expressions go to `identity`; here is what lists, equations, intervals, units and words
mean to each other, under the policies in force.
"""

from collections.abc import Sequence
from itertools import pairwise

from verifiers.math import labels, lists, relations, shapes, words
from verifiers.math.errors import Undecided
from verifiers.math.identity import differ_by_constant, identical
from verifiers.math.intervals import is_set_of_reals, real_set, same_sets, variable_of
from verifiers.math.matrices import as_matrix, with_unit_vectors
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
        gold, answer = with_unit_vectors(gold, answer)
        if isinstance(gold, Quantity) or isinstance(answer, Quantity):
            return same_quantity(self, gold, answer)
        if isinstance(gold, Relation):
            return relations.same_relation(self, gold, answer)
        if is_set_of_reals(gold) or (is_set_of_reals(answer) and _may_be_interval(gold)):
            return self.sets(gold, answer)
        if isinstance(gold, Listing | Bracketed):
            answer = labels.as_named(answer)
        if isinstance(answer, Relation) and shapes.is_equation(answer):
            return self.unlabelled(gold, answer)
        gold_list = shapes.as_listing(gold)
        if gold_list is not None:
            return self.listing(gold_list, answer)
        answer_list = shapes.as_listing(answer)
        if isinstance(gold, Bracketed):
            return lists.bracketed(self, gold, answer if answer_list is None else answer_list)
        if answer_list is not None:
            return lists.all_equal(self, gold, answer_list)
        return self._single(gold, answer)

    # Single values

    def _single(self, gold: Node, answer: Node) -> bool:
        single = lists.only_item(answer)
        if single is not None:
            return self.equal(gold, single)
        if isinstance(gold, Text) or isinstance(answer, Text):
            return self._texts(gold, answer)
        if isinstance(gold, Clock) or isinstance(answer, Clock):
            return same_clock(self, gold, answer)
        if isinstance(gold, Ratio) or isinstance(answer, Ratio):
            return self.ratios(gold, answer)
        if isinstance(gold, Cases) and isinstance(answer, Cases):
            return lists.cases(self, gold, answer)
        matrix, other = as_matrix(gold), as_matrix(answer)
        if matrix is not None or other is not None:
            return lists.matrices(self, matrix, other, gold, answer)
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
        if isinstance(answer, Apply) and answer.function == "pmod":
            digits = relations.names_last_digits(answer)
            return digits and self.scalars(gold, answer.arguments[0])
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
        return self.congruent(gold.arguments[0], answer.arguments[0], gold.arguments[1])

    def congruent(self, left: Node, right: Node, modulus: Node) -> bool:
        """Whether the two leave the same remainder."""
        difference = Add(left.start, right.end, (left, Neg(right.start, right.end, right)))
        remainder = Apply(left.start, right.end, "mod", (difference, modulus))
        zero = Number(left.start, left.start, 0)
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

    # Lists and relations

    def listing(self, gold: Listing, answer: Node) -> bool:
        """A list without brackets, in any order unless the options say otherwise."""
        return lists.listing(self, gold, answer)

    def ordered(self, gold: Sequence[Node], answer: Sequence[Node]) -> bool:
        """The same items in the same order."""
        return lists.ordered(self, gold, answer)

    def unlabelled(self, gold: Node, answer: Relation) -> bool:
        """An answer `x = 5` or `2 + 3 = 5` for the gold 5."""
        return relations.unlabelled(self, gold, answer)

    def sets(self, gold: Node, answer: Node) -> bool:
        left, right = real_set(gold), real_set(answer, as_said=True)
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


def _quotient(top: Node, bottom: Node) -> Node:
    return Div(top.start, bottom.end, top, bottom)
