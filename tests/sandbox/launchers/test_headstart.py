"""Compilers get a head start: made by recipes, shown to runners, and out of submissions' reach."""

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from sandbox import Invocation, Program, SandboxConfig, start
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
import subprocess, sys
open("main.cpp", "w").write(f"#include <{sys.argv[1]}>\\nint main() {{}}\\n")
done = subprocess.run([*sys.argv[2:], "-H"], capture_output=True, text=True)
print(done.returncode, [line for line in done.stderr.splitlines() if line.startswith("!")])
"""


@pytest.mark.docker
async def test_the_image_has_headers_that_fit_the_commands_of_the_table():
    program = Program(language="python", source=PRECOMPILED)
    said = []
    image = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
    async with start(SandboxConfig(launcher="docker", slots=1, image=image)) as sandbox:
        for name in ("cpp17", "cpp20", "cpp23"):
            argv = language_table().find(name).compile.command.argv
            assert argv is not None
            async with sandbox.open(program) as session:
                for header in ("bits/stdc++.h", "iostream"):
                    execution = await session.run(Invocation(args=(header, *argv)))
                    said.append(execution.stdout.decode())
    place = "/opt/rewardbox/headstart/cpp"
    assert said == [
        f"0 ['! {place}/{header}.gch/gnu++{standard}']\n"
        for standard in (17, 20, 23)
        for header in ("bits/stdc++.h", "iostream")
    ]
