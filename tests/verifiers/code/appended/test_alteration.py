"""What becomes of tests that are altered: something else is expected, and it looks the same."""

import random
import re

import pytest

from verifiers.code.appended.alteration import altered, denied
from verifiers.code.appended.lexing import Token
from verifiers.code.appended.literals import another
from verifiers.code.appended.sites import find_sites

SEEDS = range(50)


def alterations(source, language):
    """What the first place in the source may become."""
    sites = find_sites(source, language)
    return {altered(source, sites[:1], sites, random.Random(seed)) for seed in SEEDS}


def others(text, kind="string", beside=(), expected=()):
    tokens = [Token(kind, each, 0) for each in (text, *beside, *expected)]
    count = len(beside)
    return {
        another(tokens[0], tokens[1 : count + 1], tokens, random.Random(seed)) for seed in SEEDS
    }


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("cpp", "assert(f(3) == (4));", r"assert\(f\(3\) == \([^4]\)\);"),
        ("cpp", "assert(f(1) == true);", r"assert\(f\(1\) == false\);"),
        ("cpp", "assert(f(1) == 'a');", r"assert\(f\(1\) == '[b-z]'\);"),
        ("cpp", "assert(issame(f({1}), {2, 3}));", r"assert\(issame\(f\(\{1\}\), \{\d, \d\}\)\);"),
        ("cpp", "assert(abs(f(1) - 2.0) < 1e-4);", r"assert\(abs\(f\(1\) - [^2]\.0\) < 1e-4\);"),
        (
            "java",
            "assert(f(1l).equals(List.of(2l)));",
            r"assert\(f\(1l\).equals\(List.of\(\dl\)\)\);",
        ),
        ("java", "Arrays.asList(s.f(1) == 2, s.g())", r"Arrays.asList\(s.f\(1\) == \d, s.g\(\)\)"),
        ("java", "assertEquals(0.5, f(1), 1e-6);", r"assertEquals\(0\.\d, f\(1\), 1e-6\);"),
        ("java", "assert f(1) == 2 : 3;", r"assert f\(1\) == \d : 3;"),
        ("javascript", "assert.equal(f(1), 2, 'm');", r"assert.equal\(f\(1\), \d, 'm'\);"),
        ("javascript", "if (f(1) !== 'a') throw 1;", r"if \(f\(1\) !== '[b-z]'\) throw 1;"),
        ("rust", "assert_eq!(f(1), vec![2]);", r"assert_eq!\(f\(1\), vec!\[\d\]\);"),
        ("rust", "assert!(f(1) == 2.5);", r"assert!\(f\(1\) == [^2]\.5\);"),
        ("go", "assert.Equal(t, 3, F(1))", r"assert.Equal\(t, [^3], F\(1\)\)"),
        ("go", "if g := F(1); g != 3 { t.Fail() }", r"if g := F\(1\); g != [^3] \{ t.Fail\(\) \}"),
        (
            "perl",
            "if ($f->(1) == 2) {} else { die }",
            r"if \(\$f->\(1\) == \d\) \{\} else \{ die \}",
        ),
        ("ruby", "raise 'no' unless f(1) == 2", r"raise 'no' unless f\(1\) == [^2]"),
        ("bash", '[[ $(f "1") = "2" ]]', r'\[\[ \$\(f "1"\) = "[^2]" \]\]'),
    ],
)
def test_the_expected_side_of_a_comparison_is_altered(language, source, expected):
    found = alterations(source, language)
    assert source not in found
    assert all(re.fullmatch(expected, each) for each in found), found


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        (
            "javascript",
            "let expected_1 = 3;\nif (f(1) !== expected_1) throw 'not ' + expected_1",
            r"let expected_1 = [^3];\nif .*",
        ),
        ("javascript", "const e = [3];\nassert(same(f(1), e));", r"const e = \[[^3]\];\nassert.*"),
        ("java", "int v0 = 7; if (!(compare(x0, v0))) { throw e; }", r"int v0 = [^7]; if .*"),
        ("rust", "let want: i32 = 7; assert_eq!(f(1), want);", r"let want: i32 = [^7]; assert.*"),
        (
            "go",
            "{in: 1, want: 3},\n} { if F(c.in) != c.want { t.Fail() }",
            r"\{in: 1, want: [^3]\},.*",
        ),
    ],
)
def test_expected_values_may_have_names(language, source, expected):
    found = alterations(source, language)
    assert source not in found
    assert all(re.fullmatch(expected, each, re.DOTALL) for each in found), found


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("cpp", "assert(f(1));", "assert(!(f(1)));"),
        ("cpp", "assert(f(1) == g(1));", "assert(!(f(1) == g(1)));"),
        ("cpp", "assert(f(1) == 2 || f(1) == 3);", "assert(!(f(1) == 2 || f(1) == 3));"),
        ("cpp", "assert(!(f(1) == 2));", "assert(!(!(f(1) == 2)));"),
        ("javascript", "assert.ok(f(1), 'm');", "assert.ok(!(f(1)), 'm');"),
        ("javascript", "assert.deepEqual(f([]), []);", "assert.notDeepEqual(f([]), []);"),
        ("javascript", "assert.throws(() => f(1));", "assert.doesNotThrow(() => f(1));"),
        ("javascript", "if (!f(1)) { throw 1; }", "if (!(!f(1))) { throw 1; }"),
        ("java", "assertTrue(f(1));", "assertFalse(f(1));"),
        ("java", "assertThrows(E.class, () -> f(1));", "assertDoesNotThrow(() -> f(1));"),
        ("go", "if !F(1) { t.Fail() }", "if !(!F(1)) { t.Fail() }"),
        ("rust", 'assert!(f(1), "m");', 'assert!(!(f(1)), "m");'),
        ("rust", "#[should_panic] fn t() { f(1); }", " fn t() { f(1); }"),
        ("lua", "assert(f(1))", "assert(not (f(1)))"),
    ],
)
def test_what_has_no_expected_value_says_the_opposite(language, source, expected):
    assert alterations(source, language) == {expected}


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("cpp", "while (f(1) == 2) {}"),
        ("cpp", "// assert(f(1) == 2);"),
        ("cpp", 'puts("f(1) == 2");'),
        ("cpp", "if (f(1) == 2) { puts(x); }"),
        ("javascript", "const n = 3; g(n);"),
        ("go", "if F(1) > 2 { n++ }"),
    ],
)
def test_what_demands_nothing_is_left_alone(language, source):
    assert find_sites(source, language) == []


def test_a_variable_that_is_an_argument_too_is_no_expected_value():
    (site,) = find_sites("let n = 3; assert(f(n) === n);", "javascript")
    assert site.literals == ()


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("cpp", "assert(f(1) == true);", "assert((!(f(1) == false)));"),
        ("java", "assert(f(1).equals(true));", "assert((!(f(1).equals(false))));"),
        ("rust", "assert_eq!(f(1), true);", "assert_ne!(f(1), false);"),
        ("javascript", "assert.deepEqual(f(1), true);", "assert.notDeepEqual(f(1), false);"),
    ],
)
def test_every_altered_comparison_can_be_denied(language, source, expected):
    sites = find_sites(source, language)
    assert denied(source, sites, sites, random.Random(0)) == expected


class TestAnotherValue:
    def test_a_digit_takes_the_place_of_a_digit_and_a_letter_that_of_a_letter(self):
        found = others('"aB3 -"')
        assert all(re.fullmatch('"[a-z][A-Z][0-9] -"', each) for each in found)
        assert '"aB3 -"' not in found

    def test_it_is_made_of_what_other_expected_values_are_made_of(self):
        assert others('"10"', expected=['"0"', '"111"']) <= {'"00"', '"11"', '"0"', '"111"'}

    def test_it_may_be_another_expected_value(self):
        assert '"elsewhere"' in others('"nowhere"', expected=['"elsewhere"'])

    def test_it_is_none_of_those_beside_it(self):
        assert others("1", "number", beside=["2", "3", "4"]).isdisjoint({"1", "2", "3", "4"})

    def test_escapes_and_prefixes_stay(self):
        assert all(each.startswith(r'r#"\n') for each in others(r'r#"\na"#'))

    def test_an_empty_text_gets_a_letter(self):
        assert all(re.fullmatch('"[a-z]"', each) for each in others('""'))

    def test_brackets_take_the_place_of_brackets(self):
        assert others('"()"') <= {'"(("', '"))"', '"()("', '"())"'}

    @pytest.mark.parametrize(
        ("text", "shape"),
        [
            ("4", r"\d"),
            ("100", r"[1-9]\d\d"),
            ("2.50", r"[1-9]\.50"),
            ("0.25", r"0\.[1-9]5"),
            ("1e-7", r"[1-9]e-7"),
            ("7_000L", r"[1-9]_\d{3}L"),
        ],
    )
    def test_a_number_has_as_many_digits(self, text, shape):
        found = others(text, "number")
        assert all(re.fullmatch(shape, each) and each != text for each in found), found

    @pytest.mark.parametrize("text", ["2147483647", "255", "9223372036854775807L"])
    def test_a_long_number_becomes_a_smaller_one(self, text):
        number = int(text.rstrip("L"))
        assert all(int(each.rstrip("L")) < number for each in others(text, "number"))
