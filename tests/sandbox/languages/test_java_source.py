"""Names of files and classes, found in the text of Java programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.languages.java_source import java_names

MAIN = "public static void main(String[] args) { }"


@pytest.mark.parametrize(
    ("source", "file", "main_class"),
    [
        ("", "Main", "Main"),
        ("nonsense {{{", "Main", "Main"),
        (f"public class Main {{ {MAIN} }}", "Main", "Main"),
        (f"public class Solution {{ {MAIN} }}", "Solution", "Solution"),
        (f"class Problem {{ {MAIN} }}", "Main", "Problem"),
        (f"class Node {{ int x; }} public final class Tree {{ {MAIN} }}", "Tree", "Tree"),
        (f"public class Solution {{ }} class Main {{ {MAIN} }}", "Solution", "Main"),
        (f"class A {{ class B {{ {MAIN} }} }} class C {{ {MAIN} }}", "Main", "C"),
        (f"/* public class X */ // public class Y\nclass Z {{ {MAIN} }}", "Main", "Z"),
        (f'class Z {{ String s = "}} class W {{"; {MAIN} }}', "Main", "Z"),
        (f"class Z {{ char c = '}}'; {MAIN} }}", "Main", "Z"),
        (f'class Z {{ String s = """\n}} " \\""" }}""";{MAIN} }}', "Main", "Z"),
        (f"package a.b;\npublic class Main {{ {MAIN} }}", "Main", "a.b.Main"),
        ("public interface I { static void main(String... a) { } }", "I", "I"),
        ("record R(int x) { static public void main(String[] a) { } }", "Main", "R"),
        ("enum E { ONE; public static final void main(String[] a) { } }", "Main", "E"),
        (f"class $x {{ {MAIN} }}", "Main", "$x"),
    ],
)
def test_the_file_is_named_by_the_public_class_and_main_found(source, file, main_class):
    names = java_names(source)
    assert (names.file, names.main_class) == (f"{file}.java", main_class)


@given(source=st.text(alphabet="public static class {}\"'/*main( \n\\", max_size=300))
def test_names_are_always_plain(source):
    names = java_names(source)
    assert names.file.removesuffix(".java").replace("$", "_").isidentifier()


def test_a_hostile_text_takes_no_longer():
    for text in (
        "public static final " * 50_000,
        '"' * 200_000,
        "/*" * 100_000,
        "static a " * 50_000,
        "\n" * 200_000,
    ):
        java_names(text)


def test_no_file_gets_a_name_that_is_too_long():
    assert java_names(f"public class {'é' * 200} {{ }}").file == "Main.java"
