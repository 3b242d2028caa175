"""Speed and correctness of the maths verifier beside math-verify, in one run on one core.

    python -m benchmarks.maths [--repeat 3] [--limit N]

The other checker is installed into a virtual environment that is thrown away afterwards. Pairs are
those of tests/data/math, and completions in the manner of GSM8K and MATH that are generated here.
math-verify is called as its documentation advises: golds and answers in maths delimiters.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

DATA = Path(__file__).parent.parent / "tests" / "data" / "math"
MILLISECONDS = 1000.0
OTHER = ("math-verify==0.9.0", "antlr4-python3-runtime==4.13.2")

Row = dict[str, object]


def corpus() -> list[Row]:
    """The pairs of the corpus, each as a completion that ends in a box."""
    rows: list[Row] = []
    for path in sorted(DATA.glob("*.jsonl")):
        if path.stem == "hostile":
            continue
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line:
                row = json.loads(line)
                completion = f"Let us see. The answer is $\\boxed{{{row['answer']}}}$."
                rows.append({"set": "corpus", **row, "completion": completion})
    return rows


def gsm8k_like(count: int) -> list[Row]:
    """Word problems' solutions with a number at the end."""
    source = random.Random(1)
    rows: list[Row] = []
    for _ in range(count):
        value = source.choice([source.randint(1, 99), source.randint(1000, 99999)])
        right = source.random() < 0.5
        given = value if right else value + source.choice([-10, -1, 1, 2, 100])
        steps = "\n".join(
            f"Then she has {left} + {more} = {left + more} of them."
            for left, more in ((source.randint(2, 90), source.randint(2, 90)) for _ in range(6))
        )
        ending = source.choice(["\\boxed{{{0}}}", "The answer is ${0:,}$.", "#### {0}"])
        completion = f"{steps}\n{ending.format(given)}"
        rows.append(
            {"set": "GSM8K-like", "gold": str(value), "completion": completion, "right": right}
        )
    return rows


def math_like(count: int) -> list[Row]:
    """Derivations whose answer is a fraction, a radical, a polynomial or an interval."""
    source = random.Random(2)
    rows: list[Row] = []
    for _ in range(count):
        a, b, c = (source.randint(2, 30) for _ in range(3))
        gold, same, other = source.choice(
            [
                (
                    rf"\frac{{{a}}}{{{b}}}",
                    rf"\frac{{{a * c}}}{{{b * c}}}",
                    rf"\frac{{{a + b}}}{{{b}}}",
                ),
                (rf"{a}\sqrt{{{b}}}", rf"\sqrt{{{a * a * b}}}", rf"{a}\sqrt{{{b + 1}}}"),
                (rf"x^2+{a + b}x+{a * b}", rf"(x+{a})(x+{b})", rf"(x+{a})(x-{b})"),
                (rf"[{a},{a + b})", rf"{a}\le x<{a + b}", rf"({a},{a + b})"),
                (rf"({a},-{b})", rf"\left({a}, -{b}\right)", rf"(-{b},{a})"),
                (
                    rf"\frac{{{a}\pi}}{{{b}}}",
                    rf"\frac{{{a}}}{{{b}}}\pi",
                    rf"\frac{{{b + a}\pi}}{{{b}}}",
                ),
            ]
        )
        right = source.random() < 0.5
        text = f"We compute $x = {a}$ and ${b} + {c}$, so that $y^2 = {a}x + {c}$ follows.\n" * 8
        completion = f"{text}Hence the answer is $\\boxed{{{same if right else other}}}$."
        rows.append({"set": "MATH-like", "gold": gold, "completion": completion, "right": right})
    return rows


def our_checker() -> Callable[[str, str], bool]:
    """Extraction, reading and comparison, as worker processes do them."""
    from verifiers.math.checking import check as check_as_workers_do
    from verifiers.math.patience import check_patiently, prepare

    prepare()

    def check(gold: str, completion: str) -> bool:
        checked = check_as_workers_do(completion, [gold], "auto", "{}")
        if "costly_s" in checked:
            checked = check_patiently(completion, [gold], "auto", "{}")
        return checked.get("right", False)

    return check


def other_checker() -> Callable[[str, str], bool]:
    """math-verify with the gold in dollars, which its documentation asks for."""
    from math_verify import parse, verify  # type: ignore[import-not-found]

    def check(gold: str, completion: str) -> bool:
        return bool(verify(parse(f"${gold}$"), parse(completion)))

    return check


def measure(rows: list[Row], check: Callable[[str, str], bool]) -> list[dict[str, object]]:
    """Verdict and CPU seconds of each check."""
    results: list[dict[str, object]] = []
    for row in rows:
        started = time.process_time()
        try:
            verdict: bool | None = check(str(row["gold"]), str(row["completion"]))
        except Exception:  # a checker that raises is counted, whatever it raises
            verdict = None
        cpu_s = time.process_time() - started
        results.append(
            {
                "set": row["set"],
                "ok": verdict is row["right"],
                "verdict": verdict,
                "right": row["right"],
                "cpu_s": cpu_s,
            }
        )
    return results


def other_results(rows: list[Row], folder: Path) -> list[dict[str, object]]:
    """The other checker's results, from a process in an environment of its own."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *OTHER], check=True)
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    command = [str(python), __file__, "--child", str(folder / "rows.json")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    results: list[dict[str, object]] = json.loads(done.stdout.rpartition("\n@")[2])
    return results


def report(name: str, results: list[dict[str, object]]) -> float:
    """Print a line of the table for each set; returns checks per CPU second over all."""
    sets = sorted({str(result["set"]) for result in results})
    for subset in [*sets, "all"]:
        chosen = [one for one in results if subset in (one["set"], "all")]
        times = sorted(float(str(one["cpu_s"])) for one in chosen)
        right = sum(bool(one["ok"]) for one in chosen) / len(chosen)
        accepted = sum(one["verdict"] is True and not one["right"] for one in chosen)
        rate = len(times) / sum(times)
        print(
            f"{name:12} {subset:11} {len(times):6} {right:8.2%} {accepted:6} "
            f"{times[len(times) // 2] * MILLISECONDS:9.3f} "
            f"{times[int(len(times) * 0.9)] * MILLISECONDS:9.3f} "
            f"{times[int(len(times) * 0.99)] * MILLISECONDS:9.3f} "
            f"{times[-1] * MILLISECONDS:9.1f} {rate:10.0f}"
        )
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--limit", type=int, default=None, help="only that many pairs of each set")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if arguments.child:
        rows = json.loads(Path(arguments.child).read_text(encoding="utf-8"))
        check = other_checker()
        check("1", "$1$")
        print("\n@" + json.dumps(measure(rows, check)))
        return
    limit = arguments.limit
    rows = corpus()[:limit] + gsm8k_like(limit or 1000) + math_like(limit or 1000)
    check = our_checker()
    check("1", "$1$")
    ours = measure(rows, check)
    with tempfile.TemporaryDirectory() as folder:
        other = other_results(rows, Path(folder))
    print(
        "checker      set          pairs    right  false"
        "    p50 ms    p90 ms    p99 ms    max ms   checks/s"
    )
    rate, other_rate = report("rewardbox", ours), report("math-verify", other)
    print(f"rewardbox makes {rate / other_rate:.0f} times the checks per second of one core")


if __name__ == "__main__":
    main()
