"""References of code.function: what to call, with what, and what has to come of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from verifiers.base import Strict
from verifiers.code.function.compare import Rules
from verifiers.errors import InvalidReference

MAX_DEPTH = 200
"""Nesting of arguments and results."""
_NODES = re.compile(r"\b(?:ListNode|TreeNode)\b")
_IDENTIFIER = r"[A-Za-z_][A-Za-z_0-9]*"

Name = Annotated[str, Field(pattern=rf"^{_IDENTIFIER}$", max_length=200)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Tolerance = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
TypeText = Annotated[str, Field(max_length=200)]


class FunctionTest(Strict):
    """One call."""

    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = {}
    """Arguments by name; in Python only."""
    expected: Any = None
    raises: Name | None = None
    """Class of the exception that the call has to raise, in place of `expected`."""
    weight: Weight = 1.0
    """For `reward: weighted`; a test of weight 0 is run and reported, but does not count then."""

    @model_validator(mode="after")
    def _expects_one_thing(self) -> Self:
        if ("expected" in self.model_fields_set) == (self.raises is not None):
            raise ValueError("give one of `expected` (null if nothing is returned) and `raises`")
        return self


class ClassTest(Strict):
    """An object's life: the first operation makes it, the others are calls of its methods."""

    ops: Annotated[list[Name], Field(min_length=2)]
    args: list[list[Any]]
    expected: list[Any]
    weight: Weight = 1.0

    @model_validator(mode="after")
    def _of_one_length(self) -> Self:
        if not len(self.ops) == len(self.args) == len(self.expected):
            raise ValueError(
                f"there are {len(self.ops)} ops, {len(self.args)} args and "
                f"{len(self.expected)} expected values; give as many of each"
            )
        return self


class Types(Strict):
    """Types of a function where a solution may not state them, such as `ListNode` or `TreeNode[]`.

    They matter for linked lists, trees and dictionaries whose keys are integers.
    """

    args: Sequence[TypeText | None] = ()
    returns: TypeText | None = None


class ExactChecker(Strict):
    """Results are equal as JSON values; see docs/functions.md for which are."""

    kind: Literal["exact", "unordered", "unordered_deep"] = "exact"
    strict_numbers: bool = False
    """Whether 1 and 1.0 differ."""
    any_of: bool = False
    """Whether `expected` is a list of results of which each is right."""

    def rules(self) -> Rules:
        order = {"exact": "kept", "unordered": "free", "unordered_deep": "free_deep"}[self.kind]
        return Rules(order=order, strict_numbers=self.strict_numbers)


class FloatChecker(Strict):
    """Like `exact`, but numbers are compared within a tolerance unless both are integers."""

    kind: Literal["float"]
    abs_tolerance: Tolerance = 1e-6
    rel_tolerance: Tolerance = 1e-6
    """The same as a share of the greater magnitude; one of the two is enough."""
    any_of: bool = False

    def rules(self) -> Rules:
        return Rules(abs_tolerance=self.abs_tolerance, rel_tolerance=self.rel_tolerance)


class FunctionReference(Strict):
    """Calls of a function with what they return, or lives of objects of a class."""

    entry_point: Annotated[
        str, Field(pattern=rf"^{_IDENTIFIER}(?:(?:\(\))?\.{_IDENTIFIER})?$", max_length=400)
    ]
    """`twoSum`, `Solution.twoSum`, `Solution().twoSum`, or a class for `operations`."""
    tests: Sequence[FunctionTest] = ()
    operations: Sequence[ClassTest] = ()
    checker: Annotated[ExactChecker | FloatChecker, Field(discriminator="kind")] = ExactChecker()
    types: Types | dict[Name, Types] = Types()
    """Types of the function; of a class, those of its methods by name, and of its constructor by
    the name of the class."""
    in_place: Annotated[int, Field(ge=0)] | None = None
    """Number of the argument that is judged after the call, in place of the result."""

    @field_validator("checker", mode="before")
    @classmethod
    def _default_kind(cls, checker: Any) -> Any:
        if isinstance(checker, dict) and "kind" not in checker:
            return {"kind": "exact", **checker}
        return checker

    @property
    def owner(self) -> str | None:
        """The class that the entry point is a method of."""
        owner, _, _ = self.entry_point.replace("()", "").rpartition(".")
        return owner or None

    @property
    def name(self) -> str:
        """The function, the method, or the class whose objects are tested."""
        return self.entry_point.rpartition(".")[2]

    @property
    def cases(self) -> Sequence[FunctionTest | ClassTest]:
        return self.operations or self.tests

    def types_of(self, name: str) -> Types:
        """What is known of the types of the function, method or constructor of that name."""
        if isinstance(self.types, Types):
            return self.types if name == self.name else Types()
        return self.types.get(name, Types())

    def check(self) -> None:
        """Raise InvalidReference where the reference cannot tell right from wrong."""
        if not self.tests and not self.operations:
            raise InvalidReference("reference.tests is empty; give at least one test")
        if self.tests and self.operations:
            raise InvalidReference("the reference has both `tests` and `operations`; give one")
        if self.operations and (self.in_place is not None or self.checker.any_of):
            raise InvalidReference("in_place and any_of are for `tests`, not for `operations`")
        for index, operation in enumerate(self.operations):
            if operation.ops[0] != self.name:
                raise InvalidReference(
                    f"reference.operations[{index}].ops begins with {operation.ops[0]!r}; "
                    f"begin with the class, {self.name!r}"
                )
        for index, test in enumerate(self.tests):
            self._check_test(f"reference.tests[{index}]", test)
        for case in self.cases:
            self._check_nodes(case)
            for value in (case.args, case.expected):
                _check_plain(value)
        for test in self.tests:
            _check_plain(test.kwargs)

    def _check_nodes(self, case: FunctionTest | ClassTest) -> None:
        """Raise InvalidReference where the task states that something else is a list or tree."""
        calls: list[tuple[str, Sequence[Any]]] = [(self.name, case.args)]
        if isinstance(case, ClassTest):
            calls = list(zip(case.ops, case.args, strict=True))
        for name, args in calls:
            for value, kind in zip(args, self.types_of(name).args, strict=False):
                if _NODES.search(kind or "") and not isinstance(value, list | None):
                    raise InvalidReference(f"{name} is given {value!r:.80} for a {kind}")

    def _check_test(self, where: str, test: FunctionTest) -> None:
        if self.in_place is not None and self.in_place >= len(test.args):
            raise InvalidReference(
                f"in_place is argument {self.in_place}, but {where} has only {len(test.args)}"
            )
        if self.checker.any_of and test.raises is None and not _is_some_list(test.expected):
            raise InvalidReference(
                f"{where}.expected is to be a list of right results, at least one, with any_of"
            )


def _is_some_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _check_plain(value: Any) -> None:
    """Raise InvalidReference unless this is a JSON value that is not nested too deep."""
    level = [value]
    for _ in range(MAX_DEPTH + 2):
        level = [inner for each in level for inner in _parts(each)]
        if not level:
            return
    raise InvalidReference(f"the reference has a value nested over {MAX_DEPTH} deep")


def _parts(value: Any) -> Iterator[Any]:
    match value:
        case None | bool() | int() | float() | str():
            pass
        case list() | tuple():
            yield from value
        case Mapping() if all(isinstance(key, str) for key in value):
            yield from value.values()
        case _:
            raise InvalidReference(f"a {type(value).__name__} in the reference is no JSON value")
