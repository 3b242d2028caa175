"""Submissions for a soak: each with a nonce that must come back, and the verdict it deserves."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

MIB = 1024 * 1024
LIMITS = {"cpu_s": 0.5, "memory_bytes": 96 * MIB, "output_bytes": MIB}
"""Of what runs in Python; other languages get the service's."""
_COMMENT = {"python": "#", "javascript": "//", "bash": "#"}
"""Of those that are not compiled."""


@dataclass(frozen=True)
class Kind:
    """Submissions of one sort: a program that is given a nonce, and the verdict it deserves."""

    name: str
    verdict: str
    source: str
    language: str = "python"
    weight: int = 1
    limits: dict[str, float] = field(default_factory=dict)

    def item(self, nonce: int) -> dict[str, Any]:
        # The nonce of compiled programs is in their input only, or each would be compiled.
        comment = _COMMENT.get(self.language)
        mark = f"\n{comment} {nonce}" if comment else ""
        limits = {**(LIMITS if self.language == "python" else {}), **self.limits}
        return {
            "id": f"{self.name} {nonce}",
            "verifier": "code.stdio",
            "completion": self.source + mark,
            "reference": {"tests": [{"stdin": f"{nonce}\n", "stdout": f"{nonce}\n{2 * nonce}\n"}]},
            "options": {"language": self.language, "extract": "whole", "limits": limits},
        }

    def came_back(self, nonce: int, result: dict[str, Any]) -> bool:
        """Whether the result is that of this submission."""
        told = result["tests"][0]["stdout"] if result["tests"] else ""
        return result["id"] == f"{self.name} {nonce}" and told.startswith(f"{nonce}\n")


_ECHO = "n = int(input())\nprint(n, flush=True)\n"

#: Programs that print a number and its double, or, with ` + 1` in place of MORE, not its double.
_DOUBLES = {
    "c": r"""#include <stdio.h>
int main(void) { int n; if (scanf("%d", &n) != 1) return 1; printf("%d\n%d\n", n, 2 * nMORE); }""",
    "cpp": r"""#include <cstdio>
int main() { int n; if (scanf("%d", &n) != 1) return 1; printf("%d\n%d\n", n, 2 * nMORE); }""",
    "java": """import java.util.Scanner;
public class Main {
    public static void main(String[] arguments) {
        int n = new Scanner(System.in).nextInt();
        System.out.println(n);
        System.out.println(2 * nMORE);
    }
}""",
    "go": """package main
import "fmt"
func main() { var n int; fmt.Scan(&n); fmt.Println(n); fmt.Println(2 * nMORE) }""",
    "rust": """use std::io;
fn main() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    let n: i64 = line.trim().parse().unwrap();
    println!("{}", n);
    println!("{}", 2 * nMORE);
}""",
    "javascript": """const n = +require('fs').readFileSync(0, 'utf8');
console.log(n);
console.log(2 * nMORE);""",
    "typescript": """import { readFileSync } from 'fs';
const n: number = +readFileSync(0, 'utf8');
console.log(n);
console.log(2 * nMORE);""",
    "bash": "read n\necho $n\necho $((2 * nMORE))",
}
_WEIGHTS = {"cpp": (10, 5)}
"""Right and wrong ones, of those that are not as rare as others."""


def _doubling(language: str, source: str) -> tuple[Kind, Kind]:
    right, wrong = _WEIGHTS.get(language, (3, 2))
    one, other = source.replace("MORE", ""), source.replace("MORE", " + 1")
    return (
        Kind(f"right in {language}", "accepted", one, language, weight=right),
        Kind(f"wrong in {language}", "wrong_answer", other, language, weight=wrong),
    )


KINDS = (
    Kind("right", "accepted", _ECHO + "print(2 * n)", weight=40),
    Kind("wrong", "wrong_answer", _ECHO + "print(2 * n + 1)", weight=20),
    *(kind for language, source in _DOUBLES.items() for kind in _doubling(language, source)),
    Kind("loop", "time_limit_exceeded", _ECHO + "while True: pass", limits={"cpu_s": 0.1}),
    Kind("memory", "memory_limit_exceeded", _ECHO + "a = []\nwhile True: a.append(b'x' * 2**20)"),
    Kind("crash", "runtime_error", _ECHO + "import os; os.abort()", weight=2),
    Kind("raise", "runtime_error", _ECHO + "1 / 0", weight=3),
    Kind("flood", "output_limit_exceeded", _ECHO + "while True: print('x' * 2**16)"),
    Kind(
        "orphan", "accepted", _ECHO + "import os\nif os.fork():\n print(2 * n)\nelse:\n os.setsid()"
    ),
)


class Maths(Kind):
    """No program."""

    def item(self, nonce: int) -> dict[str, Any]:
        return {
            "id": f"{self.name} {nonce}",
            "verifier": "math",
            "completion": f"So it is \\boxed{{{nonce}}}.",
            "reference": f"\\frac{{{2 * nonce}}}{{2}}",
        }

    def came_back(self, nonce: int, result: dict[str, Any]) -> bool:
        told: tuple[str, str] = result["id"], result["extracted"]
        return told == (f"{self.name} {nonce}", str(nonce))


MATHS = Maths("maths", "accepted", "", weight=20)


def kinds(languages: Collection[str]) -> list[Kind]:
    """Those in these languages, and maths."""
    return [*(kind for kind in KINDS if kind.language in languages), MATHS]
