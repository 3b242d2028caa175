"""What words and signs mean in the tests of many languages, as far as altering tests needs it."""

import re
from collections.abc import Mapping

EQUALITIES = frozenset(("==", "==="))
INEQUALITIES = frozenset(("!=", "!==", "~="))
CONDITIONS = frozenset(("if", "unless"))
LOOPS = frozenset(("while", "for", "switch", "match", "elif", "elsif"))
BORDERS = frozenset(
    (",", ";", "&&", "=", "return", "=>", "->", "&", "assert", "@test", "and", "then", "")
)
ARROWS_TO_MEMBERS = frozenset(("c", "cpp", "perl", "php"))
"""Languages in which `->` is no border."""
ALTERNATIVES = frozenset(("||", "?", ":", "!", "|", "or", "not"))
ENDED_BY_LINES = frozenset(("javascript", "typescript", "go", "ruby", "lua", "r", "julia", "bash"))
"""Languages in which the end of a line ends a statement."""
WITHOUT_NOT = frozenset(("bash", "lua"))
"""Languages in which `!` in front of brackets does not say the opposite."""

CALLS = frozenset(
    """
    assertEquals assertEqual assert_eq assert_equal assert_equals assertArrayEquals
    assertIterableEquals assertSame assertStrictEquals Equal EqualValues Exactly InDelta equal
    deepEqual strictEqual deepStrictEqual is_deeply eq_deeply identical all_equal issame isSame
    equals deepEquals
    toEqual toBe toStrictEqual eq eql DeepEqual ElementsMatch
    """.split()  # noqa: SIM905 - a page of quotes would be harder to read
)
COMPARING = re.compile(r"same|equal|compare|check|verify|approx|close|near", re.IGNORECASE)
"""In the names of functions that tests define for themselves."""

OPPOSITE_CALLS: Mapping[str, str] = {
    **dict.fromkeys(("equals", "deepEquals", "issame", "isSame"), "!"),
    "assertEquals": "assertNotEquals",
    "assertNotEquals": "assertEquals",
    "assertTrue": "assertFalse",
    "assertFalse": "assertTrue",
    "assertNull": "assertNotNull",
    "assertNotNull": "assertNull",
    "assertSame": "assertNotSame",
    "assertNotSame": "assertSame",
    "assert_eq": "assert_ne",
    "assert_ne": "assert_eq",
}
"""`!` for those that give a truth value."""
OPPOSITE_METHODS: Mapping[str, str] = {
    "deepEqual": "notDeepEqual",
    "notDeepEqual": "deepEqual",
    "strictEqual": "notStrictEqual",
    "notStrictEqual": "strictEqual",
    "deepStrictEqual": "notDeepStrictEqual",
    "notDeepStrictEqual": "deepStrictEqual",
    "equal": "notEqual",
    "notEqual": "equal",
    "throws": "doesNotThrow",
    "doesNotThrow": "throws",
    "rejects": "doesNotReject",
    "doesNotReject": "rejects",
    "match": "doesNotMatch",
    "doesNotMatch": "match",
    "Equal": "NotEqual",
    "NotEqual": "Equal",
    "True": "False",
    "False": "True",
    "Nil": "NotNil",
    "NotNil": "Nil",
    "Empty": "NotEmpty",
    "NotEmpty": "Empty",
    "Error": "NoError",
    "NoError": "Error",
}
"""Methods of `assert` and `require`; elsewhere these words may mean anything."""
ASSERTS = frozenset(("assert", "debug_assert", "ok"))
"""Calls whose first argument has to hold."""
FAILING = frozenset(
    """
    throw panic exit Exit _exit die raise quit stop fail Fail FailNow error Error Errorf Fatal
    Fatalf abort AssertionError Exception
    """.split()  # noqa: SIM905 - as above
)
TELLING = FAILING | {"log", "print", "printf", "println", "puts", "cout", "cerr", "format"}
EXPECTED = re.compile(r"(?:expected|expect|want|wanted|exp|output|answer|result)\w*", re.IGNORECASE)
"""Names of fields that hold what is expected."""

# What an expected value may be made with, besides literals: nothing of it computes.
MAKERS = frozenset(
    """
    vector string map unordered_map set unordered_set pair tuple make_pair make_tuple make_optional
    optional nullopt array list deque std any variant union
    Arrays asList List of Set Map Optional ofNullable Pair Triplet Quartet with entry ArrayList
    HashMap HashSet LinkedList LinkedHashMap Integer Long Double Float String Boolean Character
    Object valueOf copyOf
    vec Vec Some Ok Err from to_string to_owned into HashMap BTreeMap String iter cloned collect
    JSON stringify Array Number BigInt Symbol
    c list table tuple dict toList listOf arrayListOf mapOf setOf mutableListOf arrayOf
    intArrayOf longArrayOf Seq Dict Float64 Int64 Any
    """.split()  # noqa: SIM905 - as above
)
WORDS = frozenset(
    """
    true false True False TRUE FALSE new const auto int long short char bool boolean float double
    unsigned signed byte string i8 i16 i32 i64 u8 u16 u32 u64 usize isize f32 f64 uint int64 int32
    float64 float32 rune interface any null nil None undefined NULL my str void number my
    """.split()  # noqa: SIM905 - as above
)
SIGNS = frozenset("()[]{}<>,.:&-!;") | {"::", "=>"}
OPPOSITE_WORDS: Mapping[str, str] = {
    "true": "false",
    "false": "true",
    "True": "False",
    "False": "True",
    "TRUE": "FALSE",
    "FALSE": "TRUE",
}
