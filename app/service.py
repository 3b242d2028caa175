"""The parts of a running service, as routes find them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from fastapi import Request

from app.admission import Admission
from app.cache.caching import Caching
from app.drain import Drain
from app.intake import Intake
from app.readiness import Probe
from app.scoring import Scorer
from app.settings import Settings
from app.sharing import Shared
from app.watching.items import Watch
from sandbox import Sandbox
from verifiers.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that `app.main.running` has built."""

    settings: Settings
    registry: Registry
    sandbox: Sandbox
    intake: Intake
    scorer: Scorer
    admission: Admission
    drain: Drain
    probe: Probe
    watch: Watch
    caching: Caching
    shared: Shared | None = None
    """What it shares with other processes, if it is not alone."""
    numbers: Iterator[int] = field(default_factory=itertools.count)
    """One for each batch."""


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service
