"""Programs that are made to hurt compilers other than C++'s, whose bombs are among the programs."""

import os
import shutil
from dataclasses import replace

import pytest

from sandbox import Invocation, Program, SandboxConfig, Status, start

pytestmark = pytest.mark.anyio

_COMMON = SandboxConfig(
    slots=1, spares=0, image=os.environ.get("REWARDBOX_FULL_IMAGE", "rewardbox-runner:full")
)
COMPILERS = {
    "java": "javac",
    "go": "go",
    "rust": "rustc",
    "typescript": "tsc",
    "kotlin": "kotlinc",
    "scala": "scalac",
    "haskell": "ghc",
    "d": "ldc2",
    "csharp": "mcs",
    "ocaml": "ocamlopt",
    "swift": "swiftc",
    "pascal": "fpc",
    "fortran": "gfortran",
}
STOPPED = {
    Status.EXITED,
    Status.SIGNALLED,
    Status.TIME_LIMIT_EXCEEDED,
    Status.MEMORY_LIMIT_EXCEEDED,
    Status.OUTPUT_LIMIT_EXCEEDED,
}

BOMBS = {
    "a string constant that doubles with each line": (
        "java",
        "public class Main { static final String s0 = \"0123456789abcdef\";\n"
        + "".join(f"static final String s{n + 1} = s{n} + s{n};\n" for n in range(40))
        + "public static void main(String[] a) { System.out.println(s40.length()); } }",
    ),
    "types nested ten thousand deep": (
        "java",
        "import java.util.*; public class Main { "
        + "List<" * 10_000 + "String" + ">" * 10_000 + " x; }",
    ),
    "an array of 1 EB": (
        "go",
        "package main\nvar a [1 << 60]byte\nfunc main() { println(a[5]) }",
    ),
    "linker flags in a comment": (
        "go",
        "package main\n//go:cgo_ldflag \"-o/tmp/x\"\nfunc main() {}",
    ),
    "a macro without end": (
        "rust",
        "macro_rules! m { ($($x:tt)*) => { m!{$($x)* $($x)* x} } } m!{x} fn main() {}",
    ),
    "a constant that takes for ever": (
        "rust",
        "const X: u64 = { let mut n = 0u64; loop { n = n.wrapping_add(1); } };"
        "fn main() { println!(\"{}\", X); }",
    ),
    "a file of the system as text": (
        "rust",
        "fn main() { println!(\"{}\", include_str!(\"/etc/shadow\")); }",
    ),
    "a type without end": (
        "typescript",
        "type Double<T extends any[]> = [...T, ...T];\n"
        "type Grow<T extends any[], N extends any[]> = N extends [any, ...infer Rest] ? "
        "Grow<Double<T>, Rest> : T;\n"
        "type Ten = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];\n"
        "const x: Grow<[1], [...Ten, ...Ten, ...Ten, ...Ten]> = 1;",
    ),
    "a file of the system as a reference": (
        "typescript",
        '/// <reference path="/etc/shadow" />\n/// <reference path="/dev/zero" />\nlet x: y = 1;',
    ),
    "brackets nested ten thousand deep": (
        "kotlin",
        "fun main() { println(" + "(" * 10_000 + "1" + ")" * 10_000 + "); val x: Missing = 1 }",
    ),
    "a search for evidence without end": (
        "scala",
        "class N[A]; trait F[A] { type T }\n"
        "object Main extends App { implicit def f[A](implicit next: F[N[N[A]]]): F[A] = null\n"
        "implicitly[F[N[Int]]]; val x: Missing = 1 }",
    ),
    "a type that doubles with each line": (
        "haskell",
        "main :: IO ()\nmain = putStrLn (f30 ())\nf0 x = (x, x)\n"
        + "".join(f"f{n + 1} x = f{n} (f{n} x)\n" for n in range(30)),
    ),
    "a loop while compiling": (
        "d",
        "ulong f() { ulong n = 0; while (true) n++; return n; }\n"
        "enum x = f();\nvoid main() {}",
    ),
    "a file of the system as a string": (
        "d",
        "void main() { import std.stdio; writeln(import(\"/etc/shadow\")); }",
    ),
    "overloads for nested functions": (
        "csharp",
        "using System; class P {\n"
        "static void F(Func<int, int> f) {} static void F(Func<string, string> f) {}\n"
        "static int M(Func<int, int> f) { return 0; }\n"
        "static string M(Func<string, string> f) { return null; }\n"
        "static void Main() { F(a0 => "
        + "".join(f"M(a{n} => " for n in range(1, 12))
        + "a0.Missing" + ")" * 12 + "; } }",
    ),
    "a type that doubles with each definition": (
        "ocaml",
        "let f0 x = (x, x)\n"
        + "".join(f"let f{n + 1} x = f{n} (f{n} x)\n" for n in range(6))
        + "let () = print_int (f6 1)\n",
    ),
    "a sum of literals of unknown types": (
        "swift",
        "let x: String = " + " + ".join(f"-({n}.0 as? Int ?? 1)" for n in range(40)) + "\nprint(x)",
    ),
    "an array of 1 TB": (
        "pascal",
        "var a: array[0..1099511627776] of byte; begin a[5] := 1; writeln(a[5]); end.",
    ),
    "a file of the system included": (
        "pascal",
        "begin\n{$I /etc/shadow}\nend.",
    ),
    "a huge array with values": (
        "fortran",
        "program p\ninteger :: i\n"
        "integer, parameter :: a(2000000000) = [(i, i = 1, 2000000000)]\n"
        "print *, a(5)\nend program",
    ),
    "another file of the system included": (
        "fortran",
        "program p\ninclude '/etc/shadow'\nend program",
    ),
}  # fmt: skip


def cases():
    """Every bomb in the full image, and in namespaces those whose compilers are on this machine."""
    for name, bomb in BOMBS.items():
        yield pytest.param("docker", *bomb, id=f"{name}-docker", marks=pytest.mark.full_image)
        if shutil.which(COMPILERS[bomb[0]], path="/usr/local/bin:/usr/bin:/bin"):
            yield pytest.param(
                "namespaces", *bomb, id=f"{name}-namespaces", marks=pytest.mark.namespaces
            )


@pytest.mark.timeout(900)  # some compilers may take a minute of CPU time, on a busy machine
@pytest.mark.parametrize(("walls", "language", "source"), list(cases()))
async def test_a_bomb_is_no_more_than_an_error_of_its_own(walls, language, source):
    async with start(replace(_COMMON, launcher=walls)) as sandbox:
        async with sandbox.open(Program(language=language, source=source)) as session:
            compilation = session.compilation
        assert not compilation.succeeded
        assert compilation.execution.status in STOPPED
        assert b"root:" not in compilation.execution.stdout + compilation.execution.stderr

        lost = dict(sandbox.pool.stats.lost)
        honest = Program(language="python", source="print(input())")
        async with sandbox.open(honest) as session:
            assert (await session.run(Invocation(stdin=b"still here"))).stdout == b"still here\n"
        assert (lost, sandbox.pool.stats.launched) == ({}, 1)
