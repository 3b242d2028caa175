"""Writes docs/languages.md from the table: `python -m sandbox.languages.document FILE`."""

import re
import shlex
import sys
from pathlib import Path

from sandbox.languages.entry import COMPILE_LIMITS
from sandbox.languages.language import Language
from sandbox.languages.table import language_table
from sandbox.messages import Command
from sandbox.types import MIB

_PLAIN = re.compile(r"[\w{}.,:;/+=%@$-]+")

_INTRODUCTION = """\
<!-- Written by `make languages` from the files in sandbox/languages; change those. -->

# Languages

`language` in `options` and in `POST /v1/run` takes any name of this page, in capitals or not; the
other names are those that SandboxFusion, Piston and Judge0 use, Judge0's numbers included.
`GET /v1/languages` says which of them the runners at hand have, in which version, and why not.

Two images are built from one `Dockerfile` (see [Docker](docker.md)): `rewardbox-runner` has Python,
C, C++ and JavaScript, `rewardbox-runner:full` every language that Debian packages. Under the
namespaces launcher a language is there when its tools are in `/usr/bin` or `/usr/local/bin`.

"""

_RULES = f"""
## What holds for all of them

- The program lies in the working directory under the name given above, beside the files that came
  with it, and runs there.
- Compilers run in the sandbox, with {COMPILE_LIMITS.cpu_s:g} s of CPU time and {{memory}} MiB of \
memory unless the table
  says otherwise, or as much as the server allows. What they leave is kept, and the same program is
  not compiled again.
- A memory limit is on what is resident, whatever the language. Runtimes that manage a heap are told
  of it, so that they collect their garbage before they meet it.
- Stacks grow until the memory limit, where the language lets them: it is not the stack's size that
  ends a deep recursion.
- Threads count as processes. A JVM has about 15 of its own, Node.js 11, Go 5.
- `ONLINE_JUDGE` is defined, as on Codeforces: a macro in C and C++, a property of the JVM in
  Java, Kotlin and Scala.
- Nothing can be downloaded.

## Adding a language

A file in `sandbox/languages/` (its keys are described in `entry.py`) and a sample in
`tests/data/languages/`; then `make languages`. Its Debian packages go into the full image by
themselves.
"""

_TESTS = """
## Tests

| tests of | `language` |
| --- | --- |
| D's `unittest` blocks | `d_unittest` |
| Go's `testing`, testify | `go_test` |
| JUnit 5 and 4 | `junit` |
| `node:test` | `node_test` |
| pytest | `pytest` |
| Rust's `#[test]` | `rust_test` |
| ExUnit, hspec, luaunit, Test::More, testthat, minitest, test-unit | the language itself: \
`elixir`, `haskell`, `lua`, `perl`, `r`, `ruby` |

The last are programs that start their own tests: `ExUnit.start()`, `require "minitest/autorun"`.
All exit with another code than 0 when a test fails. What judges each test by itself is
[`code.unittest`](code.md#codeunittest), in the languages that it has. Jest is not in the images.
"""

_LIBRARIES = """
## Libraries

What images have beside standard libraries, chosen by what public benchmarks import. C++20 and C++23
have those of C++17, and tests those of their language. Every one is tried by a program under
`tests/data/languages/libraries/`.

| language | libraries | in the full image, also |
| --- | --- | --- |
"""

_MISSING = """
Debian has no package of Julia, Lean, the CUDA toolkit, .NET (C# is Mono's), NUnit or ScalaTest, and
its Kotlin (1.3) and Scala (2.11) are old. Under the namespaces launcher there is what the machine
has, and Python has what is in `.venv-submissions`.
"""

_COMMANDS = """
## One by one

`{dir}` is the working directory, `{memory_mib}` the memory limit, `{heap_mib}` that limit less what
the runtime itself needs, and `{stack_mib}`, `{stack_kib}` and `{stack_bytes}` the limit again, as
far as a JVM takes it for a stack. Arguments of a run come last.
"""


def document() -> str:
    """The page, as Markdown."""
    languages = language_table().languages
    parts = [
        _INTRODUCTION,
        "| name | language | other names | file |\n| --- | --- | --- | --- |\n",
        *(_row(language) for language in languages),
        _RULES.replace("{memory}", str(COMPILE_LIMITS.memory_bytes // MIB)),
        _TESTS,
        _LIBRARIES,
        *map(_libraries_row, languages),
        _MISSING,
        _COMMANDS,
        *(_section(language) for language in languages),
    ]
    return "".join(parts)


def _row(language: Language) -> str:
    aliases = ", ".join(f"`{alias}`" for alias in language.aliases)
    return f"| `{language.name}` | {language.title} | {aliases} | `{language.source_file}` |\n"


def _libraries_row(language: Language) -> str:
    if not (language.libraries or language.more_libraries):
        return ""
    libraries, more = ", ".join(language.libraries), ", ".join(language.more_libraries)
    return f"| {language.title} | {libraries} | {more} |\n"


def _section(language: Language) -> str:
    lines = [f"\n### {language.title}\n\n"]
    if language.notes:
        lines.append(f"{language.notes}\n\n")
    if language.compile is not None:
        lines.append(_code("compiled by", language.compile.command))
    if language.warm:
        lines.append("- run by an interpreter that is warm already\n")
    else:
        lines.append(_code("run by", language.run))
    if language.files:
        lines.append(f"- finds beside it {', '.join(f'`{name}`' for name in language.files)}\n")
    lines.append(f"- where it is missing: {language.install}\n")
    return "".join(lines)


def _code(how: str, command: Command) -> str:
    words = [f"{name}={_word(value)}" for name, value in command.env.items()]
    text = " ".join([*words, *map(_word, command.argv or ())])
    if "\n" not in text:
        return f"- {how} `{text}`\n"
    indented = "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())
    return f"- {how}\n\n  ```sh\n{indented}  ```\n"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), "utf-8")
