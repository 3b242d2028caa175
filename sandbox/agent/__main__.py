"""Starts the agent inside a runner: `python3 -s -m agent`, with the options of `agent.main`."""

import os
import resource
import sys

from .agent import main


def _with_room_for_stacks() -> None:
    """Start over with the largest stack allowed: an address space is laid out for the stack limit
    at exec, and programs are forked from this one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))
        again = [sys.executable, "-s", "-m", "agent", *sys.argv[1:]]
        os.execv(sys.executable, again)  # noqa: S606 - there must be no shell


if __name__ == "__main__":
    _with_room_for_stacks()
    sys.exit(main(sys.argv[1:]))
