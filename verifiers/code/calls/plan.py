"""Which tests are nothing but calls with plain values, found by reading them, and what they say."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from verifiers.code.calls.secrets import keep_secrets
from verifiers.code.calls.values import NotPlain, encoded
from verifiers.code.calls.wire import Call

Evaluate = Callable[[Mapping[int, Any]], Any]
"""What a part of a test comes to, given what the calls gave, by number."""

_MOST_CALLS = 1_000
_LARGEST = 1 << 64
_LARGEST_EXPONENT = 100
_LONGEST_TEXT = 10_000
_MOST_DIGITS = 400
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_IDENTITIES: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (abs, len, list, round, set, sorted, sum, tuple)
}
_UNORDERED = frozenset(("len", "set", "sorted"))
"""Functions whose result does not hang on the order in which a set has its items."""


@dataclass(frozen=True, slots=True)
class Assertion:
    first: int
    """Number of its first call."""
    end: int
    """Number of the first call that is not its own any more."""
    holds: Evaluate
    message: str | None
    """None where it is known only once the assertion has failed."""


@dataclass(frozen=True, slots=True)
class Plan:
    calls: Sequence[Call]
    tests: Sequence[Sequence[Assertion]]
    """In order. Calls are numbered through all tests."""

    def first_call_of(self, test: int) -> int:
        return self.tests[test][0].first


def plan_of(
    trees: Sequence[ast.Module],
    names: frozenset[str],
    entry_point: str | None,
    *,
    taken: Set[str] = frozenset(),
) -> Plan | None:
    """The plan of tests that may call `names`, and the entry point as the argument of `check`.

    None if any test wants more than plain values, or if names that have a meaning here are `taken`.
    """
    if not taken.isdisjoint(_FUNCTIONS) or not (entry_point or "a").isidentifier():
        return None
    reader = _Reader(names - taken, entry_point)
    try:
        plan = Plan(tests=[reader.test(tree) for tree in trees], calls=reader.calls)
        keep_secrets(plan.calls, reader.expected)
    except (NotPlain, RecursionError):
        return None
    return plan


class _Reader:
    def __init__(self, names: frozenset[str], entry_point: str | None) -> None:
        self.calls: list[Call] = []
        self.expected: list[tuple[int, Any]] = []
        """What results are compared with, and the number of the first call after that."""
        self._names = {name: name for name in names - _FUNCTIONS.keys()}
        self._entry_point = entry_point

    def test(self, tree: ast.Module) -> list[Assertion]:
        """Raises NotPlain."""
        before = len(self.calls)
        assertions: list[list[Assertion]] = []
        for node in tree.body:
            match node:
                case ast.FunctionDef(name="check", decorator_list=[]) if self._entry_point:
                    assertions.append(self._check(node, self._entry_point))
                case ast.Assign(targets=[ast.Name(id="METADATA")], value=ast.Dict() as value):
                    _literal(value)
                case _:
                    assertions.append(self._statement(node, self._names))
        if len(self.calls) == before or len(self.calls) > _MOST_CALLS:
            raise NotPlain("a test that calls nothing, or too much")
        checks = any(isinstance(node, ast.FunctionDef) for node in tree.body)
        if checks and sum(map(bool, assertions)) > 1:
            raise NotPlain("a check beside other assertions, which come first")
        return [each for some in assertions for each in some]

    def _check(self, node: ast.FunctionDef, entry_point: str) -> list[Assertion]:
        name = ast.unparse(node.args)
        if not name.isidentifier() or node.returns is not None:
            raise NotPlain("a check of something else")
        names = {**self._names, name: entry_point}
        if names.keys() & _FUNCTIONS.keys():
            raise NotPlain("a name that is the language's")
        return [each for child in node.body for each in self._statement(child, names)]

    def _statement(self, node: ast.stmt, names: dict[str, str]) -> list[Assertion]:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return []
            case ast.Assert(test=ast.BoolOp(op=ast.And(), values=parts), msg=message):
                return [self._assertion(part, message, names) for part in parts]
            case ast.Assert(test=test, msg=message):
                return [self._assertion(test, message, names)]
        raise NotPlain("a statement of another kind")

    def _assertion(
        self, test: ast.expr, message: ast.expr | None, names: dict[str, str]
    ) -> Assertion:
        first = len(self.calls)
        holds = self._value(test, names)
        said = "" if message is None else None
        if isinstance(message, ast.Constant) and isinstance(message.value, str):
            said = message.value
        return Assertion(first=first, end=len(self.calls), holds=holds, message=said)

    def _value(self, node: ast.expr, names: dict[str, str]) -> Evaluate:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in names:
                return self._call(node, names[name])
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
                return _applied(name, [self._value(each, names) for each in args])
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                compare = _comparison(op, right)
                sides = self._value(left, names), self._value(right, names)
                return lambda results: compare(*(side(results) for side in sides))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                value = self._value(operand, names)
                return lambda results: not value(results)
            case ast.BinOp(left=left, op=ast.Sub(), right=right) if not _is_literal(node):
                sides = self._value(left, names), self._value(right, names)
                return lambda results: _difference(*(side(results) for side in sides))
        constant = _literal(node)
        self.expected.append((len(self.calls), constant))
        return lambda results: constant

    def _call(self, node: ast.Call, name: str) -> Evaluate:
        named = {each.arg: _literal(each.value) for each in node.keywords if each.arg}
        if len(named) < len(node.keywords):
            raise NotPlain("keyword arguments that are not spelt out")
        args = [_literal(each) for each in node.args]
        for each in (*args, *named.values()):
            encoded(each)
        number = len(self.calls)
        self.calls.append((name, args, named))
        return lambda results: results[number]


def _comparison(op: ast.cmpop, right: ast.expr) -> Callable[[Any, Any], Any]:
    if type(op) in _IDENTITIES:
        if not isinstance(right, ast.Constant) or not isinstance(right.value, bool | None):
            raise NotPlain("an identity")
        return _IDENTITIES[type(op)]
    if type(op) not in _COMPARISONS:
        raise NotPlain("a comparison of another kind")
    return _COMPARISONS[type(op)]


def _applied(name: str, values: Sequence[Evaluate]) -> Evaluate:
    function = _FUNCTIONS[name]

    def apply(results: Mapping[int, Any]) -> Any:
        given = [value(results) for value in values]
        if name == "round" and len(given) == 2 and type(given[1]) is int:
            return round(given[0], max(-_MOST_DIGITS, min(given[1], _MOST_DIGITS)))
        if len(given) != 1:
            raise NotPlain("a function of several arguments")
        if name not in _UNORDERED and any(type(each) is set for each in given):
            raise NotPlain("the order of a set")
        return function(*given)

    return apply


def _difference(left: Any, right: Any) -> Any:
    if type(left) not in (int, float) or type(right) not in (int, float):
        raise NotPlain("a difference of what is no number")
    return left - right


def _is_literal(node: ast.expr) -> bool:
    try:
        _literal(node)
    except NotPlain:
        return False
    return True


def _literal(node: ast.expr) -> Any:
    """The value of an expression of constants. Raises NotPlain."""
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _negative(_literal(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _computed(type(op), _literal(left), _literal(right))
        case ast.List(elts=items):
            return [_literal(each) for each in items]
        case ast.Tuple(elts=items):
            return tuple(_literal(each) for each in items)
        case ast.Set(elts=items):
            return _hashed(set, [_literal(each) for each in items])
        case ast.Dict(keys=keys, values=values) if None not in keys:
            pairs = zip(keys, values, strict=True)
            return _hashed(dict, [(_literal(key), _literal(each)) for key, each in pairs if key])
    raise NotPlain("no constant")


def _negative(value: Any) -> Any:
    if type(value) not in (int, float):
        raise NotPlain("the negative of what is no number")
    return -value


def _computed(op: type[ast.operator], left: Any, right: Any) -> Any:
    kinds = type(left), type(right)
    if kinds == (str, str) and op is ast.Add and len(left) + len(right) <= _LONGEST_TEXT:
        return left + right
    if not set(kinds) <= {int, float} or max(abs(left), abs(right)) > _LARGEST:
        raise NotPlain("arithmetic of another kind")
    if op is ast.Pow and (kinds != (int, int) or not 0 <= right <= _LARGEST_EXPONENT):
        raise NotPlain("a power of another kind")
    try:
        return _ARITHMETIC[op](left, right)
    except ArithmeticError as error:
        raise NotPlain(str(error)) from error


def _hashed(make: Callable[[Any], Any], items: list[Any]) -> Any:
    try:
        return make(items)
    except TypeError as error:
        raise NotPlain(str(error)) from error
