"""Cuts normalised text into tokens; knows numbers, words and commands, but no grammar."""

import re
from fractions import Fraction
from typing import NamedTuple

from verifiers.math import figures, table
from verifiers.math.changing import CHANGING, TAKING_BACK
from verifiers.math.errors import Unreadable
from verifiers.math.scanner import SCANNER
from verifiers.math.units import AMBIGUOUS, known_unit

MAX_LENGTH = 4000
"""Characters of an answer; anything longer is no answer to a question."""
MAX_TOKENS = 1500


class Token(NamedTuple):
    """Kinds: number, based, symbol, function, word (operator), text, unit, command, and signs.

    A sign's kind is the sign itself, as the parser's tables have it: "+", "(", "union", "<=".
    """

    kind: str
    value: str | int | Fraction
    start: int
    end: int
    places: int | None = None


_OPENING = re.compile(r"\s*\{")
_ROW_GAP = re.compile(r"\*?\s*\[\s*-?(?:\d+\.?\d*|\.\d+)\s*(?:pt|em|ex|mm|cm|in|mu|bp|pc)\s*\]")
"""The room between two rows, behind what parts them; [0, 1] there is an interval."""
_GREEK_OF_UNITS = {"mu": "μ", "Omega": "Ω"}
_GREEK_SIGN = re.compile(r"\\(mu|Omega)(?![A-Za-z])\s*")
_TEXT_END = re.compile(r"(?<!\\)[{}]")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![A-Za-z])")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})

_WORD_OPERATORS = {
    "per": "per",
    "and": "and",
    "or": "or",
    "mod": "mod",
    "union": "union",
    "in": "in",
}
_WORD_CONSTANTS = {"pi": "pi", "infinity": "infinity", "infty": "infinity", "inf": "infinity"}
_VALUE_ENDS = frozenset(
    [
        "number",
        "based",
        "constant",
        "symbol",
        "unit",
        "text",
        "}",
        ")",
        "]",
        "!",
        "/",
        "*",
        "per",
    ]
)
"""Kinds of tokens behind which a unit may stand."""
_ARGUMENT = "argument"
"""A brace that only groups what belongs to a command."""
_OPPOSITE = {")": ("(", "["), "]": ("[", "("), "}": ("{", _ARGUMENT)}


def tokenise(text: str) -> list[Token]:
    """Tokens of normalised text; raises Unreadable at the first character it does not know."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"{len(text)} characters are too long for an answer")
    tokens = _Scan(text).tokens
    if len(tokens) > MAX_TOKENS:
        raise Unreadable("too long for an answer")
    return tokens


class _Scan:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self._brackets: list[str] = []
        self._in_units = False
        # An even number of dollars are the delimiters of maths; a single one is money.
        dollars = text.count("$") - text.count("\\$")
        self._dollar_is_money = dollars % 2 == 1
        self._run(0, len(text))

    def _run(self, position: int, end: int) -> None:
        scan = SCANNER.match
        text = self.text
        while position < end:
            found = scan(text, position, end)
            if found is None:
                raise Unreadable(f"{text[position]!r} is not known in maths")
            kind = found.lastgroup
            if kind == "space":
                position = found.end()
            else:
                position = getattr(self, "_" + str(kind))(found, end)

    def _push(
        self,
        kind: str,
        value: str | int | Fraction,
        start: int,
        end: int,
        places: int | None = None,
    ) -> int:
        self.tokens.append(Token(kind, value, start, end, places))
        return end

    # Numbers

    def _number(self, found: re.Match[str], _end: int) -> int:
        self._push_decimal(found[0], found.start(), found.end())
        ordinal = _ORDINAL.match(self.text, found.end())
        return ordinal.end() if ordinal else found.end()

    def _based(self, found: re.Match[str], _end: int) -> int:
        digits, base = figures.based(found[0])
        return self._push("based", f"{digits}_{base}", found.start(), found.end())

    def _push_decimal(self, digits: str, start: int, end: int) -> int:
        value, places = figures.decimal(digits)
        return self._push("number", value, start, end, places)

    def _grouped(self, found: re.Match[str], _end: int) -> int:
        written = found[0] if found[0].count(".") < 2 else found[0].replace(".", "")
        whole, point, decimals = written.partition(".")
        digits = "".join(figures.DIGITS.findall(whole)) + point + decimals
        return self._push_decimal(digits, found.start(), found.end())

    def _thousands(self, found: re.Match[str], _end: int) -> int:
        start, text = found.start(), found[0]
        separator = re.search(r"\D", text)
        in_brackets = any(bracket != _ARGUMENT for bracket in self._brackets)
        if separator and in_brackets:  # (1,234) is a pair
            end = start + separator.start()
            return self._push_decimal(self.text[start:end], start, end)
        return self._grouped(found, _end)

    def _comma(self, found: re.Match[str], _end: int) -> int:
        return self._push_decimal(found[0].replace("{,}", "."), found.start(), found.end())

    def _scientific(self, found: re.Match[str], _end: int) -> int:
        value, places = figures.scientific(found[0])
        return self._push("number", value, found.start(), found.end(), places)

    def _repeating(self, found: re.Match[str], _end: int) -> int:
        return self._push("number", figures.repeating(found[0]), found.start(), found.end())

    # Signs

    def _degree(self, found: re.Match[str], _end: int) -> int:
        end, text = found.end(), self.text
        scale = re.match(r"\s*(?:\\(?:mathrm|text|rm)\s*\{?\s*)?([CF])\b\}?", text[end : end + 20])
        if scale:
            return self._push("unit", "deg" + scale[1], found.start(), end + scale.end())
        return self._push("unit", "degree", found.start(), end)

    def _sign(self, found: re.Match[str], _end: int) -> int:
        sign, start, end = found[0], found.start(), found.end()
        if sign in "([{":
            self._brackets.append(_ARGUMENT if sign == "{" and self._takes_argument() else sign)
        elif sign in ")]}" and self._brackets and self._brackets[-1] in _OPPOSITE[sign]:
            self._brackets.pop()
        elif sign == "$":
            return self._push("unit", "$", start, end) if self._dollar_is_money else end
        elif sign in "%€£¥₹¢":
            return self._push("unit", sign, start, end)
        elif sign == "**":
            sign = "^"
        elif sign[:3] == "...":
            sign = "…"
        return self._push(table.RELATIONS.get(sign, sign), sign, start, end)

    def _takes_argument(self) -> bool:
        return bool(self.tokens) and self.tokens[-1].kind in {"command", "}", "^", "_", "function"}

    def _escape(self, found: re.Match[str], _end: int) -> int:
        sign, start, end = found[0][1], found.start(), found.end()
        if sign in "%$":
            return self._push("unit", sign, start, end)
        if sign in "{}":
            self._brackets.append("\\{") if sign == "{" else self._close_set()
            return self._push("\\" + sign, sign, start, end)
        if sign == "\\":
            gap = _ROW_GAP.match(self.text, end)
            return self._push("newline", sign, start, gap.end() if gap else end)
        if sign == "|":
            return self._push("|", sign, start, end)
        if sign in "_&#'\"./-()[]":
            return end if sign in "()[]" else self._push(sign, sign, start, end)
        raise Unreadable(f"\\{sign} is not known in maths")

    def _close_set(self) -> None:
        if self._brackets and self._brackets[-1] == "\\{":
            self._brackets.pop()

    # Words and commands

    def _word(self, found: re.Match[str], _end: int) -> int:
        word, start, end = found[0], found.start(), found.end()
        if len(word) == 1:
            is_unit = self._in_units and word in AMBIGUOUS and self._follows_value()
            return self._push("unit" if is_unit else "symbol", word, start, end)
        if word in _ORDINALS and self._is_raised():
            return self._push("text", word, start, end)
        if word in table.FUNCTIONS and not (word == "min" and self._follows_value()):
            return self._push("function", table.FUNCTIONS[word], start, end)
        if word in {"sq", "cu"} and self._follows_value():
            return self._push("text", word, start, end)
        if word.lower() in _WORD_OPERATORS:
            return self._push(_WORD_OPERATORS[word.lower()], word, start, end)
        if word.lower() in _WORD_CONSTANTS:
            return self._push("constant", _WORD_CONSTANTS[word.lower()], start, end)
        if word in table.GREEK:
            return self._push("symbol", word, start, end)
        unit = known_unit(word)
        if unit is not None and self._follows_value():
            return self._push("unit", unit, start, end)
        return self._letters(word, start)

    def _is_raised(self) -> bool:
        """Whether this is what an exponent begins with."""
        return [token.kind for token in self.tokens[-2:] if token.kind != "{"][-1:] == ["^"]

    def _follows_value(self) -> bool:
        if not self.tokens:
            return False
        return self.tokens[-1].kind in _VALUE_ENDS

    def _letters(self, word: str, start: int) -> int:
        """A run of letters is a function and its argument, a product of letters, or a word."""
        end = start + len(word)
        for length in (6, 5, 4, 3, 2):
            head, tail = word[:length], word[length:]
            if head in table.FUNCTIONS and 0 < len(tail) <= 2 and head not in table.NEEDS_BRACKETS:
                self._push("function", table.FUNCTIONS[head], start, start + length)
                return self._letters(tail, start + length)
        # Two letters such as bc are a product more often than a word.
        if word.lower() in (CHANGING if len(word) > 2 else TAKING_BACK):
            return self._push("text", word, start, end)
        if len(word) <= 3 or (word.isupper() and len(word) <= 4):
            for offset, letter in enumerate(word):
                self._push("symbol", letter, start + offset, start + offset + 1)
            return end
        return self._push("text", word, start, end)

    def _command(self, found: re.Match[str], end: int) -> int:
        name, start, after = found[0][1:], found.start(), found.end()
        if name in table.IGNORED:
            return self._skip_null_delimiter(name, after)
        if name in table.TEXT_COMMANDS:
            return self._text_command(start, after, end)
        if name in table.WITHOUT_THEIR_ARGUMENT:
            return self._skip_argument(after, end)
        name = table.GREEK_VARIANTS.get(name, name)
        if name in table.GREEK:
            return self._push("symbol", name, start, after)
        if name in table.FUNCTIONS and name not in {"sqrt", "binom"}:
            return self._push("function", table.FUNCTIONS[name], start, after)
        for meanings in (table.RELATION_COMMANDS, table.OPERATOR_COMMANDS):
            if name in meanings:
                return self._push(meanings[name], name, start, after)
        if name in table.BARS:
            return self._push("|", name, start, after)
        if name in table.OPENING or name in table.CLOSING:
            return self._bracket_command(name, start, after)
        if name in {"pi", "infty", "circ", "degree", "percent", "emptyset", "varnothing"}:
            return self._named_constant(name, start, after)
        return self._push("command", name, start, after)

    def _named_constant(self, name: str, start: int, end: int) -> int:
        if name in {"degree", "circ"}:
            return self._push("unit", "degree", start, end)
        if name == "percent":
            return self._push("unit", "%", start, end)
        if name in {"emptyset", "varnothing"}:
            return self._push("text", "no solution", start, end)
        return self._push("constant", _WORD_CONSTANTS[name], start, end)

    def _bracket_command(self, name: str, start: int, end: int) -> int:
        sign = table.OPENING.get(name) or table.CLOSING[name]
        kind = {"<": "⟨", ">": "⟩", "{": "\\{", "}": "\\}"}.get(sign, sign)
        return self._push(kind, name, start, end)

    def _skip_null_delimiter(self, name: str, end: int) -> int:
        """The dot of \\left. and \\right. draws nothing."""
        if name in {"left", "right"} and self.text[end : end + 1] == ".":
            return end + 1
        return end

    def _skip_argument(self, after: int, end: int) -> int:
        """The size of a space, the name of a colour, and what only takes up room."""
        opening = _OPENING.match(self.text, after, end)
        return after if opening is None else _closing_brace(self.text, opening.end(), end) + 1

    def _text_command(self, start: int, after: int, end: int) -> int:
        opening = _OPENING.match(self.text, after, end)
        if opening is None:
            return after
        closing = _closing_brace(self.text, opening.end(), end)
        self._upright(opening.end(), closing)
        return closing + 1

    def _upright(self, start: int, end: int) -> None:
        """What \\text{...} encloses: a unit, a name, words, or maths that is only set upright."""
        content = self.text[start:end].strip(" \t\n~,.:;")
        unit = known_unit(_GREEK_SIGN.sub(lambda sign: _GREEK_OF_UNITS[sign[1]], content))
        if (separator := self.text[start:end].strip()) in {",", ";"}:
            self._push(separator, separator, start, end)
        if not content or content in {"\\", "\\ "}:
            return
        if unit is not None and self._follows_value():
            self._push("unit", unit, start, end)
        elif content.lower() in _WORD_OPERATORS:
            self._push(_WORD_OPERATORS[content.lower()], content, start, end)
        elif len(content) > 3 and re.fullmatch(r"[A-Za-z][A-Za-z' .,!-]*", content):
            known = content in table.FUNCTIONS or content in _WORD_CONSTANTS
            self._run(start, end) if known else self._push_words(content, start, end)
        elif re.fullmatch(r"[A-Za-z]{2,3}", content) and content not in table.FUNCTIONS:
            self._push("text", content, start, end)
        else:
            first = re.match(r"[A-Za-z]+", content)
            self._in_units = bool(first and known_unit(first[0]) and self._follows_value())
            self._run(start, end)
            self._in_units = False

    def _push_words(self, content: str, start: int, end: int) -> None:
        for operator in ("and ", "or ", "per "):
            if content.lower().startswith(operator):
                self._push(operator.strip(), operator, start, end)
                content = content[len(operator) :].strip()
        unit = known_unit(content)
        self._push("text" if unit is None else "unit", unit or content, start, end)


def _closing_brace(text: str, start: int, end: int) -> int:
    depth = 1
    for brace in _TEXT_END.finditer(text, start, end):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    raise Unreadable("an opening brace is never closed")
