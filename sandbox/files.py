"""Which names the files of a submission may have."""

from collections.abc import Collection, Iterable

MAX_NAME_BYTES = 4096


def check_file_names(names: Iterable[str], *, reserved: Collection[str] = ()) -> None:
    """Raise ValueError, naming the file, unless all are plain relative paths inside a folder.

    `reserved` are the names that the program itself is stored under.
    """
    names = set(names)
    taken = names.union(reserved)
    for name in names:
        fault = _fault(name)
        if fault is None and name in reserved:
            fault = "is the name of the program itself"
        if fault is None and not taken.isdisjoint(_parents(name)):
            fault = "has another file as its folder"
        if fault is not None:
            raise ValueError(f"file name {name!r} {fault}")


def _fault(name: str) -> str | None:
    if not name:
        return "is empty"
    if "\0" in name:
        return "contains a NUL character"
    if name.startswith("/"):
        return "is absolute; use a path relative to the working directory"
    if any(part in ("", ".", "..") for part in name.split("/")):
        return "has an empty, '.' or '..' part"
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if len(encoded) >= MAX_NAME_BYTES or any(len(part) > 255 for part in encoded.split(b"/")):
        return "is too long"
    return None


def _parents(name: str) -> Iterable[str]:
    parts = name.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))
