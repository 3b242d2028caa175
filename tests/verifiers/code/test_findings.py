"""Whose doing it is that tests did not come to their end."""

import dataclasses
import json

import pytest

from sandbox import Limits, Status
from sandbox.testing import printed, stopped
from verifiers.base import Verdict
from verifiers.code.findings import told_by
from verifiers.errors import InvalidReference


def examiner(*told):
    """One that ran out of memory after it had told this."""
    report = b"".join(json.dumps(each).encode() + b"\n" for each in told)
    ended = stopped(Status.MEMORY_LIMIT_EXCEEDED, message="used too much memory")
    return dataclasses.replace(ended, report=report)


def fault(*told):
    return told_by(examiner(*told)).fault(printed(""), Limits())


def test_an_examiner_that_fails_has_broken_tests():
    with pytest.raises(InvalidReference, match="used too much memory"):
        fault()
    with pytest.raises(InvalidReference, match="used too much memory"):
        fault({"burdened": True}, {"burdened": False})


def test_one_that_fails_of_what_the_program_sent_has_a_program_that_is_wrong():
    assert fault({"burdened": True})[0] is Verdict.RUNTIME_ERROR
    assert fault({"burdened": True}, {"index": 0, "outcome": "passed", "message": ""})[0] is (
        Verdict.RUNTIME_ERROR
    )
