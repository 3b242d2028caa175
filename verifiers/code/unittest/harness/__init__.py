"""The examiner of Python test files: modules that are sent to runners beside the examiner's own."""

from pathlib import Path

from sandbox import Harness
from verifiers.code.examiner import CANDIDATE, EXAMINER

_ROOT = "rewardbox_test_files"
_MODULES = (
    "closeness",
    "raising",
    "marks",
    "patching",
    "fixtures",
    "stand_in",
    "mocking",
    "cases",
    "suite",
)


def _modules() -> tuple[tuple[str, str], ...]:
    """The examiner's modules and these, in packages that lie to each other as they do here."""
    package = EXAMINER.modules[0][0]
    examiner = [
        (name.replace(package, f"{_ROOT}.examiner", 1), text) for name, text in EXAMINER.modules
    ]
    folder = Path(__file__).parent
    own = f"{_ROOT}.unittest.harness"
    texts = [(f"{own}.{name}", (folder / f"{name}.py").read_text()) for name in _MODULES]
    return ((_ROOT, ""), *examiner, (f"{_ROOT}.unittest", ""), (own, ""), *texts)


TEST_FILE_EXAMINER = Harness(modules=_modules(), entry=f"{_ROOT}.unittest.harness.suite:main")
TEST_FILE_CANDIDATE = Harness(
    modules=TEST_FILE_EXAMINER.modules,
    entry=f"{_ROOT}.examiner.{CANDIDATE.entry.rpartition('.')[2]}",
)
