"""Examiners, each in a process of its own, as they change the interpreter that they run in."""

import json
import os
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress

_FORKER = """
import importlib, os, signal, socket, sys

main = importlib.import_module(sys.argv[1]).main
asked = socket.socket(fileno=int(sys.argv[2]))
while True:
    payload, descriptors, _, _ = socket.recv_fds(asked, 1 << 16, 2)
    if not payload:
        break
    if os.fork() == 0:
        asked.close()
        signal.alarm(20)  # which ends what hangs
        main(payload, *descriptors)
        os._exit(0)
    for each in descriptors:
        os.close(each)
    asked.send(b"%d" % os.wait()[1])
"""


class Examiners:
    """Forked off a process that has imported their module."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking

    def tell(self, payload, written):
        """The lines of the report of one whose candidate writes these bytes and goes.

        Fails if it does not come to an end by itself.
        """
        ours, theirs = socket.socketpair()
        told, tell = os.pipe()
        with ours, open(told, "rb") as report:
            with theirs, open(tell, "wb"):
                data = json.dumps(payload).encode()
                socket.send_fds(self._asking, [data], [theirs.fileno(), tell])
            with suppress(OSError):  # of an examiner that has gone already
                ours.sendall(written)  # which is less than a socket holds
                ours.shutdown(socket.SHUT_WR)
            lines = [json.loads(line) for line in report]
        assert self._asking.recv(100) == b"0"
        return lines


@contextmanager
def examiners(module):
    """Examiners by the `main` of that module."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            arguments = [sys.executable, "-c", _FORKER, module, str(theirs.fileno())]
            process = subprocess.Popen(arguments, pass_fds=[theirs.fileno()])
        yield Examiners(ours)
    assert process.wait(30) == 0
