"""Who may ask: API keys, and the refusal to listen to strangers without them."""

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Problem
from app.settings import InvalidSettings, Settings

#: What needs a key: everything that does work or tells of it. Health, version and docs are open.
_PROTECTED = ("/v1", "/metrics")
_NOBODY = ""


class Authentication:
    """ASGI middleware that asks for one of several keys, as `Authorization: Bearer`."""

    def __init__(self, app: ASGIApp, *, keys: Iterable[SecretStr]) -> None:
        self._app = app
        self._digests = [_digest(key.get_secret_value().encode()) for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._digests and _is_protected(scope["path"]):
            scheme, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
            key = key.strip()
            number = self._number_of(key) if key else None
            if scheme.lower() != "bearer" or number is None:
                await _refusal(bool(key)).response()(scope, receive, send)
                return
            scope.setdefault("state", {})["client"] = _client(number)
        await self._app(scope, receive, send)

    def _number_of(self, key: str) -> int | None:
        """Which of the keys it is. Compares with each, so that the time taken tells nothing."""
        digest = _digest(key.encode("latin-1"))
        matches = [hmac.compare_digest(digest, known) for known in self._digests]
        return matches.index(True) + 1 if any(matches) else None


def _client(number: int) -> str:
    return f"key {number}"


def client_of(request: Request) -> str:
    """Who asks: a name for each API key, and one for all who need none."""
    name: str = getattr(request.state, "client", _NOBODY)
    return name


def clients_of(settings: Settings) -> list[str]:
    """All names that `client_of` may give."""
    return [_NOBODY, *(_client(number) for number, _ in enumerate(settings.api_keys, start=1))]


def check_exposure(settings: Settings) -> None:
    """Raise InvalidSettings if strangers could reach the service without a key."""
    if settings.api_keys or settings.allow_unauthenticated or _is_loopback(settings.host):
        return
    raise InvalidSettings(
        f"host is {settings.host}, which other machines may reach, and there are no api_keys: "
        f"set REWARDBOX_API_KEYS, or listen on 127.0.0.1, or set "
        f"REWARDBOX_ALLOW_UNAUTHENTICATED=true if something in front of the service asks for keys"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_protected(path: str) -> bool:
    return any(path == prefix or path.startswith(prefix + "/") for prefix in _PROTECTED)


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _refusal(had_key: bool) -> Problem:
    detail = (
        "The API key is not known; check it against the server's REWARDBOX_API_KEYS."
        if had_key
        else "Send one of the server's API keys as `Authorization: Bearer KEY`."
    )
    return Problem("unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
