"""Tests appended to programs in Go."""

import re

from verifiers.code.appended import pieces
from verifiers.code.appended.lexing import Tokens, without_comments
from verifiers.code.appended.parts import NamedTest, Parts

_GO_MAIN = re.compile(r"^func\s+main\s*\(\s*\)", re.MULTILINE)
_GO_TEST = re.compile(r"^func\s+(Test\w*)\s*\(\s*\w+\s+\*testing\.T\s*\)", re.MULTILINE)


# What is cleaned up last has seen all subtests end, parallel ones too.
_GO_TOLD = """
func toldKEY(name string, test func(*testing.T), first, second string) testing.InternalTest {
	return testing.InternalTest{name, func(t *testing.T) {
		ended := false
		t.Cleanup(func() {
			if ended && !t.Failed() && !t.Skipped() {
				fmt.Fprint(os.Stdout, "\\n", first, "-", second, "\\n")
			}
		})
		test(t)
		ended = true
	}}
}
"""


def join_go(parts: Parts) -> str:
    key = parts.key[24:]
    tests = parts.tests
    names = [test.name for test in named_tests(tests)]
    needed = ["fmt", "os", "testing"] if names else ["fmt", "os"]
    imports, rest = pieces.with_imports_first_go([parts.setup, parts.program, tests], needed)
    setup, program, tests = rest
    program = _GO_MAIN.sub(f"func ownMain{key}()", program)
    body = []
    if names:
        body.append("match := func(a, b string) (bool, error) { return true, nil }")
        body.append("var tests []testing.InternalTest")
        for index, name in enumerate(names):
            first, second = parts.halves(index)
            body.append(
                f'tests = append(tests, told{key}("{name}", {name}, "{first}", "{second}"))'
            )
        body.append("testing.Main(match, tests, nil, nil)")
        tests += _GO_TOLD.replace("KEY", key)
    else:
        tests = _GO_MAIN.sub(f"func tests{key}()", tests)
        first, second = parts.halves(0)
        body.append(f'tests{key}(); fmt.Fprint(os.Stdout, "\\n{first}", "-", "{second}\\n")')
    lines = "\n\t".join(body)
    return f"""package main
{imports}
{setup}
{program}
{tests}
func main() {{
\t{lines}
}}
"""


def named_tests(tests: str) -> list[NamedTest]:
    """The functions that `go test` would run."""
    tokens = Tokens(tests, "go")
    return [
        NamedTest(found[1], found.start(), tokens.end_of_body(found.end()))
        for found in _GO_TEST.finditer(without_comments(tests, "go"))
    ]
