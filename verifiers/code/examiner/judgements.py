"""Questions of yes or no that a value answers about data: which things of the program's are asked.

A text says whether it starts with another, a set whether it lies within one. An object that stands
where a text should be would say yes. So these are only asked of what is under test itself: a class
by its name, and objects that the tests have from calling it and from nowhere else. Other objects
may answer them about objects of the program's, where the task speaks of classes at all.
"""

from collections.abc import Callable
from typing import Any

from .codec import Uncarriable
from .peer import Peer, Proxy
from .proxies import FRESH, RemoteFunction, level_of, state_of

JUDGEMENTS = frozenset(
    name for name in dir(str) if name.startswith(("is", "startswith", "endswith"))
) | frozenset(
    (
        *("isdisjoint", "issubset", "issuperset", "difference", "symmetric_difference"),
        *("intersection", "equals", "eq", "compare", "isin", "all", "any", "is_integer"),
    )
)


def judge(peer: Peer, proxy: Any, name: str) -> Any:
    """The method of that name, one of JUDGEMENTS. Raises AttributeError where none is asked."""
    if is_asked(proxy):
        return peer.request("getattr", proxy, name)
    if not peer.judges_classes or issubclass(type(proxy), RemoteFunction):
        raise AttributeError(f"{name!r} is not asked of what the program gives")
    return _about_objects(peer.request("getattr", proxy, name), name)


def is_asked(proxy: Any) -> bool:
    """Whether it is a class under test, or an object that only the tests have made of one."""
    return level_of(proxy) == 2 and state_of(proxy) == FRESH


def _about_objects(method: Any, name: str) -> Callable[..., Any]:
    def ask(*args: Any, **kwargs: Any) -> Any:
        if not any(issubclass(type(each), Proxy) for each in (*args, *kwargs.values())):
            raise Uncarriable(f"{name!r}, asked of an object that the program gave, about data")
        return method(*args, **kwargs)

    return ask
