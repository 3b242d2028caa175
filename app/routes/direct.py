"""Routes whose functions take a request and give a response, and nothing in between."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class DirectRoute(APIRoute):
    """Documented as any other, but called without what FastAPI prepares for each request.

    Bodies are read, and answers written, by the functions themselves; looking for dependencies
    that they do not have takes longer than scoring a short answer.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler
