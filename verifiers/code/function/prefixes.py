"""Operations whose result the arguments of later ones would tell.

A program gets all operations of a test at once, and may read ahead: of `decode(y)` after
`encode(x)` it sees the `y` that `encode` is to give. So a run is made that ends before `decode`.
"""

from verifiers.code.calls.secrets import Arguments, scalars
from verifiers.code.function.reference import ClassTest


def parts_of(test: ClassTest) -> list[ClassTest]:
    """The test as far as to where it would tell what came before, each time; at last all of it."""
    lengths: list[int] = []
    for told, by in sorted(_told(test), key=lambda each: each[1]):
        if not lengths or lengths[-1] <= told:
            lengths.append(by)
    return [*(_part(test, length) for length in lengths), test]


def _told(test: ClassTest) -> list[tuple[int, int]]:
    """Operations whose result a later one tells, and none before, with the first that does."""
    found = []
    later = Arguments()
    for number in reversed(range(len(test.ops))):
        secrets = [each for each in scalars(test.expected[number]) if later.tells(each)]
        later.add(test.args[number])
        if secrets:
            known = _arguments(test, 0, number + 1)
            by = [_first_to_tell(test, number, each) for each in secrets if not known.tells(each)]
            found += [(number, min(by))] if by else []
    return found


def _first_to_tell(test: ClassTest, number: int, secret: object) -> int:
    later = range(number + 1, len(test.ops))
    return next(each for each in later if _arguments(test, each, each + 1).tells(secret))


def _arguments(test: ClassTest, first: int, end: int) -> Arguments:
    found = Arguments()
    for args in test.args[first:end]:
        found.add(args)
    return found


def _part(test: ClassTest, length: int) -> ClassTest:
    return test.model_copy(
        update={
            "ops": test.ops[:length],
            "args": test.args[:length],
            "expected": test.expected[:length],
        }
    )
