"""Makes this process the outside of a runner: namespaces, a root file system, then the agent in it.

Started by the namespaces launcher as a program of its own, with a Blueprint as JSON argument. What
it leaves running is one process that waits for the agent and dies with the service.
"""

import json
import os
import random
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.agent import system

NAMESPACES = (
    system.CLONE_NEWUSER
    | system.CLONE_NEWNS
    | system.CLONE_NEWPID
    | system.CLONE_NEWIPC
    | system.CLONE_NEWNET
    | system.CLONE_NEWUTS
    | system.CLONE_NEWCGROUP
)

_DEVICES = ("null", "zero", "full", "random", "urandom")
_STREAMS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_TOP_LEVEL = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
# What toolchains read from /etc. Nothing else of it is any program's business.
_CONFIGURATION = (
    "alternatives",
    "java*",
    "ld.so.*",
    "localtime",
    "mime.types",
    "mono",
    "php",
    "R",
    "ssl/openssl.cnf",
)
_WRITTEN = {
    "etc/passwd": "root:x:0:0:root:/:/bin/false\nrunner:x:1000:1000:runner:/box:/bin/sh\n",
    "etc/group": "root:x:0:\nrunner:x:1000:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/hostname": "runner\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
SCRATCH = ("box", "tmp", "dev/shm", "var/tmp")
"""What programs can write to; whatever the host has there is not to be seen."""
_SAME_AS = {"var/tmp": "/tmp"}  # noqa: S108 - inside the runner
"""Runs get some of these places afresh; another name for such a one is as fresh."""
_FILES_IN_A_TMPFS = 65_536
HOME = "/opt/rewardbox"
"""Where the inside keeps what is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What a runner's inside is made of."""

    python: str
    """Interpreter that runs the agent, and submissions in Python: its path inside."""
    visible: dict[str, str]
    """Directories beyond the system's own that can be read: path inside to path on the host."""
    scratch_bytes: int

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Blueprint":
        return cls(**json.loads(text))


def enter(blueprint: Blueprint, *, agent: bool = True) -> int:
    """Build the inside and run the agent there; returns its exit code when it has ended.

    Without `agent` everything is done but starting it, to find out whether it can be done.
    """
    _die_with_parent()
    if os.getuid() == 0:
        system.unshare(system.CLONE_NEWNS)
        _build(blueprint)
        _become_nobody()
    else:
        uid, gid = os.getuid(), os.getgid()
        system.unshare(system.CLONE_NEWUSER | system.CLONE_NEWNS)
        _map_root_to(uid, gid)
        _build(blueprint)
    uid, gid = os.getuid(), os.getgid()
    system.unshare(NAMESPACES)
    _map_root_to(uid, gid)
    pid = os.fork()
    if pid == 0:
        _die_with_parent()
        _settle_in()
        if agent:
            _start_agent(blueprint)
        os._exit(0)
    # Only the agent may hold the stream, or its end would go unnoticed.
    for fd in (0, 1):
        os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _die_with_parent() -> None:
    system.prctl(system.PR_SET_PDEATHSIG, signal.SIGKILL)


def _map_root_to(uid: int, gid: int) -> None:
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        Path(f"/proc/self/{name}").write_text(text)


def _become_nobody() -> None:
    """Trade root for an id that owns nothing on this machine and that no other runner has."""
    with open("/proc/self/uid_map") as file:
        mapped = max(int(line.split()[0]) + int(line.split()[2]) for line in file)
    low, high = (2_100_000_000, 2_147_000_000) if mapped > 2**31 else (20_000, min(mapped, 60_000))
    uid = random.randrange(low, high)  # noqa: S311 - to differ, not to keep a secret
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # Changing uid made /proc/self root's, where the id maps are to be written.
    system.prctl(system.PR_SET_DUMPABLE, 1)
    _die_with_parent()  # forgotten when the uid changed


def _build(blueprint: Blueprint) -> None:
    """Make a root file system of the host's toolchains and nothing else, and move into it."""
    system.mount("none", "/", "", system.MS_REC | system.MS_PRIVATE)
    root = Path("/tmp")  # noqa: S108 - covered by a mount that only this process sees
    interior = _Interior(root)
    sources = [f"/{name}" for name in _TOP_LEVEL] + [
        str(path) for pattern in _CONFIGURATION for path in sorted(Path("/etc").glob(pattern))
    ]
    # Paths below /tmp vanish when the new root covers it: hold them open first.
    held = {inside: os.open(path, os.O_PATH) for inside, path in blueprint.visible.items()}
    system.mount("tmpfs", str(root), "tmpfs", system.MS_NOSUID | system.MS_NODEV, "mode=0755")
    for source in sources:
        interior.show(source)
    for inside, fd in held.items():
        interior.bind(f"/proc/self/fd/{fd}", inside)
        os.close(fd)
    interior.furnish(blueprint.scratch_bytes)
    os.chdir(root)
    system.pivot_root(".", ".")
    system.unmount(".")
    os.chdir("/")
    system.make_read_only("/", recursive=False)


class _Interior:
    """A root file system being built at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def show(self, source: str) -> None:
        """Make `source` visible at the same path; a symbolic link stays one."""
        if os.path.islink(source):
            target = self._place(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(os.readlink(source))
        elif os.path.exists(source):
            self.bind(source, source)

    def bind(self, source: str, inside: str) -> None:
        """Show a file or directory read-only at the path `inside`."""
        target = self._place(inside)
        if target.exists():
            return  # lies in a directory that is visible already
        if os.path.isdir(source):
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        system.mount(source, str(target), "", system.MS_BIND | system.MS_REC)
        system.make_read_only(str(target), recursive=True)

    def furnish(self, scratch_bytes: int) -> None:
        """Add devices, scratch space and the few files that the C library asks for."""
        for name in ("proc", "dev", "etc"):
            self._place(name).mkdir(exist_ok=True)
        for name in _DEVICES:
            self._place(f"dev/{name}").touch()
            system.mount(f"/dev/{name}", str(self._place(f"dev/{name}")), "", system.MS_BIND)
        for name, target in _STREAMS.items():
            self._place(f"dev/{name}").symlink_to(target)
        for name, text in _WRITTEN.items():
            self._place(name).write_text(text)
        for name in SCRATCH:
            place = self._place(name)
            place.parent.mkdir(exist_ok=True)
            if name in _SAME_AS:
                place.symlink_to(_SAME_AS[name])
                continue
            place.mkdir()
            flags = system.MS_NOSUID | system.MS_NODEV
            options = f"mode=1777,size={scratch_bytes},nr_inodes={_FILES_IN_A_TMPFS}"
            system.mount("tmpfs", str(place), "tmpfs", flags, options)
        # Lets the new PID namespace mount a /proc of its own; the kernel asks for one to copy.
        system.mount("/proc", str(self._place("proc")), "", system.MS_BIND | system.MS_REC)

    def _place(self, inside: str) -> Path:
        return self._root / inside.lstrip("/")


def _settle_in() -> None:
    flags = system.MS_NOSUID | system.MS_NODEV | system.MS_NOEXEC
    system.mount("proc", "/proc", "proc", flags)
    system.sethostname("runner")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setsid()


def _start_agent(blueprint: Blueprint) -> None:
    os.chdir(HOME)
    system.close_from(3)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
    command = [blueprint.python, "-s", "-m", "agent"]
    os.execve(blueprint.python, command, environment)  # noqa: S606 - there must be no shell


if __name__ == "__main__":
    sys.exit(enter(Blueprint.from_json(sys.argv[1]), agent="--probe" not in sys.argv[2:]))
