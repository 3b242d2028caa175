"""How an agent reaches its pool: at a socket, or over its standard streams."""

import os
import socket
import sys
import time

from .stream import Stream

_CONNECT_AGAIN_S = 0.1


def connect(path: str, *, patient: bool) -> socket.socket:
    """A connection to the pool, for the patient however long it takes until that is there.

    Ending instead, to be started again, would make a container engine wait longer each time.
    """
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            if not patient:
                raise
            time.sleep(_CONNECT_AGAIN_S)  # nothing tells when the pool is there
        else:
            return connection


def take_standard_streams() -> Stream:
    """Keep the stream to the pool to ourselves; what is printed by mistake goes to stderr."""
    stream = Stream(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdin.close()
    return stream
