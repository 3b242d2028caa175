"""`rewardbox run`: a program in the sandbox looks to the shell as if it ran here."""

import pytest

pytestmark = pytest.mark.namespaces


@pytest.fixture
def run(rewardbox_process, tmp_path):
    """Runs a program's text: `run("hello.py", "print(1)", "--cpu-s", 1)`."""

    def call(name, source, *options, **more):
        (tmp_path / name).write_text(source)
        return rewardbox_process("run", name, *options, REWARDBOX_LAUNCHER="namespaces", **more)

    return call


def test_streams_arguments_and_exit_code_are_the_programs(run):
    source = """
import sys
print(sys.stdin.read().upper(), sys.argv[1:])
print("careful", file=sys.stderr)
sys.exit(7)
"""
    done = run("shout.py", source, "--", "-x", "two words", stdin="hello")
    assert (done.returncode, done.stdout, done.stderr) == (
        7,
        "HELLO ['-x', 'two words']\n",
        "careful\n",
    )


def test_a_language_may_be_named_for_a_file_without_its_extension(run):
    assert run("program", "print(42)", "--language", "py").stdout == "42\n"


def test_a_compiled_program_runs(run):
    source = (
        '#include <cstdio>\nint main() { int n; std::scanf("%d", &n); std::printf("%d", 2 * n); }'
    )
    assert run("double.cpp", source, stdin="21").stdout == "42"


def test_what_the_compiler_says_is_shown(run):
    done = run("broken.cpp", "int main() { return x; }")
    assert done.returncode == 1
    assert "main.cpp:1" in done.stderr
    assert done.stderr.endswith("rewardbox: the program does not compile\n")


@pytest.mark.parametrize(
    ("source", "option", "exit_code", "reason"),
    [
        ("while True: pass", ("--cpu-s", 0.3), 124, "time limit exceeded"),
        ("import time; time.sleep(60)", ("--wall-s", 0.5), 124, "time limit exceeded"),
        ("x = bytearray(400 << 20)", ("--memory-bytes", 200 << 20), 137, "memory limit exceeded"),
        ("while True: print('x' * 999)", ("--output-bytes", 5000), 137, "output limit exceeded"),
        ("import os; os.kill(os.getpid(), 6)", (), 134, "signal 6"),
    ],
)
def test_an_end_by_force_has_its_exit_code_and_reason(run, source, option, exit_code, reason):
    done = run("bad.py", source, *option)
    assert done.returncode == exit_code
    assert done.stderr.splitlines()[-1].startswith("rewardbox: ")
    assert reason in done.stderr


def test_usage_is_told_on_demand(run):
    done = run("busy.py", "for _ in range(10**6): pass", "--usage")
    assert "cpu 0." in done.stderr
    assert "MiB" in done.stderr


@pytest.mark.parametrize(
    ("name", "source", "options", "complaint"),
    [
        ("program", "", (), "add --language"),
        ("program.py", "", ("--language", "klingon"), "unknown language 'klingon'"),
        ("program.py", "", ("--cpu-s=-1",), "cpu_s: input should be greater than or equal to 0.01"),
    ],
)
def test_mistakes_get_a_sentence(run, name, source, options, complaint):
    done = run(name, source, *options)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
