"""What an image with certain languages is made of: `image.py DIRECTORY LANGUAGE... | full`.

Writes into the directory the list of Debian packages and the commands that prepare what programs
share. Runs while an image is built, beside the table, with nothing but the standard library.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ALL = "full"
"""In place of names: every language, with the larger choice of libraries."""
_AGENTS_OWN = "python"


def read_entries(table: Path) -> dict[str, Mapping[str, Any]]:
    """The entries of the table that images can have, by name."""
    files = sorted(table.glob("*.toml"))
    entries = [tomllib.loads(file.read_text("utf-8")) for file in files]
    return {entry["name"]: entry for entry in entries if "image" in entry}


def choose(
    entries: Mapping[str, Mapping[str, Any]], names: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Packages, and commands of a shell. Raises ValueError for a language that images lack."""
    full = list(names) == [ALL]
    if unknown := set() if full else set(names).difference(entries):
        raise ValueError(
            f"no image has {', '.join(sorted(unknown))}; there are {', '.join(entries)}"
        )
    wanted = {_AGENTS_OWN, *names}
    chosen = [entry["image"] for name, entry in entries.items() if full or name in wanted]
    packages = {
        package
        for image in chosen
        for package in (*image["packages"], *(image.get("more", ()) if full else ()))
    }
    return sorted(packages), [image["setup"] for image in chosen if "setup" in image]


def main(directory: str, names: Sequence[str]) -> None:
    packages, setup = choose(read_entries(Path(__file__).parent), names)
    Path(directory).mkdir(parents=True, exist_ok=True)
    Path(directory, "packages").write_text("".join(f"{package}\n" for package in packages))
    Path(directory, "setup").write_text("\n".join(["set -eu", *setup]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
