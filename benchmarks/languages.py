"""What a run costs in the sandbox, beside the plain command, for each language.

    python -m benchmarks.languages [--image rewardbox-runner:full] [--seconds 1] [--language java]

The program is the table's own, which prints hello, and is compiled before. Plain is the command of
the table, started again and again by a program in a runner; here is a session on that same runner,
warm, from opening to the result. Both by the clock, and in CPU time of the command and of the run.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence

from benchmarks.compilation import LIMITS
from benchmarks.tiers import single_s
from sandbox import Invocation, Limits, Program, SandboxConfig, start
from sandbox.languages import Language, language_table
from sandbox.local import LocalSandbox
from sandbox.messages import Command

_FOLDER = "plain"
_LAUNCH = f"""
import json, os, resource, statistics, subprocess, time

def call(command):
    argv, env = command
    argv = [word.replace("{{dir}}", os.getcwd()) for word in argv]
    subprocess.run(argv, env=os.environ | env, check=True, stdout=subprocess.DEVNULL)

def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic(), used.ru_utime + used.ru_stime

compile_, run, seconds = json.loads(input())
os.chdir("{_FOLDER}")
if compile_:
    call(compile_)
end = time.monotonic() + seconds
taken = []
while not taken or time.monotonic() < end:
    before = spent()
    call(run)
    taken.append([after - earlier for after, earlier in zip(spent(), before)])
print(json.dumps([*map(statistics.median, zip(*taken))]))
"""


def _plain(command: Command) -> tuple[Sequence[str], dict[str, str]]:
    return command.argv or ("python3", "main.py"), dict(command.env)


async def plain_s(
    sandbox: LocalSandbox, config: SandboxConfig, language: Language, seconds: float
) -> tuple[float, float]:
    """Time by the clock and CPU time of the command on its own, in a runner: medians."""
    hello = language.opening(Program(language=language.name, source=language.hello), config)
    program = Program(
        language="python",
        source=_LAUNCH,
        files={f"{_FOLDER}/{name}": content for name, content in hello.files.items()},
    )
    compile_ = hello.compile and _plain(hello.compile.command)
    order = json.dumps((compile_, _plain(language.command(Limits())), seconds))
    async with sandbox.open(program, limits=LIMITS) as session:
        execution = await session.run(Invocation(stdin=order.encode()))
    if not execution.succeeded:
        raise SystemExit(f"{language.name}: {execution.stderr.decode()} {execution}")
    wall, cpu = json.loads(execution.stdout)
    return wall, cpu


async def main(config: SandboxConfig, seconds: float, wanted: Sequence[str]) -> None:
    table = language_table()
    async with start(config) as sandbox:
        print(f"{'':12}{'plain':>11}{'here':>11}{'ratio':>8}{'plain CPU':>12}{'here':>11}")
        for found in await sandbox.languages():
            if not found.available or (wanted and found.name not in wanted):
                continue
            language = table.find(found.name)
            hello = Program(language=language.name, source=language.hello)
            plain, plain_cpu = await plain_s(sandbox, config, language, seconds)
            await single_s(sandbox, hello, 0)  # compiles it
            here, here_cpu = await single_s(sandbox, hello, seconds)
            print(
                f"{language.name:12}{_ms(plain)}{_ms(here)}{here / plain:7.2f}x"
                f" {_ms(plain_cpu)}{_ms(here_cpu)}",
                flush=True,
            )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:8.1f} ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--image", default="rewardbox-runner:full")
    parser.add_argument("--launcher", choices=["docker", "namespaces"], default="docker")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each side of a figure")
    parser.add_argument("--language", action="append", default=[])
    asked = parser.parse_args()
    chosen = SandboxConfig(
        launcher=asked.launcher, image=asked.image, slots=1, runs_per_runner=10_000
    )
    asyncio.run(main(chosen, asked.seconds, asked.language))
