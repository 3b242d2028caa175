"""The parts of a running service, as routes find them."""

from dataclasses import dataclass

from fastapi import Request

from app.admission import Admission
from app.drain import Drain
from app.intake import Intake
from app.metrics import Metrics
from app.readiness import Probe
from app.scoring import Scorer
from app.settings import Settings
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
    metrics: Metrics


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service
