"""Every library that the table promises is there: a program each, which fails where it is not.

tests/data/languages/libraries/ has a file for each language: names of libraries to a program that
uses them, several together where compiling takes long.
"""

import re
import tomllib
from pathlib import Path

import pytest

from sandbox import Program
from sandbox.languages import language_table

ROOT = Path(__file__).parents[3]
PROGRAMS = {
    path.stem: {tuple(names.split(", ")): source for names, source in programs.items()}
    for path in sorted((ROOT / "tests" / "data" / "languages" / "libraries").glob("*.toml"))
    for programs in [tomllib.loads(path.read_text())]
}
LOCKED = set(
    re.findall(r"^[\w-]+", (ROOT / "requirements-submissions.lock").read_text(), re.MULTILINE)
)


def cases(launcher, marker, languages, promised):
    """The programs all of whose libraries are promised."""
    return [
        pytest.param(
            launcher,
            language,
            source,
            id=f"{launcher}-{language}-{','.join(names)}",
            marks=[marker, pytest.mark.xdist_group(f"{launcher}-{language}")],
        )
        for language in languages
        for names, source in PROGRAMS[language].items()
        if all(promised(language, name) for name in names)
    ]


def in_every_image(language, name):
    return name in language_table().find(language).libraries


CASES = [
    *cases("docker", pytest.mark.full_image, PROGRAMS, lambda *_: True),
    *cases("slim", pytest.mark.docker, ["python"], in_every_image),
    *cases(
        "namespaces", pytest.mark.namespaces, ["python"], lambda _, name: name.lower() in LOCKED
    ),
]


@pytest.mark.parametrize(("launcher", "language", "source"), CASES)
def test_a_library_is_there_and_works(ground, language, source):
    compilation, execution = ground.run(Program(language=language, source=source), cpu_s=30)
    assert execution is not None, compilation.execution.stdout + compilation.execution.stderr
    assert execution.succeeded, (execution.status, execution.stdout + execution.stderr)


def test_what_is_promised_is_what_is_tried():
    promised = {
        language.name: {*language.libraries, *language.more_libraries}
        for language in language_table().languages
        if language.libraries or language.more_libraries
    }
    tried = {name: set().union(*programs) for name, programs in PROGRAMS.items()}
    assert promised == tried
