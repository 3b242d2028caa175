"""What few tests of Python programs need: linked lists, trees, other objects, and failures.

Runs beside the program, like driver.py, and is believed as little. `driver` is that module.
"""

import contextlib
import re
import sys
import traceback
import types
from collections import deque
from collections.abc import Callable
from typing import Any

NODES = re.compile(r"\b(ListNode|TreeNode)\b")
WRAPPERS = re.compile(r"\b(?:List|Sequence|Iterable|Array|vector)\s*[\[<]|\[\]", re.IGNORECASE)
INTEGER_KEYS = re.compile(r"\b(?:dict|defaultdict|mapping|map|record)\s*[\[<]\s*int", re.IGNORECASE)

#: What an object of a derived class is as a built-in type, whatever its class says of it.
PARTS: tuple[tuple[type, Any], ...] = (
    (int, int.__index__),
    (float, float.__pos__),
    (str, str.__str__),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: list(tuple.__iter__(value))),
    (dict, lambda value: dict(dict.items(value))),
)


class Typed:
    """A call whose arguments or result are of types that JSON has not."""

    def __init__(self, driver: Any, kinds: dict[str, Any] | None, function: Any) -> None:
        """`kinds` are the types that the task states."""
        self.driver = driver
        self.kinds = kinds or {"args": [], "returns": None}
        self.parameters, self.returns = annotations_of(function)

    def kind_at(self, place: int) -> str:
        """The type of an argument: that of the task, else what the program declares."""
        known = self.kinds["args"]
        if place < len(known) and known[place]:
            return str(known[place])
        return self.parameters[place] if place < len(self.parameters) else ""

    def decode_all(self, raw: list[Any]) -> list[Any]:
        return [self.decode(value, self.kind_at(place)) for place, value in enumerate(raw)]

    def decode(self, value: Any, kind: str) -> Any:
        node = NODES.search(kind)
        if node is None:
            if isinstance(value, dict) and INTEGER_KEYS.search(kind):
                return {int(key): item for key, item in value.items()}
            return value
        build = list_from if node[1] == "ListNode" else tree_from
        cls = getattr(sys.modules[self.driver.MODULE], node[1])
        return self.nested(lambda values: build(cls, values), value, len(WRAPPERS.findall(kind)))

    def nested(self, build: Callable[[list[Any]], Any], value: Any, depth: int) -> Any:
        if value is not None and not isinstance(value, list):
            text = "a list or tree has to be given as a list of its values"
            raise self.driver.Untold("unfit", text)
        if depth == 0 or value is None:
            return build(value or [])
        return [self.nested(build, each, depth - 1) for each in value]

    def encode(self, value: Any, in_place: int | None) -> Any:
        """Encode the result, or the argument that is judged."""
        kind = self.kinds["returns"] or self.returns
        if in_place is not None:
            kind = self.kind_at(in_place)
        if not NODES.search(kind):
            return self.driver.encode(value)
        if isinstance(value, list) and WRAPPERS.search(kind):
            return [
                {"t": "nothing"} if each is None else self.driver.encode(each) for each in value
            ]
        return {"t": "nothing"} if value is None else self.driver.encode(value)


def annotations_of(function: Any) -> tuple[list[str], str]:
    """Types of the positional parameters and of the result, as text."""
    is_class = isinstance(function, type)
    bound = is_class or isinstance(function, types.MethodType)
    if is_class:
        function = function.__init__
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    found = getattr(function, "__annotations__", None) or {}
    code = getattr(function, "__code__", None)
    parameters = () if code is None else code.co_varnames[bound : code.co_argcount]
    texts = [type_text(found.get(name, "")) for name in parameters]
    return texts, type_text(found.get("return", ""))


def type_text(annotation: Any) -> str:
    if isinstance(annotation, str):
        return annotation
    return annotation.__name__ if type(annotation) is type else repr(annotation)


def list_from(cls: Any, values: list[Any]) -> Any:
    head = None
    for value in reversed(values):
        node = cls(value)
        node.next = head
        head = node
    return head


def tree_from(cls: Any, values: list[Any]) -> Any:
    """From its values level by level, where null stands for no node, which then has no children."""
    if not values or values[0] is None:
        return None
    root = cls(values[0])
    parents, rest = deque([root]), iter(values[1:])
    while parents:
        parent = parents.popleft()
        for side in ("left", "right"):
            value = next(rest, None)
            child = None if value is None else cls(value)
            setattr(parent, side, child)
            if child is not None:
                parents.append(child)
    return root


def list_values(node: Any) -> list[Any] | None:
    """The values of a linked list; None if it has a cycle."""
    values, seen = [], set()
    while node is not None:
        if id(node) in seen:
            return None
        seen.add(id(node))
        values.append(node.val)
        node = node.next
    return values


def tree_values(root: Any) -> list[Any] | None:
    """Level by level, without the nulls at the end; None if a node is in two places."""
    values: list[Any] = []
    level, seen = deque([root]), set()
    while level:
        node = level.popleft()
        if node is None:
            values.append(None)
            continue
        if id(node) in seen:
            return None
        seen.add(id(node))
        values.append(node.val)
        level.extend((node.left, node.right))
    while values and values[-1] is None:
        values.pop()
    return values


def encode_object(driver: Any, value: Any) -> Any:
    """Encode what is neither a scalar nor a list."""
    kind = type(value)
    if kind is dict:
        return encode_pairs(driver, value)
    for name, values_of in (("ListNode", list_values), ("TreeNode", tree_values)):
        if kind is getattr(sys.modules[driver.MODULE], name, None):
            values = values_of(value)
            if values is None:
                return {"t": f"{name} that is met twice"}
            return {"t": name, "v": [driver.encode(each) for each in values]}
    for built_in, part in PARTS:
        if isinstance(value, built_in):
            return driver.encode(part(value))
    if isinstance(value, (set, frozenset)):
        return {"t": "set", "v": [driver.encode(each) for each in value]}
    return encode_array(driver, value)


def encode_array(driver: Any, value: Any) -> Any:
    """Encode an array or scalar of NumPy's as a list or number; all else only has a name."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray):
        return driver.encode(value.tolist())
    if numpy is not None and isinstance(value, numpy.generic):
        plain = value.item()
        if type(plain) is not type(value):
            return driver.encode(plain)
    return {"t": type(value).__name__}


def encode_pairs(driver: Any, pairs: dict[Any, Any]) -> Any:
    encoded = []
    for key, value in pairs.items():
        wire = driver.encode(key)
        if isinstance(wire, (list, dict)):
            return {"t": f"dictionary with keys of type {type(key).__name__}"}
        encoded.append([wire, driver.encode(value)])
    return {"o": encoded}


def failure(error: BaseException, hidden: str) -> str:
    """What an exception says. Its traceback goes to standard error, without a file's frames."""
    with contextlib.suppress(BaseException):  # nothing of this may change the verdict
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == hidden:
            trace = trace.tb_next
        traceback.print_exception(type(error), error, trace)
    try:
        return str(error)[:1000]
    except BaseException:  # an exception of the program's may fail at this too
        return ""
