"""Under what a judgement is kept: a digest of everything that decides it."""

import hashlib
import marshal
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module, metadata
from pathlib import Path

from app.intake import Task
from sandbox import Limits, Tier
from verifiers.registry import Registry

#: Tells all plain data apart, 1 from 1.0 and True, NaN from None, and one order of keys from
#: another, which a program could see. Later formats depend on what else refers to a value.
_FORMAT = 2
_NOT_OF_CONTENT = ("cache", "tier")
_OWN_PACKAGES = ("app", "sandbox", "verifiers")


def key_of(task: Task, *, tier: Tier, circumstances: bytes, toolchains: str) -> bytes | None:
    """The key of what judging `task` gives; None for one with values that are no plain data.

    `circumstances` are what is the same for all tasks of a service: see `circumstances_of`.
    """
    *asked, options = task.content
    options = {name: value for name, value in options.items() if name not in _NOT_OF_CONTENT}
    content = (asked, options, tier.value, toolchains)
    try:
        encoded = marshal.dumps(content, _FORMAT)
    except ValueError:
        return None
    return hashlib.sha256(circumstances + encoded).digest()


def circumstances_of(registry: Registry, limits: Limits) -> bytes:
    """A digest of what decides judgements beside the request, and may change between two starts.

    That is the text of all code that judges, the versions of what it uses, and the limits of those
    who ask for none.
    """
    digest = hashlib.sha256()
    versions = sorted((each.name, each.version) for each in metadata.distributions())
    digest.update(repr((versions, sorted(asdict(limits).items()))).encode())
    for package in sorted({*_OWN_PACKAGES, *_packages(registry)}):
        for path in _sources(package):
            digest.update(repr((package, path.name, path.stat().st_size)).encode())
            digest.update(path.read_bytes())
    return digest.digest()


def _packages(registry: Registry) -> Iterable[str]:
    """The top-level modules of all verifiers."""
    for name in registry.names():
        yield type(registry.get(name)).__module__.partition(".")[0]


def _sources(package: str) -> list[Path]:
    """Files of a module or package, compiled ones aside."""
    module = import_module(package)
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    if not folders:
        return [Path(module.__file__)] if module.__file__ else []
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
