"""Guessing from its text what a Python program imports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.languages.imports import choose_preload, imported_names

SETS = (("numpy",), ("numpy", "scipy", "pandas"))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("", set()),
        ("print('import numpy')", set()),
        ("# import numpy", set()),
        ("import numpy", {"numpy"}),
        ("import numpy as np, scipy.linalg as la # x", {"numpy", "scipy"}),
        ("from numpy.linalg import norm", {"numpy"}),
        ("from numpy import (\n    array,\n)", {"numpy"}),
        ("def f():\n    import numpy\n", {"numpy"}),
        ("\timport\tnumpy", {"numpy"}),
        ("from . import x", set()),
        ("import", set()),
        ("import ,,", set()),
        ("importnumpy", set()),
        ("import numpy; import scipy", {"numpy"}),
    ],
)
def test_names_at_the_beginning_of_lines_are_found(source, names):
    assert imported_names(source) == names


@pytest.mark.parametrize(
    ("source", "preload"),
    [
        ("print(1)", ()),
        ("import os", ()),
        ("import numpy", ("numpy",)),
        ("import pandas", ("numpy", "scipy", "pandas")),
        ("import os, numpy\nfrom scipy import stats", ("numpy", "scipy", "pandas")),
    ],
)
def test_the_smallest_set_with_all_of_them_is_chosen(source, preload):
    assert choose_preload(source, SETS) == preload


def test_a_language_without_sets_preloads_nothing():
    assert choose_preload("import numpy", ()) == ()


@given(source=st.text(alphabet="import from\n\t.,;numpy #", max_size=200))
def test_no_text_is_too_strange(source):
    assert choose_preload(source, SETS) in ((), *SETS)


def test_takes_no_longer_for_a_hostile_text():
    assert imported_names("import " + "a " * 500_000 + " \t" * 500_000) == {"a"}
