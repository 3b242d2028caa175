"""What the host says to agents, and how little it believes of what they say."""

import contextlib
import functools
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
    header = {"executions": [EXECUTION | changes], "kept": [[]]}
    (execution,) = messages.read_ran(header, [b"out", b"err"], keep=[()])
    return execution


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
        messages.read_ran({"executions": [EXECUTION], "kept": [[]]}, blobs, keep=[()])


@pytest.mark.parametrize("execution", [None, [], "exited"])
def test_an_execution_is_an_object(execution):
    with pytest.raises(ProtocolError):
        messages.read_ran({"executions": [execution], "kept": [[]]}, [b"", b""], keep=[()])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    header=st.fixed_dictionaries(
        {"op": st.text()},
        optional={
            "executions": JSON
            | st.lists(JSON | st.fixed_dictionaries({key: JSON for key in EXECUTION}), max_size=2),
            "compilation": JSON,
            "kept": JSON | st.lists(st.just("main")) | st.lists(st.lists(st.just("main"))),
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
            functools.partial(messages.read_compiled, keep=["main"]),
            functools.partial(messages.read_ran, keep=[("main",)]),
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


def compiled(kept, *contents):
    blobs = [b"out", b"err", *contents]
    header = {"compilation": EXECUTION | {"exit_code": 0}, "kept": kept}
    return messages.read_compiled(header, blobs, keep=("main", "main.dat"))


def test_a_compiler_leaves_files():
    execution, files = compiled(["main"], b"binary")
    assert (execution.stdout, execution.stderr) == (b"out", b"err")
    assert files == {"main": b"binary"}


def test_what_a_compiler_left_may_stay_where_it_is():
    assert compiled(None)[1] is None


@pytest.mark.parametrize(
    ("kept", "contents"),
    [
        (["main"], []),
        ([], [b"x"]),
        (None, [b"x"]),
        (["main.cpp"], [b"x"]),
        (["../main"], [b"x"]),
        ([["main"]], [b"x"]),
        ("main", [b"x"]),
        (True, []),
    ],
)
def test_what_a_compiler_cannot_have_left_is_refused(kept, contents):
    with pytest.raises(ProtocolError):
        compiled(kept, *contents)


HELLO = {
    "op": "hello",
    "version": VERSION,
    "python": "3.13.5",
    "walls": ["seccomp"],
    "toolchains": "x86_64 1234",
}


def test_an_agent_introduces_itself():
    hello = messages.read_hello(HELLO, [])
    assert hello == messages.Hello(python="3.13.5", walls=("seccomp",), toolchains="x86_64 1234")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"op": "broken", "detail": "no memory"}, "no memory"),
        ({"op": "ran"}, "hello"),
        ({"version": VERSION + 1}, "same release"),
        ({"python": None}, "python"),
        ({"walls": "seccomp"}, "walls"),
        ({"walls": [1]}, "walls"),
        ({"toolchains": None}, "toolchains"),
    ],
)
def test_an_agent_that_introduces_itself_badly_is_refused(changes, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        messages.read_hello(HELLO | changes, [])


def test_a_run_carries_its_input_first_and_then_its_files():
    invocation = Invocation(stdin=b"in", args=("x",), files={"a": b"1", "b": b"2"}, keep=("c",))
    turn = messages.Turn(
        program=1,
        command=messages.Command(argv=("{dir}/main",), env={"A": "b"}),
        invocation=invocation,
        limits=Limits(cpu_s=2),
    )
    header, blobs = messages.run_request(7, 2, [turn])
    assert blobs == [b"in", b"1", b"2"]
    assert (header["id"], header["index"]) == (7, 2)
    (party,) = header["parties"]
    assert (party["program"], party["files"], party["keep"]) == (1, ["a", "b"], ("c",))
    assert (party["argv"], party["args"], party["env"]) == (("{dir}/main",), ("x",), {"A": "b"})
    assert party["limits"]["wall_s"] == 11


def test_files_that_were_kept_are_those_asked_for():
    header = {"executions": [EXECUTION] * 2, "kept": [["a"], []]}
    blobs = [b"o", b"e", b"A", b"o2", b"e2"]
    first, second = messages.read_ran(header, blobs, keep=[("a", "b"), ("c",)])
    assert (first.files, second.files, second.stdout) == ({"a": b"A"}, {}, b"o2")
    for keep in ([("b",), ()], [("a",)], [(), ("a",)]):
        with pytest.raises(ProtocolError):
            messages.read_ran(header, blobs, keep=keep)
    with pytest.raises(ProtocolError):
        messages.read_ran(header, blobs[:2], keep=[("a", "b"), ("c",)])


def test_a_pair_carries_the_blobs_of_its_first_party_before_those_of_the_second():
    harness = Harness(modules=(("m", "source"),), entry="m:main")
    first = Party(harness=harness, payload=b"p1", stdin=b"s1", files={"a": b"f1"})
    second = Party(harness=harness, payload=b"p2", stdin=b"s2")
    header, blobs = messages.pair_request(1, [(first, "h", ("numpy",)), (second, "h", ())])
    assert blobs == [b"p1", b"s1", b"f1", b"p2", b"s2"]
    assert [party["preload"] for party in header["parties"]] == [("numpy",), ()]
    assert header["parties"][0]["entry"] == "m:main"
