"""A Pratt parser for LaTeX and plain maths: lists, operators, and what binds how tightly.

It reads the whole text or none of it. Every rule looks at a bounded number of tokens ahead and
never goes back, so that work is linear in the text.
"""

from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Apply,
    Big,
    Listing,
    Neg,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    Text,
    is_deeper,
)
from verifiers.math.parser import operands, quantities, scripts
from verifiers.math.parser.binding import (
    ANYTHING,
    BINDING_POWERS,
    POWER,
    PRODUCT,
    RELATION,
    RELATION_SIGNS,
    SCRIPT_SIGNS,
    SUM,
)
from verifiers.math.parser.combine import BINARY_NODES, times
from verifiers.math.parser.cursor import END, SEPARATORS, Cursor, shown
from verifiers.math.parser.rules import Rule, run
from verifiers.math.tokens import Token, tokenise

MAX_DEPTH = 100
"""Levels of a tree, and of what is written within each other: all later stages descend into it."""
MAX_ITEMS = 300

_STARTERS = frozenset(
    ["number", "based", "symbol", "constant", "function", "command", "(", "[", "{", "\\{", "⌊", "⌈"]
)
"""What begins an operand, and so is multiplied when it follows one."""


def parse(text: str) -> Node:
    """The node for normalised text, read as a whole; raises Unreadable."""
    parser = Parser(tokenise(text))
    node = run(parser.everything())
    if len(parser.tokens) > MAX_DEPTH // 2 and is_deeper(node, MAX_DEPTH):
        raise Unreadable(f"nested more than {MAX_DEPTH} levels deep")
    return node


class Parser(Cursor):
    """One pass over the tokens of one text. What returns a Rule is to be run, or yielded."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._depth = 0

    # Lists

    def everything(self) -> Rule[Node]:
        if not self.tokens:
            raise Unreadable("there is nothing to read")
        self.accept("=")  # what a calculation ends with
        node: Node = yield self.listing()
        if self.peek() is not END:
            raise Unreadable(f"{shown(self.peek())} is not expected there")
        return node

    def listing(self) -> Rule[Node]:
        """One expression, or several with separators between them."""
        start = self.peek().start
        items: list[Node]
        items, words = yield self.items()
        if len(items) == 1:
            return items[0]
        return Listing(start, self.end(), tuple(items), words)

    def items(self) -> Rule[tuple[list[Node], frozenset[str]]]:
        items: list[Node] = [(yield self._modulus((yield self.expression())))]
        words: set[str] = set()
        while self.peek().kind in SEPARATORS:
            while self.peek().kind in SEPARATORS:
                words.add(self.next().kind)
            items.append((yield self._modulus((yield self.expression()))))
            if len(items) > MAX_ITEMS:
                raise Unreadable(f"a list of more than {MAX_ITEMS} items")
        return items, frozenset(words & {"and", "or", ";"})

    # Expressions

    def expression(self, power: int = ANYTHING) -> Rule[Node]:
        """Everything that binds tighter than `power`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} levels deep")
        left: Node = yield operands.operand(self)
        while True:
            token = self.peek()
            kind = token.kind
            binding = BINDING_POWERS.get(kind)
            if binding is None:
                if power >= PRODUCT or not self._begins_factor(token):
                    break
                left = times(left, (yield self.expression(PRODUCT)))
            elif binding <= power or (self.such_that and kind in {":", "mid"}):
                break
            else:
                left = yield self._infix(left, kind, binding)
        self._depth -= 1
        return left

    def _begins_factor(self, token: Token) -> bool:
        before = self.previous().kind
        if before == "text":
            return False
        if token.kind == "(" and self.peek(1).kind == "mod":
            return False
        if token.kind == "|":
            return self.bars == 0 and not self.such_that
        if token.kind == "number":
            return before != "number"
        if token.kind == "command" and token.value in {"pmod", "choose", "over", "end"}:
            return False
        return token.kind in _STARTERS and not (self.integrals and self.at_differential())

    def _infix(self, left: Node, kind: str, binding: int) -> Node | Rule[Node]:
        if kind in RELATION_SIGNS:
            return self._relation(left)
        if kind == "unit":
            return self._quantity(left)
        if kind in SCRIPT_SIGNS:
            return scripts.attach(self, left, kind)
        return self._binary(left, kind, binding)

    def _binary(self, left: Node, kind: str, binding: int) -> Rule[Node]:
        self.position += 1
        right = yield self.expression(binding)
        if isinstance(left, Text) or isinstance(right, Text):
            raise Unreadable("words in a formula")
        return BINARY_NODES[kind](left, right)

    def _relation(self, left: Node) -> Rule[Node]:
        operands, operators = [left], []
        while self.peek().kind in RELATION_SIGNS and not (
            self.such_that and self.peek().kind == "mid"
        ):
            operators.append(self.next().kind)
            operand = yield self._modulus((yield self.expression(RELATION)))
            if operators[-1] == "in" and isinstance(operand, Symbol) and operand.name in "RZNQC":
                operand = Symbol(operand.start, operand.end, f"mathbb {operand.name}")
            operands.append(operand)
        return Relation(left.start, self.end(), tuple(operands), tuple(operators))

    def _modulus(self, operand: Node) -> Rule[Node]:
        """The operand, with the \\pmod{n} or (mod n) that may follow."""
        token = self.peek()
        if token.kind == "command" and token.value == "pmod":
            self.position += 1
            modulus = yield self.argument()
            return Apply(operand.start, self.end(), "pmod", (operand, modulus))
        if token.kind == "(" and self.peek(1).kind == "mod":
            self.position += 2
            modulus = yield self.expression(SUM)
            self.expect(")")
            return Apply(operand.start, self.end(), "pmod", (operand, modulus))
        return operand

    def _quantity(self, value: Node) -> Rule[Node]:
        unit: str = yield quantities.unit(self)
        if isinstance(value, Quantity):  # "$5 USD" names it twice
            if value.unit != unit:
                raise Unreadable("two units beside each other")
            return value
        quantity = Quantity(value.start, self.end(), value, unit)
        if self.peek().kind == "number" and self.peek(1).kind == "unit":
            both: Quantity = yield quantities.compound(self, quantity)
            return both
        return quantity

    # Arguments

    def argument(self, *, splits_digits: bool = False) -> Node | Rule[Node]:
        """What a command applies to: a group in braces, or one token."""
        token = self.peek()
        if token.kind == "{":
            return self.group()
        if token.kind == "number":
            return self._digits(split=splits_digits)
        if self.accept("-"):
            return self._negated(token)
        return self.expression(POWER)

    def _digits(self, *, split: bool) -> Node:
        """A number that is never the whole part of a mixed one; \\frac12 splits it."""
        token = self.next()
        digits = str(token.value)
        if not split or not isinstance(token.value, int) or len(digits) == 1:
            return operands.plain_number(token)
        self.position -= 1
        self.tokens[self.position] = token._replace(value=int(digits[1:]), start=token.start + 1)
        return Number(token.start, token.start + 1, int(digits[0]))

    def _negated(self, sign: Token) -> Rule[Node]:
        operand = yield self.argument()
        return Neg(sign.start, operand.end, operand)

    def group(self) -> Rule[Node]:
        """An argument in braces, which do not show."""
        self.expect("{")
        with self.inside():
            node: Node = yield self.listing()
        self.expect("}")
        return node

    def big(
        self, token: Token, variable: str, bounds: tuple[Node | None, Node | None]
    ) -> Rule[Node]:
        """A sum or a limit, which extends over a product."""
        body = yield self.expression(SUM)
        return Big(token.start, self.end(), str(token.value), variable, *bounds, body)
