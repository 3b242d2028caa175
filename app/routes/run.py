"""`/v1/run`: runs a program and judges nothing."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response

from app import openapi, wire
from app.admission import Held
from app.auth import client_of
from app.connection import read_json, while_connected
from app.errors import FieldError, InvalidRequest
from app.intake import check_files
from app.outcomes import failure
from app.requests import facts_of
from app.results import Arrival
from app.routes.direct import DirectRoute
from app.schemas import CompileResult, Error, RunRequest, RunResult, RunStatus
from app.service import Service, service_of
from app.validation import parse_model
from sandbox import (
    Claim,
    Compilation,
    Execution,
    Invocation,
    Priority,
    Program,
    SandboxError,
    Session,
    Status,
    UnknownLanguage,
)

router = APIRouter(tags=["running"], route_class=DirectRoute)


@router.post(
    "/v1/run",
    openapi_extra=openapi.body(RunRequest),
    responses=openapi.gives(
        RunResult,
        "What the program did.",
        "malformed-json",
        "unauthorized",
        "body-too-slow",
        "body-too-large",
        "unsupported-media-type",
        "invalid-request",
        "queue-full",
        "stopping",
    ),
)
async def run(request: Request) -> Response:
    """Run a program, and judge nothing."""
    service = service_of(request)
    with service.admission.hold(client_of(request)) as held:
        answer = await _answer(request, service, held)
    facts = facts_of(request)
    if (error := answer["error"]) is not None:
        facts.errors = {error["kind"]: 1}
    elif (status := answer["status"]) is not None:
        facts.verdicts = {status: 1}
    return Response(wire.dump(answer), media_type="application/json")


async def _answer(request: Request, service: Service, held: Held) -> RunResult:
    arrival = Arrival(claim=Claim(client=client_of(request)))
    settings = service.settings
    value, _ = await read_json(request, held=held, settings=settings)
    asked = parse_model(RunRequest, value)
    check_files(asked.files, field="files")
    service.intake.check_limits(asked.limits, field="limits")
    service.intake.check_tier(asked.tier, field="tier")
    with service.admission.admit(arrival.claim.client), service.watch.run():
        return await while_connected(request.receive, _bounded(service, asked, arrival))


async def _bounded(service: Service, asked: RunRequest, arrival: Arrival) -> RunResult:
    """The answer before the deadline and the end of the service, whatever it is."""
    deadline = arrival.deadline_in(asked.deadline_s or service.settings.default_deadline_s)
    claim = replace(arrival.claim, priority=asked.priority or Priority.NORMAL)
    with service.drain.bound(deadline) as timeout:
        try:
            async with timeout:
                return await _run(service, asked, deadline, claim)
        except UnknownLanguage as error:
            raise InvalidRequest([FieldError("language", str(error))]) from None
        except ValueError as error:  # the sandbox's word for a program that no runner can take
            raise InvalidRequest([FieldError("", str(error))]) from None
        except SandboxError as error:
            return _result(error=failure(error).error)
        except TimeoutError:
            message = "the service is stopping" if service.drain.started else "the deadline passed"
            return _result(error={"kind": "overload", "retryable": True, "message": message})


async def _run(
    service: Service, asked: RunRequest, deadline: float | None, claim: Claim
) -> RunResult:
    program = Program(
        language=asked.language,
        source=asked.source,
        files={name: text.encode() for name, text in asked.files.items()},
    )
    limits = asked.limits.over(service.settings.default_limits)
    tier = asked.tier or service.sandbox.info().tiers[0]
    sandbox = service.sandbox.on(tier, claim=claim)
    async with sandbox.open(program, limits=limits, deadline=deadline) as session:
        return {**await _run_in(session, asked), "tier": tier}


async def _run_in(session: Session, asked: RunRequest) -> RunResult:
    compilation = session.compilation
    compiled = None if compilation is None else _compile_result(compilation)
    if compilation is not None and not compilation.succeeded:
        return _result(status="compile_error", compiled=compiled)
    invocation = Invocation(stdin=asked.stdin.encode(), args=asked.args)
    execution = await session.run(invocation)
    return _result(status=_status(execution), execution=execution, compiled=compiled)


def _result(
    *,
    status: RunStatus | None = None,
    execution: Execution | None = None,
    compiled: CompileResult | None = None,
    error: Error | None = None,
) -> RunResult:
    execution = execution or Execution(status=Status.EXITED)
    return {
        "status": status,
        "stdout": execution.stdout.decode(errors="replace"),
        "stderr": execution.stderr.decode(errors="replace"),
        "exit_code": execution.exit_code,
        "signal": execution.signal,
        "cpu_s": execution.cpu_s,
        "wall_s": execution.wall_s,
        "memory_bytes": execution.memory_bytes,
        "tier": None,
        "compile": compiled,
        "error": error,
    }


def _compile_result(compilation: Compilation) -> CompileResult:
    execution = compilation.execution
    status = _status(execution)
    return {
        "status": "compile_error" if status == "runtime_error" else status,
        "stdout": execution.stdout.decode(errors="replace"),
        "stderr": execution.stderr.decode(errors="replace"),
        "wall_s": execution.wall_s,
        "cached": compilation.cached,
    }


def _status(execution: Execution) -> RunStatus:
    match execution.status:
        case Status.EXITED:
            return "ok" if execution.exit_code == 0 else "runtime_error"
        case Status.SIGNALLED:
            return "runtime_error"
        case Status.TIME_LIMIT_EXCEEDED:
            return "time_limit_exceeded"
        case Status.MEMORY_LIMIT_EXCEEDED:
            return "memory_limit_exceeded"
        case Status.OUTPUT_LIMIT_EXCEEDED:
            return "output_limit_exceeded"
        case Status.VIOLATION:
            return "violation"
