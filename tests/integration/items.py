"""Items with a nonce in each, which must come back in its own result."""

import random


def stdio(nonce, *, right):
    tests = [{"stdin": f"{nonce}\n", "stdout": f"{nonce}\n{2 * nonce}\n"}] * 2
    program = f"n = int(input())\nprint(n)\nprint(2 * n + {0 if right else 1})"
    return code("python", program, tests)


def cpp(nonce, *, right):
    tests = [{"stdin": f"{nonce}\n", "stdout": f"{nonce}\n{2 * nonce}\n"}]
    program = (
        '#include <cstdio>\nint main() { int n; if (scanf("%d", &n) != 1) return 1;\n'
        f'printf("%d\\n%d\\n", n, 2 * n + {0 if right else 1}); }}'
    )
    return code("cpp", program, tests)


def code(language, program, tests):
    return {
        "verifier": "code.stdio",
        "completion": program,
        "reference": {"tests": tests},
        "options": {"language": language, "extract": "whole", "cache": False},
    }


def asserts(nonce, *, right):
    program = f"def double(n):\n    print(n, flush=True)\n    return 2 * n + {0 if right else 1}\n"
    tests = [f"assert double({nonce}) == {2 * nonce}"]
    return {
        "verifier": "code.asserts",
        "completion": program,
        "reference": {"tests": tests},
        "options": {"extract": "whole", "cache": False},
    }


def maths(nonce, *, right):
    """One that only a worker can decide."""
    gold = f"\\int_0^1 {nonce if right else nonce + 1} x\\,dx"
    return {
        "verifier": "math",
        "completion": f"\\boxed{{\\frac{{{nonce}}}{{2}}}}",
        "reference": gold,
    }


def text(nonce, *, right):
    reference = str(nonce if right else nonce + 1)
    return {"verifier": "text.exact", "completion": str(nonce), "reference": reference}


KINDS = {stdio: 9, asserts: 6, maths: 6, text: 3, cpp: 1}


def batch(size):
    """Items in a random order, each with the reward it deserves as its group."""
    kinds = random.choices(list(KINDS), list(KINDS.values()), k=size)
    nonces = random.sample(range(10**6, 10**7), size)
    items = []
    for number, (kind, nonce) in enumerate(zip(kinds, nonces, strict=True)):
        right = number % 2 == 0
        items.append({**kind(nonce, right=right), "id": f"{nonce} {1.0 if right else 0.0}"})
    return items
