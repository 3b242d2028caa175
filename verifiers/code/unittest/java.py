"""JUnit test classes, run by JUnit's own runners, with a marker behind each test method.

JUnit 5 and JUnit 4 tests alike, parametrised ones too: a method has passed when it was run at least
once and every run of it succeeded.
"""

import re

from verifiers.code.appended import pieces
from verifiers.code.appended.lexing import Tokens, without_comments
from verifiers.code.appended.parts import NamedTest, Parts

_ANNOTATION = r"@[\w.]+(?:\s*\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\"|\([^()]*\))*\))?\s*"
_TEST = re.compile(
    rf"((?:{_ANNOTATION})+)(?:(?:public|protected|static|final)\s+)*void\s+(\w+)\s*\("
)
_IS_TEST = re.compile(
    r"@(?:org\.junit\.(?:jupiter\.api\.)?)?(?:Test|ParameterizedTest|RepeatedTest)\b"
)
_LEFT_OUT = re.compile(r"@(?:org\.junit\.(?:jupiter\.api\.)?)?(?:Disabled|Ignore)\b")
_STATIC_IMPORT = re.compile(
    r"^import\s+static\s+(org\.junit\.[\w.]*Assert(?:ions)?)\.\w+", re.MULTILINE
)
_PUBLIC = re.compile(
    r"^[ \t]*public[ \t]+"
    r"((?:abstract[ \t]+|final[ \t]+|static[ \t]+)*(?:class|interface|enum|record)\b)",
    re.MULTILINE,
)

_PUBLIC_CLASS = re.compile(r"\bpublic\s+(?:abstract\s+|final\s+)*class\s+(\w+)")


def named_tests(tests: str) -> list[NamedTest]:
    """The methods that JUnit would run; those that the file switches off are none."""
    tokens = Tokens(tests, "java")
    code = without_comments(tests, "java")
    left_out = [
        (found.start(), tokens.end_of_body(found.end()))
        for found in re.finditer(rf"(?:{_ANNOTATION})+[\w\s]*?\bclass\b", code)
        if _LEFT_OUT.search(found[0])
    ]
    by_name: dict[str, NamedTest] = {}
    for found in _TEST.finditer(code):
        annotations, start = found[1], found.start()
        if _LEFT_OUT.search(annotations) or not _IS_TEST.search(annotations):
            continue
        if not any(first < start < last for first, last in left_out):
            test = NamedTest(found[2], start, tokens.end_of_body(found.end()))
            by_name.setdefault(test.name, test)
    return list(by_name.values())


def files(parts: Parts) -> dict[str, str]:
    """The test file itself; JUnit 4 wants its classes public, and a file has but one of these."""
    imports, (tests,) = pieces.with_imports_first_java([parts.tests])
    # The opposite of an assertion may be wanted of it too.
    imports += "".join(
        f"\nimport static {name}.*;" for name in dict.fromkeys(_STATIC_IMPORT.findall(imports))
    )
    public = _PUBLIC_CLASS.search(tests)
    name = public[1] if public else (_classes(tests) or ["Tests"])[0]
    return {f"{name}.java": f"{imports}\n{tests}"}


def join(parts: Parts) -> str:
    """The program and a main class that runs the tests, which lie beside it."""
    key = parts.key[24:]
    imports, (program,) = pieces.with_imports_first_java([parts.program])
    words = []
    for index, test in enumerate(named_tests(parts.tests)):
        first, second = parts.halves(index)
        words.append(f'words.put("{test.name}", new String[] {{"{first}", "{second}"}});')
    holders = _classes(parts.tests)
    classes = ", ".join(f"{name}.class" for name in holders)
    opening, listening = _FIVE if "org.junit.jupiter" in parts.tests else _FOUR
    driver = (listening + _MAIN).replace("KEY", key).replace("CLASSES", classes)
    driver = driver.replace("WORDS", "\n        ".join(words))
    return "\n".join([opening, imports, driver, _PUBLIC.sub(r"\1", program)])


def _classes(tests: str) -> list[str]:
    """Names of the outermost classes of the test file that have tests."""
    tokens = Tokens(tests, "java")
    found = []
    depth = 0
    for index, token in enumerate(tokens.items):
        if token.kind == "sign":
            depth += {"{": 1, "}": -1}.get(token.text, 0)
        elif token.text == "class" and depth == 0:
            body = index
            while body < len(tokens) and tokens[body].text != "{":
                body += 1
            end = tokens[tokens.partner.get(body, body)].end
            if named_tests(tests[token.start : end]):
                found.append(tokens[index + 1].text)
    return found


_FIVE = (
    """import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
""",
    """public class DriverKEY implements TestExecutionListener {
    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean held = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        failed |= !held;
        result.getThrowable().ifPresent(error -> System.err.println("AssertionError: " + error));
        test.getSource().ifPresent(source -> {
            if (source instanceof MethodSource && test.isTest()) {
                note(((MethodSource) source).getMethodName(), held);
            }
        });
    }

    private void run(Class<?>... classes) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> each : classes) request.selectors(DiscoverySelectors.selectClass(each));
        LauncherFactory.create().execute(request.build(), this);
    }
""",
)
_FOUR = (
    """import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;
""",
    """public class DriverKEY extends RunListener {
    private void fail(Failure failure) {
        failed = true;
        System.err.println("AssertionError: " + failure.getException());
        note(name(failure.getDescription()), false);
    }

    @Override
    public void testFailure(Failure failure) {
        fail(failure);
    }

    @Override
    public void testAssumptionFailure(Failure failure) {
        fail(failure);
    }

    @Override
    public void testFinished(Description test) {
        note(name(test), true);
    }

    private static String name(Description test) {
        return String.valueOf(test.getMethodName()).replaceAll("\\\\[.*", "");
    }

    private void run(Class<?>... classes) {
        JUnitCore core = new JUnitCore();
        core.addListener(this);
        core.run(classes);
    }
""",
)
_MAIN = """
    private final java.util.Map<String, Boolean> passed = new java.util.HashMap<>();
    private boolean failed = false;

    private void note(String name, boolean held) {
        passed.merge(name, held, Boolean::logicalAnd);
    }

    public static void main(String[] arguments) throws Throwable {
        java.io.PrintStream out = System.out;
        java.util.Map<String, String[]> words = new java.util.LinkedHashMap<>();
        WORDS
        DriverKEY driver = new DriverKEY();
        driver.run(CLASSES);
        System.out.flush();
        words.forEach((name, halves) -> {
            if (driver.passed.getOrDefault(name, false)) {
                out.print("\\n" + halves[0] + "-" + halves[1] + "\\n");
            }
        });
        out.flush();
        System.exit(driver.failed ? 1 : 0);
    }
}
"""
