"""A first process that costs next to nothing: it makes a list of system calls, then reaps for ever.

The first process of a PID namespace must live as long as that, adopt orphans, and do nothing else.
Forking it costs by the size of what is forked, and taking it down again as much; so this one shares
our memory (CLONE_VM) and runs a few instructions of its own there, written out below. It has no
interpreter, no stack in use and no descriptors, and takes no signals. As our memory cannot be
looked into (PR_SET_DUMPABLE), neither can it, by those who share its namespaces.
"""

import ctypes
import functools
import mmap
import os
import signal
from collections.abc import Sequence

from . import system

_X86_64 = """
    mov %rdi, %rbx
next:                       # a record: number, five arguments, room for the result
    mov (%rbx), %rax
    test %rax, %rax
    js reap
    mov 8(%rbx), %rdi
    mov 16(%rbx), %rsi
    mov 24(%rbx), %rdx
    mov 32(%rbx), %r10
    mov 40(%rbx), %r8
    syscall
    mov %rax, 48(%rbx)
    add $56, %rbx
    test %rax, %rax
    jns next
    mov $231, %eax          # exit_group(1)
    mov $1, %edi
    syscall
reap:
    mov $61, %eax           # wait4(-1, 0, __WALL, 0)
    mov $-1, %edi
    xor %esi, %esi
    mov $0x40000000, %edx
    xor %r10d, %r10d
    syscall
    test %eax, %eax
    jg reap
    mov $128, %eax          # rt_sigtimedwait(&child, 0, 0, 8)
    lea child(%rip), %rdi
    xor %edx, %edx
    mov $8, %r10d
    syscall
    jmp reap
child:
    .quad 1 << 16           # SIGCHLD
"""
_AARCH64 = """
    mov x19, x0
next:                       // a record: number, five arguments, room for the result
    ldr x8, [x19]
    tbnz x8, #63, reap
    ldp x0, x1, [x19, #8]
    ldp x2, x3, [x19, #24]
    ldr x4, [x19, #40]
    svc #0
    str x0, [x19, #48]
    add x19, x19, #56
    tbz x0, #63, next
    mov x8, #94             // exit_group(1)
    mov x0, #1
    svc #0
reap:
    mov x8, #260            // wait4(-1, 0, __WALL, 0)
    mov x0, #-1
    mov x1, #0
    mov x2, #0x40000000
    mov x3, #0
    svc #0
    cmp w0, #0
    b.gt reap
    mov x8, #137            // rt_sigtimedwait(&child, 0, 0, 8)
    adr x0, child
    mov x1, #0
    mov x2, #0
    mov x3, #8
    svc #0
    b reap
child:
    .quad 1 << 16           // SIGCHLD
"""

SOURCES = {"x86_64": _X86_64, "aarch64": _AARCH64}
"""For the GNU assembler; the tests have it check CODE."""

CODE = {
    "x86_64": bytes.fromhex(
        "4889fb488b034885c0782f488b7b08488b7310488b53184c8b53204c8b43280f"
        "05488943304883c3384885c079d5b8e7000000bf010000000f05b83d000000bf"
        "ffffffff31f6ba000000404531d20f0585c07fe6b880000000488d3d0c000000"
        "31d241ba080000000f05ebce0000010000000000"
    ),
    "aarch64": bytes.fromhex(
        "f30300aa680240f96801f8b7608640a9628e41a9641640f9010000d4601a00f9"
        "73e2009100ffffb6c80b80d2200080d2010000d4882080d200008092010080d2"
        "0200a8d2030080d2010000d41f0000712cffff54281180d2c0000010010080d2"
        "020080d2030180d2010000d4f2ffff170000010000000000"
    ),
}

# name: number on x86_64, number on aarch64
_NUMBERS = {
    "capset": (126, 91),
    "close": (3, 57),
    "close_range": (436, 436),
    "dup3": (292, 24),
    "fchmodat": (268, 53),
    "mkdirat": (258, 34),
    "mount": (165, 40),
    "openat": (257, 56),
    "rt_sigprocmask": (14, 135),
    "write": (1, 64),
}
_ARGUMENTS = 5
_WORDS = _ARGUMENTS + 2  # of a record: number, arguments, result
_END = -1
_EVERY_SIGNAL = b"\xff" * 8
_LAST_DESCRIPTOR = 0xFFFFFFFF

FREE_DESCRIPTOR = 1
"""What the first `openat` of a process returns: it has but one descriptor."""

Call = tuple[str | int | bytes, ...]
"""A system call: its name, then up to five numbers and texts."""


class Mother:
    """Starts processes that all make the same calls."""

    def __init__(self, calls: Sequence[Call]) -> None:
        """Raises OSError where memory cannot be made executable, or the machine is unknown."""
        if system.MACHINE not in CODE:
            raise OSError(f"no first process is known for {system.MACHINE}")
        system.prctl(system.PR_SET_DUMPABLE, 0)
        self._calls: list[Call] = [
            ("dup3", 0, 0, 0),  # the first argument is put in when it is known
            # No handler of ours may ever run in it. Until here nobody knows whom to signal.
            ("rt_sigprocmask", signal.SIG_BLOCK, _EVERY_SIGNAL, 0, len(_EVERY_SIGNAL)),
            ("close_range", 1, _LAST_DESCRIPTOR, 0),
            *calls,
            ("capset", system.CAPABILITY_HEADER, system.NO_CAPABILITIES),
            ("close", 0),
        ]
        self._texts: list[ctypes.c_char_p] = []
        self._table = self._compile()
        self._code, self._stack = _pages()

    def bear(self, namespaces: int) -> int:
        """The process id of a process in new namespaces that has made its calls.

        It is the caller's to wait for. Raises OSError when a call failed.
        """
        done, tell = os.pipe()
        self._table[1] = tell
        try:
            pid = system.clone_running(
                _address(self._code),
                _address(self._stack) + len(self._stack),
                ctypes.addressof(self._table),
                namespaces,
            )
        finally:
            os.close(tell)
            os.read(done, 1)  # nothing comes, but an end when all calls are made
            os.close(done)
        self._check(pid)
        return pid

    def _compile(self) -> "ctypes.Array[ctypes.c_long]":
        column = list(CODE).index(system.MACHINE)
        words: list[int] = []
        for name, *arguments in self._calls:
            values = [self._word(argument) for argument in arguments]
            words += [_NUMBERS[str(name)][column], *values, *(0,) * (_WORDS - 1 - len(values))]
        words.append(_END)
        return (ctypes.c_long * len(words))(*words)

    def _word(self, argument: str | int | bytes) -> int:
        if isinstance(argument, int):
            return argument
        self._texts.append(text := ctypes.c_char_p(os.fsencode(argument)))
        return ctypes.cast(text, ctypes.c_void_p).value or 0

    def _check(self, pid: int) -> None:
        results = self._table[_WORDS - 1 :: _WORDS]
        if min(results) >= 0:
            return
        os.waitpid(pid, 0)
        failed = next(n for n, result in enumerate(results) if result < 0)
        name, *arguments = self._calls[failed]
        raise OSError(-results[failed], f"{name!r} {arguments!r}: {os.strerror(-results[failed])}")


@functools.cache
def _pages() -> tuple[mmap.mmap, mmap.mmap]:
    """The code and the stack of every such process: they stay for as long as we do, as some may."""
    return _map(CODE[system.MACHINE], executable=True), _map(b"", executable=False)


def _map(content: bytes, *, executable: bool) -> mmap.mmap:
    """A page of memory of its own."""
    page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    page[: len(content)] = content
    if executable:
        system.make_executable(_address(page), len(page))
    return page


def _address(page: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(page))
