"""HTTP on one connection, a request at a time."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneAtATime(HttpToolsProtocol):
    """Reads no request before the one before it is answered, and closes the connection then.

    Requests that are sent ahead would have to be kept, or the connection not be read, and whoever
    does not read does not see that the client has gone. HTTP lets a server close instead: what it
    did not answer is sent again (RFC 9112, 9.3.2).
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._is_ahead = False
        """Whether more has come than one request; all that follows is dropped."""

    def data_received(self, data: bytes) -> None:
        if not self._is_ahead:
            super().data_received(data)

    def on_message_begin(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._is_ahead = True
            self.cycle.keep_alive = False
            raise _Ahead
        super().on_message_begin()

    def send_400_response(self, msg: str) -> None:
        # The parser takes what stopped it for a mistake of the client.
        if not self._is_ahead:
            super().send_400_response(msg)


class _Ahead(Exception):
    """Another request has begun."""
