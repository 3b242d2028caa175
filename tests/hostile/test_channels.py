"""What one submission leaves, the next on the same runner does not find, channel by channel."""

import contextlib
import os

import docker
import pytest

from sandbox import Invocation, Program, SandboxConfig

IMAGE = os.environ.get("REWARDBOX_IMAGE", SandboxConfig().image)
REFUSED = {"kernel_settings", "keyrings", "loopback", "message_queues", "system_v"}
"""Channels into which a program is not let in the first place."""
BOTH = """
for part in ("plant", "probe"):
    with open(f"{part}.py") as file:
        source = file.read()
    exec(source, {"__name__": part})
"""


FORGETS_KEYS = """
import ctypes
keyctl, KEYCTL_CLEAR = {"x86_64": 250, "aarch64": 219}[platform.machine()], 7
for ring in (-3, -4, -5):
    ctypes.CDLL(None).syscall(keyctl, KEYCTL_CLEAR, ring)
"""


def test_the_probe_finds_what_is_there(ground, channel, plant, probe):
    """Within one program it does; or what follows would prove nothing."""
    files = {"plant.py": plant.encode(), "probe.py": probe.encode()}
    program = Program(language="python", source=BOTH, files=files)
    _, (execution,) = ground.run(program, Invocation(), cpu_s=10, wall_s=30)
    said = execution.stdout.decode().split()
    if channel in REFUSED and said[:1] == ["refused"]:
        assert said[1:2] == ["nothing"], execution
    else:
        assert said[:2] == ["planted", "FOUND"], execution


@pytest.mark.docker
@pytest.mark.xdist_group("docker")
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_probe_whose_plant_is_refused_finds_what_is_there_without_the_filter(name, read_pair):
    """In a container that is closed off as a runner's, but lets programs make these calls."""
    parts = dict(zip(("plant", "probe"), read_pair(name), strict=True))
    source = "".join(f"exec({text!r}, {{'__name__': {part!r}}})\n" for part, text in parts.items())
    if name == "keyrings":  # those of a user outlive the container
        source += f"import platform\n{FORGETS_KEYS}"
    with contextlib.closing(docker.from_env()) as engine:
        output = engine.containers.run(
            IMAGE,
            ["python3", "-c", source],
            remove=True,
            hostname="left-before",  # which the plant may not set, as it has no capabilities
            user="61234",
            network_mode="none",
            read_only=True,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges", "seccomp=unconfined"],
        )
    planted, found, *_ = output.split()
    assert found == b"FOUND", output
    assert planted == (b"refused" if name == "kernel_settings" else b"planted")


def test_the_next_submission_finds_nothing(ground, plant, probe):
    lost = ground.lost
    planted = ground.run_python(plant, cpu_s=10, wall_s=30)
    assert planted.stdout.split()[:1] in ([b"planted"], [b"refused"]), planted
    probed = ground.run_python(probe, cpu_s=10, wall_s=30)
    assert probed.stdout.split()[:1] == [b"nothing"], probed
    assert ground.lost == lost


def test_nor_does_a_later_run_of_the_same_submission(ground, plant, probe):
    """Tests of one solution are runs of one session, and must not depend on each other either."""
    source = "import sys\nexec(open(sys.argv[1]).read(), {'__name__': 'part'})\n"
    files = {"plant.py": plant.encode(), "probe.py": probe.encode()}
    program = Program(language="python", source=source, files=files)
    invocations = [Invocation(args=("plant.py",)), Invocation(args=("probe.py",))]
    _, (planted, probed) = ground.run(program, *invocations, cpu_s=10, wall_s=30)
    assert planted.stdout.split()[:1] in ([b"planted"], [b"refused"]), planted
    assert probed.stdout.split()[:1] == [b"nothing"], probed
