"""Test files for `node --test`: node:test's own functions, with a marker behind each test.

The program is a module that the tests require; both share a process.
"""

import json
import re

from verifiers.code.appended.lexing import Token, Tokens
from verifiers.code.appended.parts import NamedTest, Parts

_CALLS = frozenset(("test", "it"))
_ESCAPE = re.compile(r"\\(u\{?([0-9a-fA-F]+)\}?|x([0-9a-fA-F]{2})|\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_INSERTED = re.compile(r"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_IMPORT = re.compile(
    r"""^import\s+(?:(?P<default>[\w$]+)\s*,?\s*)?"""
    r"""(?:(?P<space>\*\s+as\s+[\w$]+)|\{(?P<names>[^}]*)\})?\s*(?:from\s*)?"""
    r"""(?P<quote>['"])(?P<module>[^'"\n]+)(?P=quote)\s*;?""",
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export\s+(default\s+)?(?=(?:async\s+)?(?:function\*?|class|const|let|var)\s+([\w$]+))",
    re.MULTILINE,
)
_EXPORT_LIST = re.compile(r"^export\s*\{([^}]*)\}\s*;?|^export\s+default\s+", re.MULTILINE)
_PROGRAM_NAMES = re.compile(r"\{([^{}]*)\}\s*=\s*require\(['\"]\./")
_NODE_TEST = re.compile(r"""require\(\s*(['"])(?:node:)?test\1\s*\)""")
_FILE = re.compile(r"""require\(\s*['"]\.{1,2}/([\w./-]+?)(?:\.[cm]?js|\.ts)?['"]\s*\)""")


def named_tests(tests: str) -> list[NamedTest]:
    """What the file calls its tests, each once; a template stands for all names that it gives."""
    tokens = Tokens(tests, "javascript")
    by_name: dict[str, NamedTest] = {}
    for index, token in enumerate(tokens.items):
        name = tokens[index + 2]
        is_call = token.text in _CALLS and tokens[index + 1].text == "("
        if not is_call or name.kind != "string" or tokens[index - 1].text == ".":
            continue
        closing = tokens.partner.get(index + 1)
        end = len(tests) if closing is None else tokens[closing].end
        by_name.setdefault(name.text, NamedTest(_spoken(name), token.start, end))
    return list(by_name.values())


def _spoken(name: Token) -> str:
    """The text that a literal stands for, with templates as they are written."""

    def meant(found: re.Match[str]) -> str:
        number = found[2] or found[3]
        return chr(int(number, 16)) if number else _ESCAPED.get(found[1], found[1])

    return _ESCAPE.sub(meant, name.text[1:-1])


def _pattern(name: str) -> str:
    """A regular expression, in JavaScript's words, for the names that a template gives."""
    fixed = _INSERTED.split(name)
    return "^" + "[^]*".join(re.sub(r"[^\w\s]", r"\\\g<0>", part) for part in fixed) + "$"


def join(parts: Parts) -> str:
    """The file with the tests; the program lies beside it."""
    key = parts.key[24:]
    markers = [
        json.dumps([_pattern(test.name), *parts.halves(index)])
        for index, test in enumerate(named_tests(parts.tests))
    ]
    tests = _FILE.sub('require("./program.js")', _as_requirements(parts.tests))
    tests = _NODE_TEST.sub(f"framework_{key}", tests)
    return _DRIVER.replace("KEY", key).replace("MARKERS", ", ".join(markers)) + tests


def files(parts: Parts) -> dict[str, str]:
    """The program as a module that has all the names that the tests want of it."""
    tests = _as_requirements(parts.tests)
    wanted = {
        name.partition(":")[0].strip()
        for names in _PROGRAM_NAMES.findall(tests)
        for name in names.split(",")
    }
    program = _as_requirements(parts.program)
    wanted |= {name for _, name in _EXPORT.findall(program)}
    for names in _EXPORT_LIST.findall(program):
        wanted |= {name.partition(" as ")[0].strip() for name in names.split(",")}
    program = _EXPORT_LIST.sub(
        lambda found: "module.exports.default = " if "default" in found[0] else "",
        _EXPORT.sub("", program),
    )
    told = "".join(
        f'\nif (typeof {name} !== "undefined" && !("{name}" in Object(module.exports)))'
        f" module.exports.{name} = {name};"
        for name in sorted(wanted)
        if name.isidentifier() and name != "default"
    )
    return {"program.js": f"{program}\n{told}\n"}


def _as_requirements(source: str) -> str:
    """The source with its imports as calls of require."""

    def required(found: re.Match[str]) -> str:
        call = f'require("{found["module"]}")'
        lines = []
        if found["default"]:
            lines.append(f"const {found['default']} = ((m) => m.default ?? m)({call});")
        if found["space"]:
            lines.append(f"const {found['space'].split()[-1]} = {call};")
        if found["names"] is not None:
            names = re.sub(r"\s+as\s+", ": ", found["names"]).strip()
            lines.append(f"const {{ {names} }} = {call};")
        return " ".join(lines) or f"{call};"

    return _IMPORT.sub(required, source)


_DRIVER = """const framework_KEY = (() => {
  const real = require("node:test"), write = require("fs").writeSync;
  const words = [MARKERS].map(([name, ...halves]) => [new RegExp(name), halves]);
  const ended = new Set(), wrong = new Set();
  const told = (name, body) => async (...given) => {
    try {
      if (body.length < 2) await body(...given);
      else await new Promise((end, fail) => body(given[0], (e) => (e ? fail(e) : end())));
      ended.add(name);
    } catch (error) {
      wrong.add(name);
      throw error;
    }
  };
  process.on("beforeExit", () => {
    for (const [name, halves] of words) {
      const every = [...ended, ...wrong].filter((each) => name.test(each));
      if (every.length && !every.some((each) => wrong.has(each))) {
        write(1, "\\n" + halves.join("-") + "\\n");
      }
    }
    ended.clear();
  });
  const wrapped = (call) => {
    const test = (name, ...rest) => {
      const body = rest.pop();
      return call(name, ...rest, typeof body === "function" ? told(name, body) : body);
    };
    return Object.assign(test, call);
  };
  const test = wrapped(real.test ?? real);
  return Object.assign(test, real, { test, it: wrapped(real.it), default: test });
})();
"""
