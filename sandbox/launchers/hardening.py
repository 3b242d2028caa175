"""What a container of a runner may do and use: the outer of the two walls around a submission."""

from typing import Any

from docker.types import LogConfig, Ulimit

from sandbox.config import SandboxConfig
from sandbox.types import MIB

AGENT_MEMORY_BYTES = 512 * MIB
"""For the agent and its warm interpreters, on top of what submissions may use."""
AGENT_PROCESSES = 32
"""The same in processes and threads."""
KERNEL_THREADS = 4096
"""For a container runtime that brings a kernel of its own: gVisor's ends when it cannot start one
more thread of the host, and takes several for each process inside."""

CPUS = 1
"""However many threads a submission has: what it gets does not depend on idle runners."""

_OPEN_FILES = 4096
_FILES_IN_A_TMPFS = 65_536
_FIRST_TO_GO = 500
"""When the machine's memory runs out, the kernel should take a runner and not the service."""


def container_options(config: SandboxConfig) -> dict[str, Any]:
    """Arguments of the Docker SDK's `create_host_config`.

    Files are in memory, and count as memory.
    """
    memory_bytes = config.memory_bytes + config.file_bytes + AGENT_MEMORY_BYTES
    scratch = (
        f"rw,exec,nosuid,nodev,mode=1777,size={config.file_bytes},nr_inodes={_FILES_IN_A_TMPFS}"
    )
    return {
        "auto_remove": True,
        "runtime": config.runtime,
        "network_mode": "none",
        "ipc_mode": "private",
        "read_only": True,
        # /dev/shm too: a plain one would bound the bytes in it, and not the number of files.
        "tmpfs": dict.fromkeys(("/tmp", "/box", "/dev/shm"), scratch),  # noqa: S108 - inside
        "cap_drop": ["ALL"],
        "cap_add": ["SETUID", "SETGID", "KILL"],  # the agent's; a submission has none
        "security_opt": ["no-new-privileges"],
        "mem_limit": memory_bytes,
        "memswap_limit": memory_bytes,
        "oom_score_adj": _FIRST_TO_GO,
        "pids_limit": config.processes
        + AGENT_PROCESSES
        + (KERNEL_THREADS if config.runtime else 0),
        "nano_cpus": CPUS * 1_000_000_000,
        "ulimits": [
            Ulimit(name="core", soft=0, hard=0),
            Ulimit(name="nofile", soft=_OPEN_FILES, hard=_OPEN_FILES),
        ],
        "log_config": LogConfig(type=LogConfig.types.NONE),  # what it prints must fill no disk
    }
