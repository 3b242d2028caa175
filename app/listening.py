"""The sockets that the service listens on, had before anything else is started."""

import errno
import socket
from contextlib import ExitStack
from typing import Any

from app.settings import InvalidSettings


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets at every address that `host` has on this machine; port 0 takes a free one.

    Raises InvalidSettings, with what to do, when the address is in use or not of this machine.
    """
    try:
        with ExitStack() as opened:
            bound = [
                opened.enter_context(each)
                for family, _, _, _, address in _addresses(host, port)
                if (each := _bound(family, address)) is not None
            ]
            opened.pop_all()
    except (OSError, UnicodeError) as error:  # a name that cannot be one is a UnicodeError
        reason = error.strerror if isinstance(error, OSError) else "this is no name of a host"
        raise _refused(host, port, reason) from None
    if not bound:
        raise _refused(host, port, "this machine has no such address")
    return bound


def url_of(listener: socket.socket) -> str:
    """Where a client finds it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _addresses(host: str, port: int) -> list[Any]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys(found))


def _bound(family: int, address: Any) -> socket.socket | None:
    """None where the machine lacks the address, as containers without IPv6 do for `localhost`."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        raise
    return listener


def _refused(host: str, port: int, reason: str | None) -> InvalidSettings:
    return InvalidSettings(
        f"cannot listen on {host}, port {port}: {reason}; end what uses it, or set host and port "
        f"(--host, --port, REWARDBOX_HOST, REWARDBOX_PORT) to others"
    )
