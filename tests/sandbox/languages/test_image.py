"""Which packages an image with certain languages is made of."""

import tomllib
from pathlib import Path

import pytest

from sandbox.languages import image
from sandbox.languages.image import choose, main, read_entries

TABLE = Path(image.__file__).parent

ENTRIES = {
    "python": {"image": {"packages": ["python3"], "more": ["python3-numpy"]}},
    "c": {"image": {"packages": ["gcc", "libc6-dev"], "setup": "echo c\n"}},
    "go": {"image": {"packages": ["golang", "gcc"], "setup": "echo go\n"}},
}


def test_has_what_the_languages_need_and_always_python():
    assert choose(ENTRIES, ["c"]) == (["gcc", "libc6-dev", "python3"], ["echo c\n"])


def test_has_all_of_it_when_it_is_to_be_full():
    packages, setup = choose(ENTRIES, ["full"])
    assert packages == ["gcc", "golang", "libc6-dev", "python3", "python3-numpy"]
    assert setup == ["echo c\n", "echo go\n"]


def test_cannot_have_what_debian_does_not():
    with pytest.raises(ValueError, match=r"no image has julia, klingon; there are .*go"):
        choose(ENTRIES, ["c", "klingon", "julia"])


def test_the_table_gives_an_image_every_language_but_three(tmp_path):
    entries = [tomllib.loads(file.read_text()) for file in TABLE.glob("*.toml")]
    without = {entry["name"] for entry in entries}.difference(read_entries(TABLE))
    assert without == {"cuda", "julia", "lean"}


def test_writes_a_list_and_a_script_for_the_builder(tmp_path):
    main(str(tmp_path / "out"), ["c", "rust"])
    packages = (tmp_path / "out" / "packages").read_text().splitlines()
    assert {"gcc", "rustc", "python3"} < set(packages)
    assert packages == sorted(packages)
    script = (tmp_path / "out" / "setup").read_text()
    assert script.startswith("set -eu\n")
    assert "cargo build" in script
