"""What goes to the driver over standard input, and what comes back amid its output.

To it: a token that nobody could know before, on a line of its own, then the calls as JSON. Back,
after each: the token again, then a reply as JSON on the same line. The token parts replies from
what the program prints; it keeps no secret, since a program that forges a reply has only given its
answer.

    ["unloadable", class, text]   the program does not get as far as to be called
    ["ready"]                     it is loaded; then follows one of these for each call, in order
    ["value", value]              what the call returned
    ["raised", class, text]       the exception that came of it
    ["other"]                     something else, that an examiner has to see
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifiers.code.calls.values import NotPlain, encoded

_MOST_BYTES = 65_536
"""Of all replies together: more is for an examiner to read."""

Call = tuple[str, Sequence[Any], dict[str, Any]]
"""Name, arguments and keyword arguments."""
Reply = list[Any]
"""As above, of that length, with texts where texts should be; a value is not looked into."""


@dataclass(frozen=True, slots=True)
class Question:
    token: bytes
    stdin: bytes

    def read(self, stdout: bytes) -> tuple[list[Reply], bytes]:
        """The replies, and what the program itself printed. Raises NotPlain for nonsense."""
        first, *rest = stdout.split(b"\n" + self.token)
        replies: list[Reply] = []
        printed = [first]
        room = _MOST_BYTES
        for each in rest:
            line, _, after = each.partition(b"\n")
            room -= len(line)
            if room < 0:
                raise NotPlain("long replies")
            replies.append(_reply(line))
            printed.append(after)
        return replies, b"".join(printed)


def question(calls: Sequence[Call], given: str, *, stop_on_raise: bool) -> Question:
    """`given` is source to be run before the program. Raises NotPlain for what cannot be said."""
    token = secrets.token_hex(16).encode()
    wired = [
        [name, [encoded(each) for each in args], [[key, encoded(each)] for key, each in kw.items()]]
        for name, args, kw in calls
    ]
    request = {"given": given, "calls": wired, "stop": stop_on_raise}
    text = json.dumps(request, separators=(",", ":"), ensure_ascii=False)
    return Question(token=token, stdin=token + b"\n" + text.encode("utf-8", "surrogatepass"))


def _reply(line: bytes) -> Reply:
    try:
        reply = json.loads(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise NotPlain("a reply that is not JSON") from error
    if type(reply) is not list or not reply or type(reply[0]) is not str:
        raise NotPlain("a reply that says nothing")
    texts = {"value": 0, "raised": 2, "unloadable": 2}.get(reply[0], 0)
    length = 2 if reply[0] == "value" else 1 + texts
    if len(reply) != length or not all(type(each) is str for each in reply[1:][:texts]):
        raise NotPlain("a malformed reply")
    return reply
