"""What one submission leaves, the next on the same runner does not find, channel by channel."""

from sandbox import Invocation, Program

BOTH = """
for part in ("plant", "probe"):
    with open(f"{part}.py") as file:
        source = file.read()
    exec(source, {"__name__": part})
"""


def test_the_probe_finds_what_is_there(ground, plant, probe):
    """Within one program it does; or what follows would prove nothing."""
    files = {"plant.py": plant.encode(), "probe.py": probe.encode()}
    program = Program(language="python", source=BOTH, files=files)
    _, (execution,) = ground.run(program, Invocation(), cpu_s=5, wall_s=10)
    said = execution.stdout.decode().split()
    assert said[:1] == ["refused"] or said[:2] == ["planted", "FOUND"], execution


def test_the_next_submission_finds_nothing(ground, plant, probe):
    lost = ground.lost
    planted = ground.run_python(plant, cpu_s=5, wall_s=10)
    assert planted.stdout.split()[:1] in ([b"planted"], [b"refused"]), planted
    probed = ground.run_python(probe, cpu_s=5, wall_s=10)
    assert probed.stdout.split()[:1] == [b"nothing"], probed
    assert ground.lost == lost


def test_nor_does_a_later_run_of_the_same_submission(ground, plant, probe):
    """Tests of one solution are runs of one session, and must not depend on each other either."""
    source = "import sys\nexec(open(sys.argv[1]).read(), {'__name__': 'part'})\n"
    files = {"plant.py": plant.encode(), "probe.py": probe.encode()}
    program = Program(language="python", source=source, files=files)
    invocations = [Invocation(args=("plant.py",)), Invocation(args=("probe.py",))]
    _, (planted, probed) = ground.run(program, *invocations, cpu_s=5, wall_s=10)
    assert planted.stdout.split()[:1] in ([b"planted"], [b"refused"]), planted
    assert probed.stdout.split()[:1] == [b"nothing"], probed
