"""Which programs that solve nothing are tried on a task."""

import pytest

from app.audit.tasks import AuditedTask
from app.audit.trivial import trivial_programs


def sources(verifier, reference, **options):
    task = AuditedTask(verifier=verifier, reference=reference, options=options)
    return {program.name: program.source for program in trivial_programs(task)}


def test_programs_that_print_know_the_first_expected_output():
    tests = {"tests": [{"stdin": "1", "stdout": "sam'ple\n"}, {"stdin": "2", "stdout": "x"}]}
    printed = sources("code.stdio", tests)["prints the sample's output"]
    assert "sam'ple\\n" in printed
    assert "prints the sample's output" not in sources("code.stdio", {"tests": []})


@pytest.mark.parametrize(
    ("reference", "defined"),
    [
        ({"entry_point": "f", "tests": "..."}, "def f("),
        ({"entry_point": "Solution().f", "tests": "..."}, "class Solution:\n    def f(self"),
        ({"tests": ["assert f(g(1)) == 2"]}, "def f("),
        ({"tests": ["assert f(g(1)) == 2"]}, "def g("),
        ({"tests": "import math\nassert math.isclose(f(1), 2)"}, "def f("),
    ],
)
def test_programs_that_return_define_what_is_tested(reference, defined):
    assert defined in sources("code.asserts", reference)["returns 0"]


def test_what_the_tests_define_themselves_is_no_name_of_the_program():
    tests = (
        "def helper(x):\n    return x\nfrom math import sqrt\nassert f(helper(sqrt(4))) == sum([2])"
    )
    source = sources("code.asserts", {"tests": tests})["returns None"]
    assert source.count("def ") == 1


def test_programs_that_return_are_what_a_test_file_imports():
    tests = (
        "import solution\nfrom solution import add\ndef test(): assert solution.sub(add(1, 2), 1)"
    )
    source = sources("code.unittest", {"tests": tests})["returns NaN"]
    assert source.count("def ") == 2


def test_an_object_of_a_class_answers_every_call():
    reference = {"entry_point": "Stack", "operations": [{"ops": ["Stack", "pop"]}]}
    namespace = {}
    exec(sources("code.function", reference)["returns 0"], namespace)
    assert namespace["Stack"](1, 2).anything(3) == 0


@pytest.mark.parametrize("verifier", ["math", "text.exact", "composite"])
def test_answers_are_not_tried(verifier):
    assert sources(verifier, "42") == {}


def test_tests_in_other_languages_are_not_tried():
    assert sources("code.asserts", {"tests": "assert(f(1));"}, language="cpp") == {}


@pytest.mark.parametrize("reference", [None, 7, "text", [], {"tests": 7}, {"tests": {"a": 1}}])
@pytest.mark.parametrize(
    "verifier", ["code.stdio", "code.function", "code.asserts", "code.unittest"]
)
def test_references_of_wrong_types_are_survived(verifier, reference):
    assert "an empty program" in sources(verifier, reference)
