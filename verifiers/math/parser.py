"""Reads tokens into nodes: a Pratt parser for LaTeX and plain maths.

It reads the whole text or none of it: what it does not know raises Unreadable. Work is linear in
the number of tokens, and nesting is bounded, so that no text can exhaust the stack.
"""

from collections.abc import Callable
from fractions import Fraction

from verifiers.math import commands, quantities, scripts, table
from verifiers.math.combine import BINARY_NODES, over, times
from verifiers.math.errors import Unreadable
from verifiers.math.nodes import (
    Apply,
    Based,
    Big,
    Bracketed,
    Call,
    Constant,
    Div,
    Listing,
    Neg,
    Node,
    Number,
    PlusMinus,
    Quantity,
    Relation,
    SuchThat,
    Symbol,
    Text,
)
from verifiers.math.numerals import repeating_value
from verifiers.math.tokens import Token, tokenise

MAX_DEPTH = 60
"""Brackets, scripts and arguments within each other."""
MAX_ITEMS = 300

# Binding powers: the higher, the tighter.
_RELATION, _SET, _RATIO, _SUM, _NEGATION, _PRODUCT, _APPLICATION, _POWER = range(10, 90, 10)
_RELATION_SIGNS = frozenset({*table.RELATIONS.values(), *table.RELATION_COMMANDS.values()})
_BINARY = {
    **dict.fromkeys(_RELATION_SIGNS, _RELATION),
    **dict.fromkeys(("union", "intersection", "difference"), _SET),
    ":": _RATIO,
    **dict.fromkeys(("+", "-", "±", "∓"), _SUM),
    **dict.fromkeys(("*", "/", "mod"), _PRODUCT),
    **dict.fromkeys(("^", "_", "!", "'"), _POWER),
    "unit": _POWER,
}
_SEPARATORS = frozenset({",", ";", "and", "or", "newline", "&"})
_STARTERS = frozenset(
    ["number", "based", "symbol", "constant", "function", "command", "(", "[", "{", "\\{", "⌊", "⌈"]
)
"""What begins an operand, and so is multiplied when it follows one."""
_TRAILING = frozenset({".", ",", ";", ":", "newline"})
_CALLABLE = frozenset("fgF")
_CLOSERS = {"(": (")", "]"), "[": ("]", ")"), "⟨": ("⟩",), "\\{": ("\\}",), "{": ("}",)}
_SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
_END = Token("end", "", 0, 0)


def parse(text: str) -> Node:
    """The node for normalised text, read as a whole; raises Unreadable."""
    return Parser(tokenise(text)).everything()


class Parser:
    """One pass over the tokens of one text."""

    def __init__(self, tokens: list[Token]) -> None:
        while tokens and tokens[-1].kind in _TRAILING:
            tokens.pop()
        self.tokens = tokens
        self.position = 0
        self._depth = 0
        self._bars = 0
        self._such_that = False
        self.integrals = 0

    # Moving over tokens

    def peek(self, ahead: int = 0) -> Token:
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else _END

    def next(self) -> Token:
        token = self.peek()
        if token is not _END:
            self.position += 1
        return token

    def accept(self, kind: str) -> bool:
        if self.peek().kind == kind:
            self.position += 1
            return True
        return False

    def expect(self, *kinds: str) -> Token:
        token = self.next()
        if token.kind not in kinds:
            raise Unreadable(f"{_shown(token)} where {' or '.join(kinds)} should be")
        return token

    def end(self) -> int:
        """Where the last token that was read ends."""
        return self.tokens[self.position - 1].end if self.position else 0

    # Lists

    def everything(self) -> Node:
        if not self.tokens:
            raise Unreadable("there is nothing to read")
        node = self.listing()
        if self.peek() is not _END:
            raise Unreadable(f"{_shown(self.peek())} is not expected there")
        return node

    def listing(self) -> Node:
        """One expression, or several with separators between them."""
        start = self.peek().start
        items, words = self.items()
        if len(items) == 1:
            return items[0]
        return Listing(start, self.end(), tuple(items), words)

    def items(self) -> tuple[list[Node], frozenset[str]]:
        items = [self.expression(0)]
        words: set[str] = set()
        while self.peek().kind in _SEPARATORS:
            while self.peek().kind in _SEPARATORS:
                words.add(self.next().kind)
            items.append(self.expression(0))
            if len(items) > MAX_ITEMS:
                raise Unreadable("a list that long")
        return items, frozenset(words & {"and", "or", ";"})

    # Expressions

    def expression(self, power: int) -> Node:
        """Everything that binds tighter than `power`."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable("nested too deeply")
        left = self._prefix()
        while True:
            token = self.peek()
            kind = token.kind
            binding = _BINARY.get(kind)
            if binding is None:
                if power >= _PRODUCT or not self._begins_factor(token):
                    break
                left = times(left, self.expression(_PRODUCT))
            elif binding <= power or (self._such_that and kind in {":", "mid"}):
                break
            else:
                left = self._infix(left, kind, binding)
        self._depth -= 1
        return left

    def _begins_factor(self, token: Token) -> bool:
        if self.tokens[self.position - 1].kind == "text":
            return False
        if token.kind == "|":
            return self._bars == 0 and not self._such_that
        if token.kind == "number":
            return self.tokens[self.position - 1].kind != "number"
        if token.kind == "command" and token.value in {"pmod", "choose", "end"}:
            return False
        return token.kind in _STARTERS and not (self.integrals and self.at_differential())

    def at_differential(self) -> bool:
        return self.peek().value == "d" and self.peek(1).kind == "symbol"

    def _infix(self, left: Node, kind: str, binding: int) -> Node:
        if kind in _RELATION_SIGNS:
            return self._relation(left)
        if kind == "unit":
            return self._quantity(left)
        if kind in {"^", "_", "!", "'"}:
            return scripts.attach(self, left, kind)
        self.position += 1
        right = self.expression(binding)
        if isinstance(left, Text) or isinstance(right, Text):
            raise Unreadable("words in a formula")
        return BINARY_NODES[kind](left, right)

    def _relation(self, left: Node) -> Node:
        operands, operators = [left], []
        while self.peek().kind in _RELATION_SIGNS and not (
            self._such_that and self.peek().kind == "mid"
        ):
            operators.append(self.next().kind)
            operand = self._modulus(self.expression(_RELATION))
            if operators[-1] == "in" and isinstance(operand, Symbol) and operand.name in "RZNQC":
                operand = Symbol(operand.start, operand.end, f"mathbb {operand.name}")
            operands.append(operand)
        return Relation(left.start, self.end(), tuple(operands), tuple(operators))

    def _modulus(self, operand: Node) -> Node:
        """The operand, with the \\pmod{n} or (mod n) that may follow."""
        token = self.peek()
        if token.kind == "command" and token.value == "pmod":
            self.position += 1
            modulus = self.argument()
            return Apply(operand.start, self.end(), "pmod", (operand, modulus))
        if token.kind == "(" and self.peek(1).kind == "mod":
            self.position += 2
            modulus = self.expression(_SUM)
            self.expect(")")
            return Apply(operand.start, self.end(), "pmod", (operand, modulus))
        return operand

    def _quantity(self, value: Node) -> Node:
        unit = quantities.unit(self)
        if isinstance(value, Quantity):  # "$5 USD" names it twice
            if value.unit != unit:
                raise Unreadable("two units beside each other")
            return value
        quantity = Quantity(value.start, self.end(), value, unit)
        if self.peek().kind == "number" and self.peek(1).kind == "unit":
            return quantities.compound(self, quantity)
        return quantity

    # Operands

    def _prefix(self) -> Node:
        token = self.next()
        read = _PREFIX.get(token.kind)
        if read is None:
            raise Unreadable(f"{_shown(token)} where an operand should be")
        return read(self, token)

    def _number(self, token: Token) -> Node:
        if not isinstance(token.value, int | Fraction):
            raise Unreadable("a number without a value")
        number = Number(token.start, token.end, token.value, token.places)
        after = self.peek()
        if isinstance(token.value, int) and (after.value == "frac" or after.kind == "number"):
            return self._mixed(number)
        if after.kind == "…":
            return self._unending(number)
        return number

    def _mixed(self, whole: Number) -> Node:
        """The whole part of 3 1/2, with the fraction that may follow it."""
        start = self.position
        if self.peek().kind == "command":
            fraction = self._prefix()
        else:
            numerator = self.next()
            if not self.accept("/") or self.peek().kind != "number":
                raise Unreadable("two numbers side by side")
            denominator = self.next()
            fraction = over(_plain_number(numerator), _plain_number(denominator))
        match fraction:
            case Div(numerator=Number(value=int() as top), denominator=Number(value=int() as low)):
                if 0 < top < low and isinstance(whole.value, int):
                    return Number(whole.start, fraction.end, whole.value + Fraction(top, low))
        if self.tokens[start].kind == "number":
            raise Unreadable("two numbers side by side")
        self.position = start
        return whole

    def _unending(self, number: Number) -> Node:
        """0.333… repeats; other digits before an ellipsis say too little."""
        value = repeating_value(number)
        if value is None:
            raise Unreadable("an ellipsis after digits that do not repeat")
        self.position += 1
        return Number(number.start, self.end(), value)

    def _based(self, token: Token) -> Node:
        digits, _, base = str(token.value).partition("_")
        return Based(token.start, token.end, digits, int(base))

    def _constant(self, token: Token) -> Node:
        return Constant(token.start, token.end, str(token.value))

    def _symbol(self, token: Token) -> Node:
        name = str(token.value)
        if name in "ie" and self.peek().kind != "_":
            return Constant(token.start, token.end, name)
        if name in _CALLABLE and self._is_inverse():
            self.position += 5
            name += "^{-1}"
        if name[0] in _CALLABLE and self.peek().kind == "(":
            self.position += 1
            arguments = self.enclosed("(")
            return Call(token.start, self.end(), name, tuple(arguments))
        return Symbol(token.start, token.end, name)

    def _is_inverse(self) -> bool:
        ahead = [self.peek(index) for index in range(6)]
        kinds = [token.kind for token in ahead]
        return kinds == ["^", "{", "-", "number", "}", "("] and ahead[3].value == 1

    def _negative(self, token: Token) -> Node:
        operand = self.expression(_NEGATION)
        if isinstance(operand, Quantity):
            value = Neg(token.start, operand.end, operand.value)
            return Quantity(token.start, operand.end, value, operand.unit)
        if isinstance(operand, Number):
            return Number(token.start, operand.end, -operand.value, operand.places)
        return Neg(token.start, operand.end, operand)

    def _positive(self, _token: Token) -> Node:
        return self.expression(_NEGATION)

    def _plus_minus(self, token: Token) -> Node:
        operand = self.expression(_NEGATION)
        return PlusMinus(token.start, operand.end, operand, upper=token.kind == "±")

    def _text(self, token: Token) -> Node:
        words = [str(token.value)]
        while self.peek().kind == "text":
            words.append(str(self.next().value))
        return Text(token.start, self.end(), " ".join(words))

    def _money(self, token: Token) -> Node:
        if token.value not in {"$", "€", "£", "¥", "₹", "USD", "Rs", "EUR"}:
            raise Unreadable(f"a unit, {token.value}, without a value")
        value = self.expression(_APPLICATION)
        if self.peek().kind == "text" and self.peek().value in _SCALES:
            factor = _SCALES[str(self.next().value)]
            value = times(value, Number(value.end, self.end(), factor))
        return Quantity(token.start, self.end(), value, str(token.value))

    # Brackets

    def enclosed(self, opening: str) -> list[Node]:
        """The items up to the bracket that closes `opening`."""
        items, _ = self._within(opening)
        return items

    def _within(self, opening: str) -> tuple[list[Node], frozenset[str]]:
        saved = (self._bars, self._such_that, self.integrals)
        self._bars, self._such_that, self.integrals = 0, opening in {"{", "\\{"}, 0
        items, words = self.items()
        if self._such_that and self.peek().kind in {"|", ":", "mid"}:
            self.position += 1
            self._such_that = False
            items = [SuchThat(items[0].start, self.end(), items[0], self.listing())]
        self._bars, self._such_that, self.integrals = saved
        self.expect(*_CLOSERS[opening])
        return items, words

    def _bracket(self, token: Token) -> Node:
        opening = token.kind
        if opening in {"{", "\\{"} and self.peek().kind in _CLOSERS[opening]:
            self.position += 1
            return Text(token.start, self.end(), "no solution")
        if opening == "{" and self._is_choose():
            return self._choose(token)
        items, words = self._within(opening)
        closing = self.tokens[self.position - 1].kind
        if len(items) == 1 and not isinstance(items[0], SuchThat):
            if opening in "({" and closing in ")}":
                return items[0]
        elif words & {"or"}:
            raise Unreadable('"or" within brackets')
        left = {"⟨": "(", "\\{": "{"}.get(opening, opening)
        right = {"⟩": ")", "\\}": "}"}.get(closing, closing)
        return Bracketed(token.start, self.end(), left, right, tuple(items))

    def _is_choose(self) -> bool:
        return any(
            token.kind == "command" and token.value == "choose"
            for token in self.tokens[self.position : self.position + 12]
        )

    def _choose(self, token: Token) -> Node:
        top = self.listing()
        if self.next().value != "choose":
            raise Unreadable("a misplaced \\choose")
        bottom = self.listing()
        self.expect("}")
        return Apply(token.start, self.end(), "binom", (top, bottom))

    def _absolute(self, token: Token) -> Node:
        self._bars += 1
        inner = self.listing()
        self._bars -= 1
        self.expect("|")
        return Apply(token.start, self.end(), "abs", (inner,))

    def _rounded(self, token: Token) -> Node:
        inner = self.listing()
        closing, name = ("⌋", "floor") if token.kind == "⌊" else ("⌉", "ceil")
        self.expect(closing)
        return Apply(token.start, self.end(), name, (inner,))

    # Functions and commands

    def _function(self, token: Token) -> Node:
        return scripts.function(self, token)

    def _command(self, token: Token) -> Node:
        return commands.command(self, token)

    def argument(self, *, splits_digits: bool = False) -> Node:
        """What a command applies to: a group in braces, or one token."""
        token = self.peek()
        if token.kind == "{":
            return self.group()
        if token.kind == "number" and splits_digits and isinstance(token.value, int):
            digits = str(token.value)
            if len(digits) > 1:  # \frac12 is one half
                rest = Token("number", int(digits[1:]), token.start + 1, token.end)
                self.tokens[self.position] = rest
                return Number(token.start, token.start + 1, int(digits[0]))
        if token.kind == "number":  # never the whole part of a mixed number
            return _plain_number(self.next())
        if self.accept("-"):
            operand = self.argument()
            return Neg(token.start, operand.end, operand)
        return self.expression(_POWER)

    def group(self) -> Node:
        """An argument in braces, which do not show."""
        self.expect("{")
        self._depth += 1
        saved = (self._bars, self._such_that, self.integrals)
        self._bars, self._such_that, self.integrals = 0, False, 0
        node = self.listing()
        self._bars, self._such_that, self.integrals = saved
        self._depth -= 1
        self.expect("}")
        return node

    def body(self) -> Node:
        """What a sum or a limit extends over: a product."""
        return self.expression(_SUM)

    def big(self, token: Token, variable: str, bounds: tuple[Node | None, Node | None]) -> Node:
        body = self.body()
        return Big(token.start, self.end(), str(token.value), variable, *bounds, body)


def _plain_number(token: Token) -> Node:
    if not isinstance(token.value, int | Fraction):
        raise Unreadable("a number without a value")
    return Number(token.start, token.end, token.value, token.places)


def _shown(token: Token) -> str:
    return "the end" if token is _END else repr(str(token.value)[:20])


_PREFIX: dict[str, Callable[[Parser, Token], Node]] = {
    "number": Parser._number,
    "based": Parser._based,
    "constant": Parser._constant,
    "symbol": Parser._symbol,
    "-": Parser._negative,
    "+": Parser._positive,
    "±": Parser._plus_minus,
    "∓": Parser._plus_minus,
    "text": Parser._text,
    "unit": Parser._money,
    "(": Parser._bracket,
    "[": Parser._bracket,
    "{": Parser._bracket,
    "\\{": Parser._bracket,
    "⟨": Parser._bracket,
    "|": Parser._absolute,
    "⌊": Parser._rounded,
    "⌈": Parser._rounded,
    "function": Parser._function,
    "command": Parser._command,
}
