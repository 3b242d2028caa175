"""Tests in the form of code, run apart from the program they judge.

An examiner process runs the tests; a candidate process holds the program. The modules below are
sent to runners as the text of a Harness, and import nothing but the standard library.
"""

from pathlib import Path

from sandbox import Harness

_PACKAGE = "rewardbox_examination"
_MODULES = (
    *("arrays", "parts", "codec", "errors", "link", "peer", "derived", "equality"),
    *("guests", "proxies", "wrapping", "names", "assertions", "candidate", "examiner"),
)


def _harness(entry: str) -> Harness:
    folder = Path(__file__).parent
    sources = [(f"{_PACKAGE}.{name}", (folder / f"{name}.py").read_text()) for name in _MODULES]
    return Harness(modules=((_PACKAGE, ""), *sources), entry=f"{_PACKAGE}.{entry}:main")


EXAMINER = _harness("examiner")
CANDIDATE = _harness("candidate")
