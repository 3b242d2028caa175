"""What is wrong with a value, in the words of those who write JSON."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from app.errors import InvalidRequest
from app.schemas import RunRequest
from app.validation import field_errors, parse_model


class Model(BaseModel):
    name: str


def told(annotation, value):
    """The messages about a value that is none of that type."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return [error.message for error in field_errors(caught.value, value, "")]


@pytest.mark.parametrize("annotation", [Model, dict[str, int], Mapping[str, int]])
def test_what_must_be_an_object(annotation):
    assert told(annotation, [1]) == ["must be an object"]


@pytest.mark.parametrize(
    "annotation", [list[int], tuple[int, ...], set[int], frozenset[int], tuple[int, int]]
)
def test_what_must_be_a_list(annotation):
    assert told(annotation, {"a": 1}) == ["must be a list"]


def test_what_must_be_null():
    assert told(None, "b") == ["must be null"]


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[Sequence[int], Field(min_length=2, max_length=3)],
        Annotated[tuple[int, ...], Field(min_length=2, max_length=3)],
        Annotated[list[int], Field(min_length=2, max_length=3)],
    ],
)
@pytest.mark.parametrize(
    ("value", "message"),
    [([1], "must have at least 2 items"), ([1] * 4, "must have at most 3 items")],
)
def test_how_many_there_must_be(annotation, value, message):
    assert told(annotation, value) == [message]


def test_one_is_no_plural():
    assert told(Annotated[list[int], Field(min_length=1)], []) == ["must have at least 1 item"]


@pytest.mark.parametrize("field", ["args", "files", "limits"])
def test_a_request_is_told_no_names_of_types_of_python(field):
    value: dict[str, Any] = {"language": "python", "source": "", field: 3}

    with pytest.raises(InvalidRequest) as caught:
        parse_model(RunRequest, value)

    (error,) = caught.value.errors
    assert error.field == field
    assert error.message in ("must be a list", "must be an object")
