"""A fence of Landlock rules around all programs: what they may change, and whom they may reach.

It stands on shared ground, beside a user id for each run, where namespaces would do the same on
fresh ground. Put up once, in the warm interpreters, it is inherited and costs a run nothing. The
agent is outside it; programs of one runner are inside together.
"""

import os
from collections.abc import Sequence

from . import system

# Rights to files, by the bits of linux/landlock.h: all that change something, none that only read.
_WRITE, _TRUNCATE = 1 << 1, 1 << 14
_MAKE_DEVICES = 1 << 6 | 1 << 11
_REMOVE_MAKE_AND_MOVE = sum(1 << bit for bit in range(4, 14))
_CHANGES = _WRITE | _REMOVE_MAKE_AND_MOVE | _TRUNCATE

_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

# The ABI levels with which rights came; before the first, files could not be moved, or all be cut.
_ABI_FILES, _ABI_TCP, _ABI_SCOPES, _ABI_QUIET = 3, 4, 6, 7


def put_up(writable: Sequence[str]) -> str:
    """Fence in this process and all its descendants for good; needs no_new_privs first.

    Files can be changed below `writable` only, but that devices can be written to; TCP is refused;
    signals and abstract sockets go only to those inside. Returns what of this the kernel can do,
    for people. Raises OSError when it can do nothing of it.
    """
    abi = system.landlock_abi()
    files = _CHANGES if abi >= _ABI_FILES else 0
    tcp = _BIND_AND_CONNECT if abi >= _ABI_TCP else 0
    scopes = _ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _ABI_SCOPES else 0
    ruleset = system.landlock_ruleset(files, tcp, scopes)
    try:
        if files:
            for path in writable:
                _allow(ruleset, path, files & ~_MAKE_DEVICES)
            _allow(ruleset, "/dev", _WRITE | _TRUNCATE)
        system.landlock_restrict(ruleset, quiet=abi >= _ABI_QUIET)
    finally:
        os.close(ruleset)
    fenced = {"files": files, "TCP": tcp, "abstract sockets": scopes, "signals": scopes}
    return ", ".join(name for name, right in fenced.items() if right)


def _allow(ruleset: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        system.landlock_allow(ruleset, place, rights)
    finally:
        os.close(place)
