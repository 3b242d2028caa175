"""Frames, series, indices and scalars of pandas as JSON and back, where pandas is."""

import importlib
import sys
from collections.abc import Callable
from typing import Any

from .times import zone_from, zone_of

Coding = Callable[[Any], Any]

_LONGEST_RANGE = 1_000_000


def encoded_frame(value: Any, encode: Coding) -> dict[str, Any] | None:
    """Anything of pandas that is data; None for anything else."""
    kind = type(value)
    if "pandas" not in sys.modules or kind.__module__.partition(".")[0] != "pandas":
        return None
    pandas = _pandas()
    if kind is pandas.DataFrame:
        columns = [_column(value.iloc[:, place], encode) for place in range(value.shape[1])]
        return {"frame": [_labels(value.columns, encode), _labels(value.index, encode), columns]}
    if kind is pandas.Series:
        column = _column(value, encode)
        return {"series": [encode(value.name), _labels(value.index, encode), column]}
    if isinstance(value, pandas.Index):
        return {"index": _labels(value, encode)}
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        return {"column": _column(pandas.Series(value, dtype=value.dtype), encode)}
    return _encoded_scalar(value, encode)


def _pandas() -> Any:
    return importlib.import_module("pandas")


def _encoded_scalar(value: Any, encode: Coding) -> dict[str, Any] | None:
    pandas, kind = _pandas(), type(value)
    if value is pandas.NaT or value is pandas.NA:
        return {"absent": str(value)}
    if kind is pandas.Timestamp:
        return {"timestamp": [int(value.asm8.view("i8")), value.unit, zone_of(value)]}
    if kind is pandas.Timedelta:
        return {"timedelta64": [int(value.asm8.view("i8")), value.unit]}
    if kind is pandas.Period:
        return {"period": [str(value), value.freqstr]}
    if kind is pandas.Interval:
        return {"interval": [encode(value.left), encode(value.right), value.closed]}
    frequency = _frequency_of(value) if isinstance(value, pandas.offsets.BaseOffset) else None
    return None if frequency is None else {"offset": frequency}


def _column(series: Any, encode: Coding) -> list[Any]:
    """Type and items; of categories also these, and whether they have an order."""
    if str(series.dtype) != "category":
        return [str(series.dtype), [encode(each) for each in series.array]]
    made = series.array
    categories = _labels(made.categories, encode)
    return ["category", made.codes.tolist(), categories, bool(made.ordered)]


def _labels(index: Any, encode: Coding) -> list[Any]:
    """What kind of index, its names, and what it is made of."""
    pandas = _pandas()
    names = list(map(encode, index.names))
    if type(index) is pandas.RangeIndex and len(index) <= _LONGEST_RANGE:
        return ["range", names, index.start, index.stop, index.step]
    if isinstance(index, pandas.MultiIndex):
        levels = [_labels(level, encode) for level in index.levels]
        return ["levels", names, levels, [codes.tolist() for codes in index.codes]]
    of_times = isinstance(index, pandas.DatetimeIndex | pandas.TimedeltaIndex)
    frequency = _frequency_of(index.freq) if of_times else None
    return ["items", names, _column(pandas.Series(index), encode), frequency]


def _frequency_of(offset: Any) -> str | None:
    """The name of a frequency, where that says all of it."""
    name = getattr(offset, "freqstr", None)
    try:
        return name if name and _pandas().tseries.frequencies.to_offset(name) == offset else None
    except ValueError:  # one that has no name of its own
        return None


def _series_from(content: Any, decode: Coding) -> Any:
    name, index, column = content
    return _values_from(column, decode, index=_index_from(index, decode), name=decode(name))


def _frame_from(content: Any, decode: Coding) -> Any:
    columns, index, data = content
    rows = _index_from(index, decode)
    made = [_values_from(column, decode, index=rows) for column in data]
    frame = _pandas().DataFrame(dict(enumerate(made)), index=rows)
    frame.columns = _index_from(columns, decode)
    return frame


def _values_from(column: Any, decode: Coding, **options: Any) -> Any:
    """A series of what `_column` gives."""
    pandas = _pandas()
    dtype, items, *categories = column
    if not categories:
        return pandas.Series(list(map(decode, items)), dtype=dtype, **options)
    labels, ordered = categories
    kind = pandas.CategoricalDtype(_index_from(labels, decode), ordered=ordered is True)
    return pandas.Series(pandas.Categorical.from_codes(items, dtype=kind), **options)


def _index_from(content: Any, decode: Coding) -> Any:
    pandas = _pandas()
    kind, names, *rest = content
    names = list(map(decode, names))
    if kind == "range":
        index = pandas.RangeIndex(*rest, name=names[0])
        if len(index) > _LONGEST_RANGE:
            raise ValueError("too long a range")
        return index
    if kind == "levels":
        levels, codes = rest
        made = [_index_from(level, decode) for level in levels]
        return pandas.MultiIndex(made, codes, names=names)
    column, frequency = rest
    values = _values_from(column, decode).array
    index = pandas.Index(values, dtype=values.dtype, name=names[0], tupleize_cols=False)
    if frequency is not None:
        index.freq = frequency
    return index


def _timestamp_from(content: Any, decode: Coding) -> Any:
    numpy = importlib.import_module("numpy")
    count, unit, zone = content
    moment = _pandas().Timestamp(numpy.datetime64(count, unit))
    return moment if zone is None else moment.tz_localize("UTC").tz_convert(zone_from(zone))


def _timedelta_from(content: Any, decode: Coding) -> Any:
    return _pandas().Timedelta(importlib.import_module("numpy").timedelta64(*content))


#: What makes data again of its encoding, by tag.
FRAMES: dict[str, Callable[[Any, Coding], Any]] = {
    "frame": _frame_from,
    "series": _series_from,
    "index": _index_from,
    "column": lambda content, decode: _values_from(content, decode).array,
    "absent": lambda content, decode: {"NaT": _pandas().NaT, "<NA>": _pandas().NA}[content],
    "timestamp": _timestamp_from,
    "timedelta64": _timedelta_from,
    "period": lambda content, decode: _pandas().Period(content[0], freq=content[1]),
    "interval": lambda content, decode: _pandas().Interval(
        decode(content[0]), decode(content[1]), closed=content[2]
    ),
    "offset": lambda content, decode: _pandas().tseries.frequencies.to_offset(content),
}
