"""Builds the service and closes it again; nothing is built anywhere else, nor at import."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from app import auth, compression, errors, openapi, requests
from app.admission import Admission
from app.cache.cache import Cache
from app.cache.caching import open_caching
from app.drain import Drain
from app.intake import Intake
from app.readiness import Probe
from app.room import Room
from app.routes import catalogue, docs, run, score, status
from app.scoring import Scorer
from app.service import Service
from app.settings import Settings
from app.sharing import Shared
from app.watching import gauges
from app.watching.items import Watch
from app.watching.metrics import Metrics
from app.watching.tracing import open_tracing
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
    shared: Shared | None = None,
) -> AsyncIterator[Service]:
    """A service ready to score, with or without HTTP; parts that are given are used as they are.

    `shared` is what it shares with other processes, if it is not alone.

    Raises SandboxUnavailable when no isolation is possible, and what `Registry.load` raises.
    """
    async with AsyncExitStack() as stack:
        tracing = await stack.enter_async_context(open_tracing(settings))
        registry = registry or Registry.load(required=settings.required_verifiers)
        if sandbox is None:
            sandbox = await stack.enter_async_context(start_sandbox(settings.sandbox))
        if workers is None:
            workers = await stack.enter_async_context(WorkerPool(size=settings.workers))
        metrics = metrics or Metrics()
        watch = Watch(metrics, tracing)
        drain = Drain()
        intake = Intake(
            registry,
            caps=settings.caps,
            tiers=settings.tiers,
            max_depth=settings.max_depth,
            max_item_bytes=settings.max_item_bytes,
        )
        caching = await stack.enter_async_context(
            open_caching(settings, registry, sandbox, shared.cache if shared else None)
        )
        scorer = Scorer(
            intake,
            sandbox=sandbox,
            workers=workers,
            limits=settings.default_limits,
            drain=drain,
            watch=watch,
            caching=caching,
            concurrency=settings.batch_concurrency,
            default_deadline_s=settings.default_deadline_s,
        )
        probe = Probe(sandbox, scorer, drain=drain, interval_s=settings.probe_interval_s)
        admission = Admission(
            items=shared.items if shared else Room(settings.queue_size),
            body_bytes=shared.body_bytes if shared else Room(settings.queue_bytes),
            drain=drain,
        )
        for source in (
            watch.shares.collect,
            gauges.of_sandbox(sandbox),
            gauges.of_cache(caching.cache) if isinstance(caching.cache, Cache) else gauges.nothing,
            gauges.of_admission(admission),
            gauges.of_service(sandbox, probe),
        ):
            stack.enter_context(metrics.reading(source))
        yield Service(
            settings=settings,
            registry=registry,
            sandbox=sandbox,
            intake=intake,
            scorer=scorer,
            admission=admission,
            drain=drain,
            probe=probe,
            watch=watch,
            caching=caching,
            shared=shared,
        )


def create_app(
    settings: Settings,
    *,
    sandbox: Sandbox | None = None,
    workers: Workers | None = None,
    registry: Registry | None = None,
    shared: Shared | None = None,
) -> FastAPI:
    """The HTTP service. Its parts are built when it starts; those given here are not built."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(
            settings,
            sandbox=sandbox,
            workers=workers,
            registry=registry,
            metrics=metrics,
            shared=shared,
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
        _answer_head(app, router)
    app.mount("/docs/static", docs.STATIC)
    errors.add_handlers(app)
    app.add_middleware(auth.Authentication, keys=settings.api_keys)
    app.add_middleware(compression.Gzip)
    app.add_middleware(requests.RequestLog, metrics=metrics)
    return app


def _answer_head(app: FastAPI, router: APIRouter) -> None:
    """Whatever can be had by GET can be asked for by HEAD; the server leaves the body out."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.methods == {"GET"}:
            app.add_api_route(route.path, route.endpoint, methods=["HEAD"], include_in_schema=False)
