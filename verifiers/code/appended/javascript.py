"""Tests appended to programs in JavaScript and TypeScript."""

import re

from verifiers.code.appended.parts import Parts

_EXPORT = re.compile(
    r"^export\s+(?:default\s+)?(?=(?:async\s+)?(?:function|class|const|let|var|interface|type|enum)\b)",
    re.MULTILINE,
)
_EXPORT_LIST = re.compile(r"^export\s*\{[^}]*\}.*$|^export\s+default\s+\w+;?[ \t]*$", re.MULTILINE)
_DECLARE_REQUIRE = re.compile(r"^declare\s+(?:var|let|const|function)\s+require\b.*$", re.MULTILINE)


def join_javascript(parts: Parts, *, typed: bool) -> str:
    key = parts.key[24:]
    first, second = parts.halves(0)
    program = _EXPORT_LIST.sub("", _EXPORT.sub("", parts.program))
    tests = _EXPORT_LIST.sub("", _EXPORT.sub("", _DECLARE_REQUIRE.sub("", parts.tests)))
    head = "// @ts-nocheck\n" if typed else ""
    return f"""{head}const driver_{key} = (() => {{
  const write = require("fs").writeSync, on = process.on.bind(process);
  const assert = require("assert");
  const keep = (holder, name, value) =>
    Object.defineProperty(holder, name, {{ get: () => value, set: () => {{}} }});
  for (const name of [...Object.keys(assert), "strict"]) keep(assert, name, assert[name]);
  keep(console, "assert", (held, ...words) => {{
    if (!held) throw new Error("assertion failed: " + words.join(" "));
  }});
  return (text) => {{
    let told = false;
    on("beforeExit", () => {{
      if (!told && !process.exitCode) write(1, text());
      told = true;
    }});
  }};
}})();
{parts.setup}
{program}
{{
{tests}
driver_{key}(() => "\\n" + ["{first}", "{second}"].join("-") + "\\n");
}}
"""
