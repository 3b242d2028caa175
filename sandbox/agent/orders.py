"""Orders from the agent to its warm interpreters: messages on a socket, bulk in memory files.

A warm interpreter reads only messages. What a submission or its tests are made of lies in a memory
file, which the process made for that run opens first: nothing secret ever enters the memory that
later programs are forked from.
"""

import errno
import fcntl
import marshal
import os
import socket
from collections.abc import Sequence
from typing import Any

_MESSAGE_BYTES = 8192
_ANCILLARY_BYTES = socket.CMSG_SPACE(16 * 4)
"""Room for 16 descriptors."""
_SEALING_TRIES = 10
"""The kernel waits for 0.15 s each time."""
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK

# marshal is fast and made for exchange between processes of one interpreter; it must not read what
# anybody else wrote, and here it does not.


def memory_file(content: bytes) -> int:
    """A descriptor of an anonymous file holding `content`, positioned at its start.

    It is its owner's alone, and nobody can change it or make it longer.
    """
    fd = os.memfd_create("rewardbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.fchmod(fd, 0o400)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    _seal(fd)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _seal(fd: int) -> None:
    """Raises OSError when that cannot be, however often it is tried."""
    tries_left = _SEALING_TRIES
    while True:
        try:
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        except OSError as error:
            tries_left -= 1
            # The kernel itself may hold pages for a moment, to move them or see how old they are.
            if error.errno != errno.EBUSY or tries_left == 0:
                raise
        else:
            return


def pack(header: dict[str, Any], blobs: Sequence[bytes]) -> int:
    """An order as a memory file."""
    return memory_file(marshal.dumps((header, list(blobs))))


def unpack(fd: int) -> tuple[dict[str, Any], list[bytes]]:
    """The order in a memory file, which is closed."""
    # No file object: what a new process touches of its memory is copied, and that is what it costs.
    data = os.pread(fd, os.lseek(fd, 0, os.SEEK_END), 0)
    os.close(fd)
    header, blobs = marshal.loads(data)  # noqa: S302 - see above
    return header, blobs


def send(channel: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    if fds:
        socket.send_fds(channel, [marshal.dumps(message)], list(fds))
    else:
        channel.send(marshal.dumps(message))


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message with its descriptors. Raises EOFError when the other end has gone."""
    data, ancillary, _, _ = channel.recvmsg(_MESSAGE_BYTES, _ANCILLARY_BYTES)
    if not data:
        raise EOFError
    fds = [fd for _, _, packed in ancillary for fd in memoryview(packed).cast("i")]
    return marshal.loads(data), fds  # noqa: S302 - see above
