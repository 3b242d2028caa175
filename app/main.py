"""Builds the service and closes it again; nothing is built anywhere else, nor at import."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from app import auth, errors, openapi, requests
from app.admission import Admission
from app.drain import Drain
from app.intake import Intake
from app.metrics import Metrics
from app.readiness import Probe
from app.routes import catalogue, docs, run, score, status
from app.scoring import Scorer
from app.service import Service
from app.settings import Settings
from sandbox import Sandbox
from sandbox import start as start_sandbox
from verifiers import Workers
from verifiers.registry import Registry
from verifiers.workers import WorkerPool


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    sandbox: Sandbox | None = None,
    workers: Workers | None = None,
    registry: Registry | None = None,
    metrics: Metrics | None = None,
) -> AsyncIterator[Service]:
    """A service ready to score, with or without HTTP; parts that are given are used as they are.

    Raises SandboxUnavailable when no isolation is possible, and what `Registry.load` raises.
    """
    async with AsyncExitStack() as stack:
        registry = registry or Registry.load(required=settings.required_verifiers)
        if sandbox is None:
            sandbox = await stack.enter_async_context(start_sandbox(settings.sandbox))
        if workers is None:
            workers = await stack.enter_async_context(WorkerPool(size=settings.workers))
        metrics = metrics or Metrics()
        drain = Drain()
        intake = Intake(
            registry,
            caps=settings.caps,
            max_depth=settings.max_depth,
            max_item_bytes=settings.max_item_bytes,
        )
        scorer = Scorer(
            intake,
            sandbox=sandbox,
            workers=workers,
            limits=settings.default_limits,
            drain=drain,
            metrics=metrics,
            concurrency=settings.batch_concurrency,
            default_deadline_s=settings.default_deadline_s,
        )
        yield Service(
            settings=settings,
            registry=registry,
            sandbox=sandbox,
            intake=intake,
            scorer=scorer,
            admission=Admission(settings.queue_size, drain=drain, gauge=metrics.waiting),
            drain=drain,
            probe=Probe(sandbox, scorer, drain=drain, interval_s=settings.probe_interval_s),
            metrics=metrics,
        )


def create_app(
    settings: Settings,
    *,
    sandbox: Sandbox | None = None,
    workers: Workers | None = None,
    registry: Registry | None = None,
) -> FastAPI:
    """The HTTP service. Its parts are built when it starts; those given here are not built."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(
            settings, sandbox=sandbox, workers=workers, registry=registry, metrics=metrics
        ) as service:
            app.state.service = service
            yield

    app = FastAPI(
        title="Rewardbox",
        version=version("rewardbox"),
        description="Scores what a language model wrote.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,  # names in generated clients
    )
    app.openapi = openapi.document(app, lambda: app.state.service.registry)  # type: ignore[method-assign] # the way FastAPI documents
    for router in (score.router, run.router, catalogue.router, status.router, docs.router):
        app.include_router(router)
    app.mount("/docs/static", docs.STATIC)
    errors.add_handlers(app)
    app.add_middleware(auth.Authentication, keys=settings.api_keys)
    app.add_middleware(requests.RequestLog, metrics=metrics)
    return app
