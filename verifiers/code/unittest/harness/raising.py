"""pytest.raises and its like: blocks that have to end with an exception."""

import re
import types
from collections.abc import Callable
from typing import Any


class Info:
    """What pytest calls ExceptionInfo: the exception that a block ended with."""

    value: BaseException

    @property
    def type(self) -> type[BaseException]:
        return type(self.value)

    @property
    def tb(self) -> types.TracebackType | None:
        return self.value.__traceback__

    def match(self, pattern: str | re.Pattern[str]) -> bool:
        text = str(self.value)
        assert re.search(pattern, text), f"{pattern!r} does not match {text!r}"  # noqa: S101 - as pytest does
        return True

    def exconly(self) -> str:
        return f"{type(self.value).__name__}: {self.value}"

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"<ExceptionInfo {getattr(self, 'value', None)!r}>"


class Raises:
    """A block that has to raise; tells `reached` once it has."""

    def __init__(
        self,
        expected: Any,
        match: str | re.Pattern[str] | None,
        check: Callable[[BaseException], bool] | None,
        reached: Callable[[], None],
    ) -> None:
        self._expected = expected
        self._match = match
        self._check = check
        self._reached = reached
        self._info = Info()

    def __enter__(self) -> Info:
        return self._info

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None:
            raise AssertionError(f"DID NOT RAISE {self._expected!r}")
        if not isinstance(error, self._expected):
            return False
        self._info.value = error
        if self._match is not None:
            self._info.match(self._match)
        if self._check is not None and self._check(error) is not True:
            raise AssertionError("the exception is not the one that was expected")
        self._reached()
        return True


def raises_for(reached: Callable[[], None]) -> Callable[..., Any]:
    """pytest.raises, which tells `reached` whenever it held."""

    def raises(
        expected: Any, *args: Any, match: Any = None, check: Any = None, **kwargs: Any
    ) -> Any:
        if not args:
            return Raises(expected, match, check, reached)
        with Raises(expected, None, None, reached) as info:
            args[0](*args[1:], **kwargs)
        return info

    return raises
