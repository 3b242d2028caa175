"""What every examiner has: its side of the link, and the pipe on which it tells what it finds."""

import functools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from .judgements import JUDGEMENTS, judge
from .link import Link, LinkBroken, LinkClosed
from .peer import Peer
from .proxies import note_again
from .streams import Replaced

RECURSION_LIMIT = 5000
"""Of examiners and of candidates, which call each other by way of several functions of ours."""


class Fault(Exception):
    """The tests are broken; no program can be judged by them."""


class Report:
    """The report pipe: a JSON object a line, see examiner.py."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def tell(self, **what: Any) -> None:
        data = memoryview(json.dumps(what).encode() + b"\n")
        while data:
            data = data[os.write(self._descriptor, data) :]


def hold(examine: Callable[[Link, Report], None], link: int, report: int) -> None:
    """Examine over the link, and tell what ends that too early."""
    # Here and not at import: the interpreter that imports this starts other programs, too.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    told = Report(report)
    connection = Link(link)
    connection.burden = lambda burdened: told.tell(burdened=burdened)
    try:
        examine(connection, told)
    except Fault as fault:
        told.tell(fault=str(fault))
    except LinkClosed:
        return  # the candidate's own end tells why
    except LinkBroken as error:
        told.tell(broken=str(error))
    finally:
        connection.close()


class Asker(Peer):
    """The examiner's side of the link."""

    @functools.cached_property
    def replaced(self) -> Replaced:
        """What the tests have replaced since this was first asked for."""
        return Replaced()

    def request(self, operation: str, /, *operands: Any, **keywords: Any) -> Any:
        news = self.replaced.news()
        if news is not None:
            super().request("follow", *news)
        return super().request(operation, *operands, **keywords)

    def attribute(self, proxy: Any, name: str) -> Any:
        if name in JUDGEMENTS:
            return judge(self, proxy, name)
        return super().attribute(proxy, name)

    def _builtin_type(self, name: str) -> type:
        kind = super()._builtin_type(name)
        return self.errors.class_to_catch([name]) if issubclass(kind, BaseException) else kind

    def _met_again(self, proxy: Any) -> None:
        note_again(proxy)
