"""The verifier `dataset`: judges rows of datasets as they are, each by the one that fits it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

from verifiers.base import Options, Score, Tools
from verifiers.code.datasets.families import read
from verifiers.code.datasets.rows import with_options


class DatasetOptions(Options):
    """Options of whichever verifier judges the row."""

    model_config = ConfigDict(extra="allow")


class DatasetVerifier:
    name = "dataset"
    summary = "Judges a row of a public dataset as it is, by the verifier that fits it."
    reference_type: Any = dict[str, Any] | list[Any] | str
    options_model: type[Options] = DatasetOptions
    example: Mapping[str, Any] = {
        "completion": "She sold 48 in April and 24 in May, so \\boxed{72}.",
        "reference": {
            "question": "Natalia sold 48 clips in April, and half as many in May. How many in all?",
            "answer": "48 / 2 = 24 in May, 48 + 24 = 72 in all.\n#### 72",
        },
    }

    async def verify(
        self, completion: str, reference: Any, options: Options, tools: Tools
    ) -> Score:
        """Raises InvalidReference for a row that is of no known shape, broken or ambiguous."""
        reading = await asyncio.to_thread(read, reference)
        asked = with_options(reading, options.model_dump(exclude_unset=True))
        return await tools.verify(reading.verifier, completion, reading.reference, asked)
