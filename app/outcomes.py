"""What becomes of an item: a score, or the reason why there is none."""

import traceback
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from app.errors import FieldError, InvalidRequest
from app.schemas import Error, ErrorKind
from sandbox import Overloaded, SandboxError, Tier, UnknownLanguage
from verifiers import InvalidOptions, InvalidReference, Score, VerifierError, WorkerLost

log = structlog.get_logger(__name__)

MESSAGE_LENGTH = 1000
"""Characters of a foreign exception that are passed on."""


@dataclass(frozen=True, slots=True)
class Scored:
    """There is a judgement."""

    score: Score
    tier: Tier | None = None
    """In which one programs ran; None when none did."""
    cached: bool = False
    """Whether it was made for another request with the same content."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There is none, and this is why."""

    kind: ErrorKind
    message: str
    retryable: bool = False
    fields: tuple[FieldError, ...] = ()
    """For a malformed item, what is wrong where."""

    @property
    def error(self) -> Error:
        """As it goes over the wire."""
        return {"kind": self.kind, "retryable": self.retryable, "message": self.message}


Outcome: TypeAlias = Scored | Failed


def failure(error: Exception, verifier: str | None = None) -> Failed:
    """What an exception means for a reader of the result."""
    error = _cause(error)
    message = str(error)[:MESSAGE_LENGTH]
    match error:
        case InvalidRequest():
            return Failed("request", message, fields=error.errors)
        case InvalidOptions():
            return _malformed(FieldError("options", message))
        case InvalidReference():
            return Failed("reference", message)
        case Overloaded():
            return Failed("overload", message, retryable=True)
        case UnknownLanguage():
            return _malformed(FieldError("options.language", message))
        case SandboxError():
            return Failed("sandbox", message, retryable=error.retryable)
        case VerifierError():
            return Failed("verifier", message, retryable=isinstance(error, WorkerLost))
        case _:
            _log_fault(error, verifier)
            return Failed("verifier", f"{type(error).__name__}: {message}")


def _malformed(field: FieldError) -> Failed:
    return Failed("request", str(field), fields=(field,))


def _cause(error: Exception) -> Exception:
    """Of a group, as task groups raise it, the first exception inside."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _log_fault(error: Exception, verifier: str | None) -> None:
    """Say where it happened; the text of an exception may be a submission's: for debugging only."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else None
    log.error("verifier failed", verifier=verifier, exception=type(error).__name__, where=where)
    log.debug("verifier failed", exc_info=error)
