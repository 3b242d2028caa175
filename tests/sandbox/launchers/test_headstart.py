"""Compilers get a head start: made by recipes, shown to runners, and out of submissions' reach."""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import Invocation, Limits, Program, SandboxConfig, start
from sandbox.languages import language_table
from sandbox.launchers import headstart
from sandbox.launchers.headstart import Headstart, open_headstart

pytestmark = pytest.mark.anyio

MAKE = headstart._RECIPES / "make.sh"
CONFIG = SandboxConfig(launcher="namespaces", slots=1)


def make(folder, *languages, recipes=MAKE.parent):
    return subprocess.run(
        ["sh", recipes / "make.sh", folder, *languages], capture_output=True, text=True
    )


@pytest.fixture
def recipes(tmp_path):
    """Recipes of our own beside the script that follows them."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    shutil.copy(MAKE, folder)
    (folder / "good.sh").write_text('echo good >"$2/file"; echo work >file')
    (folder / "bad.sh").write_text('echo half >"$2/file"; false; true')
    (folder / "absent.sh").write_text("exit 77")
    return folder


class TestMaking:
    def test_shows_what_is_whole(self, recipes, tmp_path):
        assert make(tmp_path / "made", "good", "absent", recipes=recipes).returncode == 0
        assert os.listdir(tmp_path / "made") == ["good"]
        assert os.listdir(tmp_path / "made" / "good") == ["file"]

    def test_says_which_recipe_failed_and_goes_on(self, recipes, tmp_path):
        result = make(tmp_path / "made", "bad", "good", recipes=recipes)
        assert result.returncode != 0
        assert "bad" in result.stderr
        assert os.listdir(tmp_path / "made") == ["good"]

    def test_makes_nothing_twice(self, recipes, tmp_path):
        make(tmp_path / "made", "good", recipes=recipes)
        (recipes / "good.sh").write_text("false")
        assert make(tmp_path / "made", "good", recipes=recipes).returncode == 0

    def test_can_be_read_by_everybody(self, recipes, tmp_path):
        make(tmp_path / "made", "good", recipes=recipes)
        assert (tmp_path / "made" / "good").stat().st_mode & 0o755 == 0o755

    def test_leaves_nothing_behind_when_it_is_stopped(self, recipes, tmp_path):
        (recipes / "slow.sh").write_text("echo begun; sleep 60")
        process = subprocess.Popen(
            ["sh", recipes / "make.sh", tmp_path / "made", "slow"],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout.readline() == b"begun\n"
        os.killpg(process.pid, 15)
        process.communicate()
        assert os.listdir(tmp_path / "made") == []


class TestTheFolder:
    def test_is_another_one_for_another_toolchain(self, tmp_path, monkeypatch):
        first = open_headstart(tmp_path).folder
        assert open_headstart(tmp_path).folder == first
        monkeypatch.setattr(headstart, "_TOOLS", ("sh",))
        assert open_headstart(tmp_path).folder != first

    def test_of_long_ago_is_removed(self, tmp_path):
        for name, age_days in (("old", 100), ("recent", 1)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x").touch()
            then = (tmp_path / name).stat().st_mtime - age_days * 24 * 3600
            os.utime(tmp_path / name, (then, then))
        opened = open_headstart(tmp_path).folder.name
        assert sorted(os.listdir(tmp_path)) == sorted(["recent", opened])

    def test_that_cannot_be_made_is_done_without(self, tmp_path):
        (tmp_path / "file").touch()
        assert open_headstart(tmp_path / "file") is None

    async def test_is_filled_in_the_background(self, tmp_path, recipes, monkeypatch):
        (recipes / "make.sh").write_text('echo "$PATH" >"$1/made"')
        monkeypatch.setattr(headstart, "_RECIPES", recipes)
        making = Headstart(tmp_path, patience_s=0)
        making.start()
        await making.wait()
        assert (tmp_path / "made").read_text() == "/usr/local/bin:/usr/bin:/bin\n"
        await making.close()

    async def test_is_given_up_when_the_service_ends(
        self, tmp_path, recipes, monkeypatch, scripted
    ):
        (recipes / "make.sh").write_text('echo $$ >"$1/pid"; sleep 60')
        monkeypatch.setattr(headstart, "_RECIPES", recipes)
        making = Headstart(tmp_path, patience_s=0)
        making.start()
        pid = tmp_path / "pid"
        await scripted.eventually(lambda: pid.exists() and pid.read_text())
        await making.close()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)


PROBE = """
import os
place = "/opt/rewardbox/headstart"
print(open(place + "/file").read())
for attempt in (lambda: open(place + "/new", "w"), lambda: open(place + "/file", "a"),
                lambda: os.unlink(place + "/file"), lambda: os.chmod(place, 0o777)):
    try:
        attempt()
        print("ESCAPED")
    except OSError:
        pass
"""


@pytest.mark.namespaces
async def test_submissions_read_it_and_cannot_change_it(tmp_path):
    folder = open_headstart(tmp_path).folder
    (folder / "file").write_text("made here")
    folder.chmod(0o777)
    (folder / "file").chmod(0o666)
    program = Program(language="python", source=PROBE)
    async with (
        start(replace(CONFIG, headstart=tmp_path)) as sandbox,
        sandbox.open(program) as session,
    ):
        execution = await session.run(Invocation())
    assert execution.stdout == b"made here\n"
    assert os.listdir(folder) == ["file"]


JAVA = """
public class Main {
    interface Greeting { String text(); }
    static class Inner {
        static final Greeting GREETING = () -> "hello from " + Inner.class.getName();
    }
    public static void main(String[] arguments) { System.out.println(Inner.GREETING.text()); }
}
"""


@pytest.mark.namespaces
@pytest.mark.skipif(shutil.which("javac", path="/usr/bin") is None, reason="no JDK is installed")
async def test_java_compiles_alike_with_and_without_it(tmp_path):
    seen = []
    for config in (replace(CONFIG, headstart=tmp_path), CONFIG):
        if config.headstart:
            assert make(open_headstart(tmp_path).folder, "java").returncode == 0
        async with start(config) as sandbox:
            async with sandbox.open(Program(language="java", source=JAVA)) as session:
                seen.append((await session.run(Invocation())).stdout)
            bad = Program(language="java", source=JAVA.replace('"hello', "hello"))
            async with sandbox.open(bad) as session:
                seen.append(session.compilation.execution.exit_code)
                seen.append(session.compilation.execution.stderr)
    assert seen[0] == b"hello from Main$Inner\n"
    assert b"Main.java:5: error" in seen[2]
    assert seen[:3] == seen[3:]


PRECOMPILED = """
import json, os, subprocess, sys
os.mkdir("alone")
os.chdir("alone")
compiler = json.loads(sys.argv[1])
for source in json.loads(sys.argv[2]):
    open("main.cpp", "w").write(source)
    done = subprocess.run([*compiler, "-H"], capture_output=True, text=True)
    taken = [line[2:] for line in done.stderr.splitlines() if line.startswith("! ")]
    print(done.returncode, *taken)
"""
HEADERS = "/opt/rewardbox/headstart/cpp"


@pytest.fixture
async def slim():
    """A sandbox over the runner's image."""
    image = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
    async with start(SandboxConfig(launcher="docker", slots=1, image=image)) as sandbox:
        yield sandbox


@pytest.fixture
def compiled(slim):
    """What the commands of the table make of C++ in the image: exit code, precompiled headers."""
    program = Program(language="python", source=PRECOMPILED)

    async def compile_(standard, *sources):
        compiler = language_table().find(f"cpp{standard}").compile.command.argv
        invocation = Invocation(args=(json.dumps(compiler), json.dumps(sources)))
        async with slim.open(program, limits=Limits(cpu_s=60)) as session:
            execution = await session.run(invocation)
        return execution.stdout.decode().replace(f"{HEADERS}/", "").splitlines()

    return compile_


def whole(body):
    return f"#include <bits/stdc++.h>\n{body}"


NAMED = [
    "std::filesystem::path value;",
    "auto value = std::chrono::steady_clock::now();",
    "std::regex value;",
    "double value = std::beta(1.0, 2.0);",
    "std::valarray<int> value;",
    "std::mutex value;",
    "std::pmr::monotonic_buffer_resource value;",  # searches see std, not pmr
    "auto value = std::gslice();",
    "int value = _GLIBCXX_REGEX;",
    # Joined from two words, so that no search finds it.
    "#define JOIN(a, b) a##b\nstd::JOIN(shared_, mutex) value;",
]
REFUSED = [
    "using namespace std; class thread {}; thread value;",
    "using namespace std; double beta; double value = beta;",
    "using namespace std; int value = gslice;",
    "int value = absent;",
]


@pytest.mark.docker
@pytest.mark.parametrize("standard", [17, 20, 23])
class TestPrecompiledHeadersOfTheImage:
    async def test_fit_the_commands_of_the_table(self, compiled, standard):
        said = await compiled(
            standard,
            whole("int main() {}"),
            whole("int main() { std::thread *unused; }"),
            "#include <iostream>\nint main() {}",
        )
        assert said == [
            f"0 few/bits/stdc++.h.gch/gnu++{standard}",
            f"0 bits/stdc++.h.gch/gnu++{standard}",
            f"0 iostream.gch/gnu++{standard}",
        ]

    @pytest.mark.parametrize(
        ("exit_code", "lines"), [(0, NAMED), (1, REFUSED)], ids=["named", "refused"]
    )
    async def test_let_the_whole_header_decide(self, compiled, standard, exit_code, lines):
        """What it has is not hidden, and what it refuses does not pass."""
        sources = [whole(f"{line}\nint main() {{ (void)value; }}") for line in lines]
        said = await compiled(standard, *sources)
        assert said == [f"{exit_code} bits/stdc++.h.gch/gnu++{standard}"] * len(lines)


@pytest.mark.docker
async def test_functions_in_cpp_are_called_without_a_name_that_the_shorter_header_lacks(compiled):
    driver = Path(__file__).parents[3] / "verifiers/code/function/drivers/driver.hpp"
    said = await compiled(17, driver.read_text() + "int main() {}")
    assert said == ["0 few/bits/stdc++.h.gch/gnu++17"]


@pytest.mark.docker
async def test_what_the_compiler_says_is_said_once(slim):
    """Whichever header was tried first."""
    said = []
    for body in ('int main() { return "no"; }', "int main() { int x = 1 / 0; }"):
        async with slim.open(Program(language="cpp", source=whole(body))) as session:
            said.append(session.compilation)
    refused, warned = said
    assert not refused.succeeded
    assert refused.execution.stderr.count(b"invalid conversion") == 1
    assert warned.succeeded
    assert warned.execution.stderr.count(b"division by zero") == 1
