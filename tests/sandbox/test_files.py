"""File names that a submission may bring."""

import pytest

from sandbox.files import check_file_names


@pytest.mark.parametrize(
    "name", ["data.txt", "a/b/c.txt", "..hidden", "mit Leerzeichen", "名前.txt"]
)
def test_plain_relative_paths_are_fine(name):
    check_file_names([name], reserved=["main.py"])


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "empty"),
        ("/etc/passwd", "absolute"),
        ("../up.txt", r"'\.\.'"),
        ("a/../../up.txt", r"'\.\.'"),
        ("a//b", "empty"),
        ("a/./b", r"'\.'"),
        ("a/", "empty"),
        ("a\0b", "NUL"),
        ("main.py", "the program itself"),
        ("main.py/x", "as its folder"),
        ("\ud800", "Unicode"),
        ("a" * 256, "too long"),
        ("a/" * 2500 + "b", "too long"),
    ],
)
def test_anything_else_is_refused_with_its_reason(name, fault):
    with pytest.raises(ValueError, match=fault):
        check_file_names([name], reserved=["main.py"])


def test_a_file_cannot_be_the_folder_of_another():
    with pytest.raises(ValueError, match="as its folder"):
        check_file_names(["a", "a/b"])
