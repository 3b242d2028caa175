"""What a service and its runners hold on this machine, and how to kill parts of it."""

import collections
import contextlib
import os
import random
import signal
from pathlib import Path

import docker

from sandbox.launchers.containers import OWNER_LABEL

NOBODY = 65534


class Process:
    """A process at the time it was looked at."""

    def __init__(self, pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        facts = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        self.pid = pid
        self.parent = int(facts["PPid"])
        self.uid = int(facts["Uid"].split()[0])
        self.is_zombie = facts["State"].startswith("Z")
        self.depth = len(facts["NSpid"].split())
        """How many PID namespaces it is in."""
        self.command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()

    def kind(self):
        for name in ("rewardbox serve", "verifiers.worker", "sandbox.launchers.enter", "-m agent"):
            if name in self.command:
                return name
        return Path(self.command.partition(" ")[0]).name


def processes():
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, KeyError):
                found[int(entry)] = Process(int(entry))
    return found


def below(root, everything=None):
    """All descendants of a process."""
    everything = everything or processes()
    children = collections.defaultdict(list)
    for process in everything.values():
        children[process.parent].append(process)
    found, todo = [], [root]
    while todo:
        found += (born := children[todo.pop()])
        todo += [each.pid for each in born]
    return found


def is_stub(process):
    """Whether it is one that gVisor runs programs in: of those it has spare ones, and does not look
    at one that was killed before it needs it."""
    return process.uid == NOBODY


def is_the_same(process):
    """Whether it is still there, and has not become a program meanwhile, with a uid of its own."""
    with contextlib.suppress(OSError, KeyError):
        now = Process(process.pid)
        return (now.uid, now.depth, now.parent) == (process.uid, process.depth, process.parent)
    return False


def is_forgotten(process, parents):
    """Whether it is the dead fork of a worker, which looks for it when it is asked again."""
    parent = parents.get(process.parent)
    return process.is_zombie and parent is not None and "worker" in parent.kind()


def machinery(agent, everything):
    """An agent, and what it needs to run programs: no program is among them."""
    # Whose death is the machinery's fault: a program killed from outside looks like one that
    # killed itself. On shared ground a program has a uid of its own. In fresh namespaces it has a
    # PID in one more of them, as their first process has; but that one is the agent's own child.
    own = [each for each in below(agent.pid, everything) if each.uid == agent.uid]
    return [agent, *(each for each in own if each.parent == agent.pid or each.depth == agent.depth)]


def open_files(pid):
    """Descriptors by what they are of: "socket", "pipe", a path."""
    names = []
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.append(os.readlink(fd).partition(":")[0])
    return collections.Counter(names)


def own_mounts():
    """Mounts of this machine but for the engine's, of which others have some too."""
    lines = Path("/proc/mounts").read_text().splitlines()
    return sorted(line for line in lines if "docker" not in line)


class Host:
    """Everything that a service and its runners hold on this machine."""

    def __init__(self, service, engine, tmp):
        self.service = service
        self._engine = engine
        self._tmp = tmp
        # Connections to the engine that its SDK keeps for later, however many runners there were.
        self.kept = collections.Counter({"open socket": 0 if engine is None else 20})
        outermost = "sandbox.launchers.enter" if engine is None else "container"
        self.mortal = {"verifiers.worker", "agent", outermost}
        """Kinds of things that there are to kill."""
        self.killed = collections.Counter()

    @property
    def pid(self):
        return self.service.process.pid

    def containers(self):
        if self._engine is None:
            return []
        found = self._engine.api.containers(all=True, filters={"label": OWNER_LABEL})
        return [
            each["Id"]
            for each in found
            if each["Labels"][OWNER_LABEL].split("/")[-2] == str(self.pid)
        ]

    def agents(self, everything):
        if self._engine is None:
            outer = [each for each in below(self.pid, everything) if "enter" in each.kind()]
            return [
                each
                for each in everything.values()
                if each.parent in {process.pid for process in outer} and "-m agent" in each.command
            ]
        states = [self._state(each) for each in self.containers()]
        return [everything[state["Pid"]] for state in states if state.get("Pid") in everything]

    def _state(self, container):
        with contextlib.suppress(docker.errors.NotFound):
            return self._engine.api.inspect_container(container)["State"]
        return {}

    def held(self):
        """Counts of all that could be left behind."""
        everything = processes()
        own = below(self.pid, everything)
        inside = [
            each
            for agent in self.agents(everything)
            for each in [agent, *below(agent.pid, everything)]
        ]
        whole = [
            each
            for each in {each.pid: each for each in [*own, *inside]}.values()
            if not is_forgotten(each, everything)
        ]
        count = collections.Counter(each.kind() for each in whole)
        count.update({f"open {name}": number for name, number in open_files(self.pid).items()})
        count["zombies"] = sum(each.is_zombie and not is_stub(each) for each in whole)
        count["containers"] = len(self.containers())
        count["temporary files"] = len(list(self._tmp.iterdir()))
        count["mounts"] = len(own_mounts())
        return count

    def targets(self):
        """What can be killed now, by what it is: processes, or containers."""
        everything = processes()
        own = below(self.pid, everything)
        agents = [machinery(agent, everything) for agent in self.agents(everything)]
        return {
            "verifiers.worker": [each for each in own if "worker" in each.kind()],
            "sandbox.launchers.enter": [each for each in own if "enter" in each.kind()],
            "agent": [each for parts in agents for each in parts],
            "container": self.containers(),
        }

    def kill_something(self):
        """Kill a process or container, of a kind of which the fewest were killed so far."""
        there = {kind: found for kind, found in self.targets().items() if found}
        if not there:  # all of it was killed, and is being replaced
            return
        fewest = min(self.killed[kind] for kind in there)
        kind = random.choice([kind for kind in there if self.killed[kind] == fewest])
        victim = random.choice(there[kind])
        with contextlib.suppress(ProcessLookupError, docker.errors.APIError):  # it is gone already
            if kind != "container":
                if not is_the_same(victim):
                    return
                os.kill(victim.pid, signal.SIGKILL)
            elif random.random() < 0.5:
                self._engine.api.kill(victim)
            else:
                self._engine.api.remove_container(victim, force=True)
            self.killed[kind] += 1
