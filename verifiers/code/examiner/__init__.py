"""Tests in the form of code, run apart from the program they judge.

An examiner process runs the tests; a candidate process holds the program. The modules below are
sent to runners as the text of a Harness, and import nothing but the standard library.
"""

from pathlib import Path

from sandbox import Harness

_PACKAGE = "rewardbox_examination"
_MODULES = (
    *("arrays", "times", "frames", "containers", "parts", "sharing", "codec", "raisable"),
    *("errors", "link", "specials", "peer", "derived", "equality", "streams", "guests", "decoys"),
    *("closeness", "proxies", "judgements", "methods", "wrapping", "asking", "assertions"),
    *("libraries", "emptiness", "names", "reading", "luck", "reach", "candidate", "examiner"),
)
"""In an order in which each imports only those before it."""


def _harness(entry: str) -> Harness:
    folder = Path(__file__).parent
    sources = [(f"{_PACKAGE}.{name}", (folder / f"{name}.py").read_text()) for name in _MODULES]
    return Harness(modules=((_PACKAGE, ""), *sources), entry=f"{_PACKAGE}.{entry}:main")


EXAMINER = _harness("examiner")
CANDIDATE = _harness("candidate")
