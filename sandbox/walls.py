"""The walls without which nothing is run: a runner that stands without one is not taken."""

from collections.abc import Collection

_REQUIRED = {
    "no new privileges": "the kernel must be Linux 3.5 or newer",
    "seccomp": (
        "the kernel must have filters of system calls (CONFIG_SECCOMP_FILTER; gVisor of 2020 or "
        "newer), and be of x86_64 or aarch64"
    ),
}
"""By the names that agents tell them by, with what it takes to have them."""


def missing_walls(walls: Collection[str]) -> str:
    """Names those that are not among `walls`, with the remedies; empty when all stand."""
    return "; ".join(
        f"it stands without the wall {name!r}: {remedy}"
        for name, remedy in _REQUIRED.items()
        if name not in walls
    )
