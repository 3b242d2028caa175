"""Each hostile program ends as it should, and the one that comes after it notices nothing."""

import json
from dataclasses import asdict

import pytest

from sandbox import Invocation, Program, Status

PROMPT_S = 30.0
"""Within it the next submission has its result, a new runner included: these machines are busy."""

HONEST = """
import json, os, sys
mine = os.getuid()
beside_me = []
for name in filter(str.isdigit, os.listdir("/proc")):
    try:
        if os.stat(f"/proc/{name}").st_uid == mine and int(name) not in (1, os.getpid()):
            beside_me.append(open(f"/proc/{name}/cmdline").read())
    except OSError:
        pass
print(json.dumps({
    "answer": 6 * int(input()),
    "files": {place: os.listdir(place) for place in (".", "/tmp", "/dev/shm")},
    "processes": beside_me,
    "environment": sorted(os.environ),
}))
"""


@pytest.fixture(scope="session")
def at_first(ground):
    """What an honest program sees before anything has gone wrong."""
    return look_around(ground)


def look_around(ground):
    program = Program(language="python", source=HONEST)
    _, (execution,) = ground.run(program, Invocation(stdin=b"7"), cpu_s=10, wall_s=30)
    assert execution.succeeded, execution
    return json.loads(execution.stdout)


def test_it_ends_as_it_should_and_the_next_sees_nothing_of_it(
    ground, hostile, argument, at_first, elapsed_s, request
):
    if reason := hostile.still_works.get(ground.launcher):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    lost = ground.lost
    ends = [*hostile.ends, *(hostile.ends_in_gvisor if ground.launcher == "gvisor" else ())]
    invocation = Invocation(args=() if argument is None else (argument,))
    compilation, executions = ground.run(
        hostile.program, *[invocation] * (1 + hostile.again), **asdict(hostile.within)
    )
    assert bool(executions) == hostile.compiles, compilation
    for execution in executions or [compilation.execution]:
        assert execution.status in map(Status, ends), execution
        output = execution.stdout + execution.stderr
        assert b"ESCAPED" not in output
        assert b"root:" not in output or hostile.compiles, "the compiler quoted a file of users"
        assert hostile.says.encode() in output, execution

    elapsed_s()
    assert look_around(ground) == at_first
    assert elapsed_s() < PROMPT_S
    if ground.launcher not in hostile.costs_the_runner:
        assert ground.lost == lost
