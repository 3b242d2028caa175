"""What expected values are made of: literals, or variables that were given literals."""

from collections.abc import Sequence

from verifiers.code.appended import vocabulary as words
from verifiers.code.appended.lexing import Token, Tokens
from verifiers.code.appended.literals import can_alter
from verifiers.code.appended.operands import Operand


class Values:
    """The values in a source of tests."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._given: dict[str, list[Operand]] = {}
        self._uses: dict[str, list[int]] = {}
        for index, token in enumerate(tokens.items):
            if token.kind != "word" or tokens[index - 1].text == ".":
                continue
            value = self._value_after(index)
            if value is not None:
                self._given.setdefault(token.text, []).append(value)
            else:
                self._uses.setdefault(token.text, []).append(index)

    def expected(self, operands: list[Operand]) -> tuple[Token, ...]:
        """The literals of the one operand that is made of literals alone; none if it is not one."""
        operands = self._compared(operands)
        pure = [operand for operand in operands if self._resolved(operand) is not None]
        return self.literals(*pure[0]) if len(pure) == 1 else ()

    def literals(self, first: int, last: int) -> tuple[Token, ...]:
        """Those that can be altered; none if it is made of anything else too."""
        resolved = self._resolved((first, last))
        if resolved is None:
            return ()
        tokens = [self._tokens[index] for index in range(resolved[0], resolved[1] + 1)]
        return tuple(token for token in tokens if can_alter(token, self._tokens.language))

    def is_field(self, name: str) -> bool:
        """Whether a field is read anywhere, and not only given values."""
        items = self._tokens.items
        return any(
            token.text == name and self._tokens[index + 1].text != ":"
            for index, token in enumerate(items)
        )

    def _compared(self, operands: list[Operand]) -> list[Operand]:
        """Without a message at the end, and without a tolerance."""
        operands = operands[:4]
        pure = [each for each in operands if self._resolved(each) is not None]
        if len(operands) < 3 or len(pure) < 2 or pure[-1] != operands[-1]:
            return operands
        first, last = operands[-1]
        is_extra = first == last and self._tokens[first].kind in ("string", "number")
        return operands[:-1] if is_extra else operands

    def _resolved(self, operand: Operand) -> Operand | None:
        """Where its literals stand; None if it is not made of literals alone."""
        first, last = operand
        if self._is_pure(first, last):
            return operand
        while first < last and self._tokens[first].text in ("&", "*"):
            first += 1
        if first != last or not self._is_only_compared(self._tokens[first].text):
            return None
        value = self._given[self._tokens[first].text][0]
        return value if self._is_pure(*value) else None

    def _is_only_compared(self, name: str) -> bool:
        """Whether a variable has one value, and is used once, but for telling of a failure."""
        uses: Sequence[int] = self._uses.get(name, [])
        return len(self._given.get(name, [])) == 1 and all(map(self._is_told, uses[1:]))

    def _is_told(self, index: int) -> bool:
        while index >= 0 and self._tokens[index].text not in ";{}":
            if self._tokens[index].text in words.TELLING:
                return True
            index -= 1
        return False

    def _is_pure(self, first: int, last: int) -> bool:
        if first > last:
            return False
        for index in range(first, last + 1):
            kind, text, _ = self._tokens[index]
            if kind == "sign" and text not in words.SIGNS:
                return False
            if kind == "word" and text not in words.WORDS and text not in words.MAKERS:
                return False
        return True

    def _value_after(self, index: int) -> Operand | None:
        """What a variable is given where its name stands; None where it is only used."""
        tokens = self._tokens
        sign = index + 1
        if tokens[sign].text == ":" and tokens[sign + 1].text != "=":
            while sign < len(tokens) and tokens[sign].text not in "=,;)}{":
                sign += 1  # over its type
        elif tokens[sign].text == ":":
            sign += 1
        elif tokens[sign].text == "[" and tokens[sign + 1].text == "]":
            sign += 2
        if tokens[sign].text != "=":
            return None
        last = first = sign + 1
        while last < len(tokens) and tokens[last].text not in ",;)]}":
            last = tokens.partner.get(last, last) + 1 if tokens[last].text in "([{" else last + 1
            if "\n" in tokens.source[tokens[last - 1].end : tokens[last].start]:
                break
        return first, last - 1
