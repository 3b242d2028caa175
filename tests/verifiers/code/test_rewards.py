"""From what programs did to a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import Compilation, Execution, Status
from sandbox.testing import exited, printed, stopped
from verifiers import Options, Verdict
from verifiers.code import rewards
from verifiers.code.rewards import test_result as result_of

OUTCOMES = {"a": Verdict.ACCEPTED, "w": Verdict.WRONG_ANSWER, "t": Verdict.TIME_LIMIT_EXCEEDED,
            "m": Verdict.MEMORY_LIMIT_EXCEEDED, "o": Verdict.OUTPUT_LIMIT_EXCEEDED,
            "r": Verdict.RUNTIME_ERROR, "v": Verdict.VIOLATION}  # fmt: skip


def aggregate(letters, *, reward="all", weights=(), groups=(), total=None):
    """The score of tests that ended as the letters say."""
    tests = [
        result_of(index, printed(""), OUTCOMES[letter], "", preview_bytes=10)
        for index, letter in enumerate(letters)
    ]
    total = len(tests) if total is None else total
    return rewards.aggregate(
        tests, total=total, options=Options(reward=reward), weights=weights, groups=groups
    )


@pytest.mark.parametrize(
    ("execution", "verdict", "end"),
    [
        (printed("3"), None, "exit code 0"),
        (exited(3, stdout="3"), "runtime_error", "exit code 3"),
        (Execution(status=Status.EXITED), "runtime_error", "exit code None"),
        (
            Execution(status=Status.SIGNALLED, signal=11, stdout=b"3"),
            "runtime_error",
            "ended by SIGSEGV",
        ),
        (
            Execution(status=Status.SIGNALLED, signal=63, stdout=b"3"),
            "runtime_error",
            "ended by signal 63",
        ),
        *[
            (stopped(status), status.value, status.value.replace("_", " "))
            for status in Status
            if status not in (Status.EXITED, Status.SIGNALLED)
        ],
        (
            stopped(Status.TIME_LIMIT_EXCEEDED, message="used 2 s"),
            "time_limit_exceeded",
            "used 2 s",
        ),
    ],
)
def test_only_a_run_that_ended_well_has_no_fault(execution, verdict, end):
    assert rewards.fault_of(execution) == verdict
    assert rewards.end_of(execution) == end


@pytest.mark.parametrize(
    ("letters", "reward", "verdict"),
    [("aaa", 1.0, "accepted"), ("aaw", 0.0, "wrong_answer"), ("wrtmov", 0.0, "violation"),
     ("wrtmo", 0.0, "output_limit_exceeded"), ("wrtm", 0.0, "memory_limit_exceeded"),
     ("wrt", 0.0, "time_limit_exceeded"), ("wr", 0.0, "runtime_error")],
)  # fmt: skip
def test_all_is_everything_or_nothing_and_the_worst_verdict(letters, reward, verdict):
    score = aggregate(letters)
    assert (score.reward, score.verdict) == (reward, verdict)


def test_every_verdict_has_its_place():
    assert sorted(rewards.WORST_FIRST) == sorted(Verdict)


@pytest.mark.parametrize(
    ("letters", "reward", "verdict"),
    [("aa", 1.0, "accepted"), ("aw", 0.5, "partial"), ("at", 0.5, "partial"),
     ("ww", 0.0, "wrong_answer"), ("rw", 0.0, "runtime_error"), ("av", 0.0, "violation")],
)  # fmt: skip
def test_a_fraction_is_partial_but_never_for_a_violation(letters, reward, verdict):
    score = aggregate(letters, reward="fraction")
    assert (score.reward, score.verdict) == (reward, verdict)


def test_tests_that_were_not_run_did_not_pass():
    assert aggregate("aw", reward="fraction", total=4).reward == 0.25
    assert aggregate("aa", reward="fraction", total=4).verdict == "partial"
    assert aggregate("aa", total=4).reward == 0.0
    assert aggregate("", total=2).verdict == "wrong_answer"


@pytest.mark.parametrize(
    ("letters", "weights", "reward", "verdict"),
    [("aw", [3, 1], 0.75, "partial"), ("wa", [3, 1], 0.25, "partial"),
     ("aw", [1, 0], 1.0, "accepted"), ("aw", [0, 1], 0.0, "wrong_answer"),
     ("aaa", [0.1, 0.1, 0.1], 1.0, "accepted"), ("aw", [1e308, 1e308], 0.5, "partial")],
)  # fmt: skip
def test_weights_are_shares(letters, weights, reward, verdict):
    score = aggregate(letters, reward="weighted", weights=weights)
    assert (score.reward, score.verdict) == (reward, verdict)


def test_rounding_never_makes_up_for_a_test_that_failed():
    score = aggregate("aw", reward="weighted", weights=[1, 1e-300])
    assert score.reward < 1
    assert score.verdict == "partial"


def test_weights_do_not_count_unless_asked_for():
    assert aggregate("aw", reward="fraction", weights=[9, 1]).reward == 0.5
    assert aggregate("aw", reward="all", weights=[1, 0]).reward == 0.0


@given(
    st.text(alphabet="awtmorv", min_size=1, max_size=8),
    st.sampled_from(["all", "fraction", "weighted"]),
    st.integers(0, 3),
)
def test_a_reward_is_full_if_and_only_if_everything_passed(letters, reward, left_out):
    total = len(letters) + left_out
    score = aggregate(letters, reward=reward, total=total, weights=[1.0] * total)
    assert (score.reward == 1.0) == score.passed == (set(letters) == {"a"} and not left_out)
    assert (score.verdict == "partial") == (0 < score.reward < 1)


def test_the_message_tells_how_many_passed_and_which_failed_first():
    assert aggregate("aaa").message == "3 of 3 tests passed"
    assert aggregate("awr", total=5).message == (
        "1 of 5 tests passed, 2 not run; test 1: wrong answer"
    )


@pytest.mark.parametrize(
    ("options", "stops"),
    [({}, True), ({"reward": "fraction"}, False), ({"reward": "weighted"}, False),
     ({"stop_on_failure": False}, False), ({"reward": "fraction", "stop_on_failure": True}, True)],
)  # fmt: skip
def test_stops_at_a_failure_where_nothing_is_left_to_win(options, stops):
    assert rewards.stops_on_failure(Options(**options)) is stops


@pytest.mark.parametrize(
    ("data", "limit", "end", "shown"),
    [(b"abc", 10, False, "abc"), (b"abc", 2, False, "ab"), (b"abc", 2, True, "bc"),
     (b"abc", 0, False, ""), (b"abc", 0, True, ""), ("äö".encode(), 3, False, "ä"),
     ("äö".encode(), 3, True, "ö"), (b"a\xffb", 10, False, "a\ufffdb"),
     (b"a\xc3", 2, False, "a")],
)  # fmt: skip
def test_a_preview_is_the_first_or_last_part_in_whole_characters(data, limit, end, shown):
    assert rewards.preview(data, limit, end=end) == shown


@given(
    st.binary(max_size=50) | st.text(max_size=20).map(str.encode), st.integers(0, 30), st.booleans()
)
def test_a_preview_is_never_longer_than_allowed(data, limit, end):
    assert len(rewards.preview(data, limit, end=end).encode()) <= limit


@given(st.text(max_size=20), st.integers(0, 30))
def test_a_preview_of_text_is_part_of_it(text, limit):
    data = text.encode()
    assert text.startswith(rewards.preview(data, limit))
    assert text.endswith(rewards.preview(data, limit, end=True))


def test_a_result_carries_what_was_measured():
    execution = exited(1, stdout="out", stderr="x" * 100 + "the cause", cpu_s=0.5)
    result = result_of(4, execution, Verdict.RUNTIME_ERROR, "exit code 1", preview_bytes=9)
    assert (result.index, result.reward, result.cpu_s, result.exit_code) == (4, 0.0, 0.5, 1)
    assert (result.stdout, result.stderr) == ("out", "the cause")


@pytest.mark.parametrize(
    ("execution", "said"),
    [(exited(1, stderr="line 3: no such name"), "line 3: no such name"),
     (exited(1, stdout="error on stdout"), "error on stdout"), (exited(2), "exit code 2"),
     (stopped(Status.TIME_LIMIT_EXCEEDED), "time limit exceeded")],
)  # fmt: skip
def test_a_program_that_does_not_compile_is_told_why(execution, said):
    compilation = Compilation(execution=execution)
    score = rewards.compile_failure(compilation, total=3, preview_bytes=1024)
    assert (score.reward, score.verdict, score.tests) == (0.0, "compile_error", [])
    assert said in score.message


@pytest.mark.parametrize(
    ("letters", "reward"),
    [("aaaa", 1.0), ("awaa", 2 / 4), ("aaaw", 2 / 4), ("waaa", 2 / 4), ("wawa", 0.0), ("aaa", 0.5)],
)
def test_a_group_earns_what_its_worst_test_earns(letters, reward):
    score = aggregate(letters, total=4, reward="fraction", groups=["a", "a", "b", "b"])
    assert score.reward == pytest.approx(reward)
    assert score.passed is (reward == 1)


def test_a_test_of_no_weight_spoils_no_group():
    score = aggregate("wat", reward="weighted", weights=[0, 3, 1], groups=["a", "a", None])
    assert score.reward == pytest.approx(3 / 4)


def test_a_test_that_earns_a_part():
    part = result_of(0, printed(""), Verdict.PARTIAL, "", preview_bytes=9)
    part = part.model_copy(update={"reward": 0.5})
    for reward, expected, verdict in (
        ("fraction", 0.5, Verdict.PARTIAL),
        ("all", 0.0, Verdict.WRONG_ANSWER),
    ):
        score = rewards.aggregate([part], total=1, options=Options(reward=reward))
        assert (score.reward, score.verdict) == (expected, verdict)
