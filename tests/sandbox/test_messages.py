"""What the host says to agents, and how little it believes of what they say."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import messages
from sandbox.agent.protocol import VERSION, ProtocolError
from sandbox.types import Execution, Harness, Invocation, Limits, Party, Status

EXECUTION = {
    "status": "exited",
    "exit_code": 3,
    "signal": None,
    "cpu_s": 0.25,
    "wall_s": 1,
    "memory_bytes": 4096,
    "message": "",
}


def ran(**changes):
    return messages.read_ran({"execution": EXECUTION | changes}, [b"out", b"err"])


def test_an_execution_is_read_whole():
    assert ran() == Execution(
        status=Status.EXITED,
        exit_code=3,
        stdout=b"out",
        stderr=b"err",
        cpu_s=0.25,
        wall_s=1.0,
        memory_bytes=4096,
    )


def test_memory_may_be_unknown():
    assert ran(memory_bytes=None).memory_bytes is None


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "accepted"},
        {"status": None},
        {"status": ["exited"]},
        {"exit_code": None},
        {"exit_code": -1},
        {"exit_code": 256},
        {"exit_code": True},
        {"exit_code": "0"},
        {"status": "signalled", "signal": None},
        {"status": "signalled", "signal": 0},
        {"status": "signalled", "signal": 65},
        {"cpu_s": -0.1},
        {"cpu_s": math.nan},
        {"wall_s": math.inf},
        {"wall_s": None},
        {"wall_s": "1"},
        {"wall_s": True},
        {"memory_bytes": -1},
        {"memory_bytes": 1.5},
        {"memory_bytes": 2**60},
        {"message": None},
        {"message": "x" * 10_001},
    ],
    ids=repr,
)
def test_an_impossible_execution_is_refused(changes):
    with pytest.raises(ProtocolError):
        ran(**changes)


@pytest.mark.parametrize("blobs", [[], [b""], [b"", b"", b""]], ids=len)
def test_an_execution_has_two_outputs(blobs):
    with pytest.raises(ProtocolError, match="blobs"):
        messages.read_ran({"execution": EXECUTION}, blobs)


@pytest.mark.parametrize("execution", [None, [], "exited"])
def test_an_execution_is_an_object(execution):
    with pytest.raises(ProtocolError):
        messages.read_ran({"execution": execution}, [b"", b""])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    header=st.fixed_dictionaries(
        {"op": st.text()},
        optional={
            "execution": JSON | st.fixed_dictionaries({key: JSON for key in EXECUTION}),
            "compilation": JSON,
            "executions": JSON,
            "clean": JSON,
            "version": JSON,
            "python": JSON,
            "walls": JSON,
            "detail": JSON,
        },
    ),
    read=st.sampled_from(
        [
            messages.read_hello,
            messages.read_opened,
            messages.read_compiled,
            messages.read_ran,
            messages.read_paired,
            messages.read_clean,
        ]
    ),
)
def test_nothing_that_an_agent_says_makes_more_trouble_than_being_refused(header, read):
    with contextlib.suppress(ProtocolError):  # any other exception would take the pool down
        read(header, [b"", b""])


def test_lone_surrogates_do_not_get_any_further():
    assert ran(message="no \udcff").message == "no ?"


def test_a_pair_has_two_executions_and_the_first_a_report():
    blobs = [b"out1", b"err1", b"report", b"out2", b"err2", b""]
    first, second = messages.read_paired({"executions": [EXECUTION, EXECUTION]}, blobs)
    assert (first.stdout, first.stderr, first.report) == (b"out1", b"err1", b"report")
    assert (second.stdout, second.stderr, second.report) == (b"out2", b"err2", b"")


@pytest.mark.parametrize("executions", [None, [], [EXECUTION], [EXECUTION] * 3])
def test_anything_else_is_no_pair(executions):
    with pytest.raises(ProtocolError):
        messages.read_paired({"executions": executions}, [b""] * 6)


HELLO = {"op": "hello", "version": VERSION, "python": "3.13.5", "walls": ["seccomp"]}


def test_an_agent_introduces_itself():
    hello = messages.read_hello(HELLO, [])
    assert hello == messages.Hello(python="3.13.5", walls=("seccomp",))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"op": "broken", "detail": "no memory"}, "no memory"),
        ({"op": "ran"}, "hello"),
        ({"version": VERSION + 1}, "same release"),
        ({"python": None}, "python"),
        ({"walls": "seccomp"}, "walls"),
        ({"walls": [1]}, "walls"),
    ],
)
def test_an_agent_that_introduces_itself_badly_is_refused(changes, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        messages.read_hello(HELLO | changes, [])


def test_a_run_carries_its_input_first_and_then_its_files():
    header, blobs = messages.run_request(
        7,
        2,
        messages.Command(argv=("{dir}/main",), env={"A": "b"}),
        Invocation(stdin=b"in", args=("x",), files={"a": b"1", "b": b"2"}),
        Limits(cpu_s=2),
    )
    assert blobs == [b"in", b"1", b"2"]
    assert (header["id"], header["index"], header["files"]) == (7, 2, ["a", "b"])
    assert (header["argv"], header["args"], header["env"]) == (("{dir}/main",), ("x",), {"A": "b"})
    assert header["limits"]["wall_s"] == 11


def test_a_pair_carries_the_blobs_of_its_first_party_before_those_of_the_second():
    harness = Harness(modules=(("m", "source"),), entry="m:main")
    first = Party(harness=harness, payload=b"p1", stdin=b"s1", files={"a": b"f1"})
    second = Party(harness=harness, payload=b"p2", stdin=b"s2")
    header, blobs = messages.pair_request(1, [(first, "h", ("numpy",)), (second, "h", ())])
    assert blobs == [b"p1", b"s1", b"f1", b"p2", b"s2"]
    assert [party["preload"] for party in header["parties"]] == [("numpy",), ()]
    assert header["parties"][0]["entry"] == "m:main"
