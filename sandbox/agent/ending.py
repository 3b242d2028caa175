"""How a program in Python ends: as under an interpreter of its own, without taking one apart."""

import atexit
import contextlib
import gc
import io
import os
import resource
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

_OURS = os.path.dirname(__file__)
"""Frames of files here are none of the program's."""
_LARGE_KIB = 32 * 1024
"""A program that has grown by more has so many objects that a list of them would count: of such a
one only the files in globals are known."""
_LASTING = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)


def finish(body: Any, main: types.ModuleType | None = None) -> NoReturn:
    """Run `body`, then end as an interpreter ends: threads, exit handlers, streams, exit code.

    Objects of the program, whose module is `main`, are not taken apart, as far as nobody can tell.
    """
    peak_kib = _peak_kib()
    code = _exit_code(body)
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined] # joins threads as the interpreter does
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    flushed = _flush([sys.stdout, sys.stderr])
    with contextlib.suppress(BaseException):
        if main is not None and _may_act_in_the_end(main.__dict__):
            _let_go_of_objects(main.__dict__)
            flushed = _flush([sys.stdout, sys.stderr]) and flushed
    with contextlib.suppress(BaseException):
        is_large = _peak_kib() - peak_kib > _LARGE_KIB
        known = [*main.__dict__.values()] if main is not None and is_large else gc.get_objects()
        _flush([sys.__stdout__, sys.__stderr__, *_files_among(known)])
    os._exit(code if flushed else code or 120)  # as the interpreter, when its last flush fails


def _may_act_in_the_end(names: dict[str, Any]) -> bool:
    """Whether there are classes with finalizers, and no daemons who would miss their globals."""
    kinds = [value for value in names.values() if type(value) is type]
    return any("__del__" in kind.__dict__ for kind in kinds) and len(sys._current_frames()) == 1


def _let_go_of_objects(names: dict[str, Any]) -> None:
    """Leaving functions, classes and modules, which finalizers use."""
    for name in list(names):
        if name[:2] != "__" and not issubclass(type(names[name]), _LASTING):
            names[name] = None
    gc.collect()


def _files_among(objects: Iterable[object]) -> list[Any]:
    kept = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)
    files = [each for each in objects if type(each) in kept]
    files.sort(key=lambda file: kept.index(type(file)))  # text before what it is written through
    return files


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _flush(streams: list[Any]) -> bool:
    """Whether all that are open could be flushed."""
    flushed = True
    for stream in streams:
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except (OSError, ValueError, AttributeError):
            flushed = False
    return flushed


def _exit_code(body: Any) -> int:
    try:
        body()
    except SystemExit as error:
        if error.code is None:
            return 0
        if isinstance(error.code, int):
            return error.code & 0xFF
        _complain(print, error.code)
        return 1
    except BaseException as error:  # as the interpreter does at its top level
        _complain(_report_uncaught, error)
        return 1
    return 0


def _report_uncaught(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == _OURS:
        trace = trace.tb_next
    error.__traceback__ = trace
    if sys.excepthook is sys.__excepthook__:
        traceback.print_exception(error)
    else:
        sys.excepthook(type(error), error, trace)


def _complain(write: Callable[[Any], None], what: object) -> None:
    """Tell standard error, which the program may have closed or replaced."""
    with contextlib.suppress(BaseException), contextlib.redirect_stdout(sys.stderr):
        write(what)
        sys.stderr.flush()
