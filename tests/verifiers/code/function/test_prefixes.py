"""Runs that end before a later operation would tell what an earlier one is to give."""

import pytest

from verifiers.code.function.prefixes import parts_of
from verifiers.code.function.reference import ClassTest


def lengths(*operations):
    """How long the parts of a test are whose operations have these arguments and results."""
    args, expected = zip(([], None), *operations, strict=True)
    ops = ["Codec", *("op" for _ in operations)]
    test = ClassTest(ops=ops, args=list(args), expected=list(expected))
    parts = parts_of(test)
    for part in parts:
        assert part.args == test.args[: len(part.ops)]
        assert part.expected == test.expected[: len(part.ops)]
    return [len(part.ops) for part in parts]


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        ([(["https://a.org"], "4e9iAk"), (["4e9iAk"], "https://a.org")], [2, 3]),
        ([(["long"], "a code"), (["see a code here"], None)], [2, 3]),
        ([([60000], 123456), ([123456], 60000)], [2, 3]),
        ([(["x"], ["first", "second"]), ([{"key": ["second"]}], None)], [2, 3]),
        ([(["aaaa"], "bbbb"), (["cccc"], None), (["bbbb"], "aaaa")], [3, 4]),
        ([(["aaaa"], "bbbb"), (["bbbb"], "aaaa")] * 2, [2, 5]),
        ([(["one a"], "code 1"), (["one b"], "code 2"), (["code 1", "code 2"], None)], [3, 4]),
        (
            [(["one a"], "code 1"), (["code 1"], None), (["one b"], "code 2"), (["code 2"], None)],
            [2, 4, 5],
        ),
    ],
)
def test_a_run_ends_before_what_tells(operations, expected):
    assert lengths(*operations) == expected


@pytest.mark.parametrize(
    "operations",
    [
        [([1, 500], None), ([1], 500), ([2, 500], None)],  # known before
        [([3], 5), ([5], 3)],  # small numbers are there by chance
        [([1], None), ([2], True), ([True], None)],
        [(["ab"], "cd"), (["cd"], None)],  # and so are short texts
    ],
)
def test_most_tests_are_one_run(operations):
    assert lengths(*operations) == [1 + len(operations)]
