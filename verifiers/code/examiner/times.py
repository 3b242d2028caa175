"""Dates with a time and a time zone as plain values and back.

The database of time zones is imported where one is used: few programs do, and it takes as long as
the rest of an examination.
"""

import datetime
import sys
from typing import Any


def encoded_zone(value: Any) -> dict[str, Any] | None:
    """A time zone of the database; None for anything else."""
    kind: Any = type(value)
    if kind is not getattr(sys.modules.get("zoneinfo"), "ZoneInfo", None) or value.key is None:
        return None
    return {"zone": value.key}


def zone_name(zone: Any) -> str | None:
    """The name of a time zone in the database of these; None for any other."""
    name = getattr(zone, "key", getattr(zone, "zone", None))
    return name if type(name) is str else None


def named_zone(name: Any) -> datetime.tzinfo:
    """Raises LookupError and its like for a name that no zone has."""
    import zoneinfo

    if type(name) is not str:
        raise TypeError("no name of a time zone")
    return zoneinfo.ZoneInfo(name)


def zone_parts(zone: Any) -> Any:
    """A fixed difference to UTC in seconds, with its name, or the name of a zone."""
    name = zone_name(zone)
    if name is not None:
        return name
    offset = zone.utcoffset(None)
    return [offset.total_seconds(), zone.tzname(None)]


def zone_from(parts: Any) -> datetime.tzinfo:
    """Raises ValueError and its like for what zone_parts does not make."""
    if type(parts) is not list:
        return named_zone(parts)
    seconds, name = parts
    offset = datetime.timedelta(seconds=seconds)
    plain = datetime.timezone(offset)
    return plain if plain.tzname(None) == name else datetime.timezone(offset, name)


def zone_of(moment: Any) -> Any:
    """The parts of the zone of a time; None if it has none."""
    zone = moment.tzinfo
    if zone is not None and type(zone) is not datetime.timezone and zone_name(zone) is None:
        offset = moment.utcoffset()  # all that is known of a class of somebody's own
        zone = None if offset is None else datetime.timezone(offset)
    return None if zone is None else zone_parts(zone)


def moment_parts(moment: datetime.datetime | datetime.time) -> list[Any]:
    """What a clock shows, which of two times that show the same it is, and the zone."""
    shown = moment.replace(tzinfo=None, fold=0).isoformat()
    return [shown, moment.fold, zone_of(moment)]


def datetime_from(parts: Any) -> datetime.datetime:
    shown, fold, zone = parts
    moment = datetime.datetime.fromisoformat(shown)
    return moment.replace(fold=fold, tzinfo=None if zone is None else zone_from(zone))


def time_from(parts: Any) -> datetime.time:
    shown, fold, zone = parts
    moment = datetime.time.fromisoformat(shown)
    return moment.replace(fold=fold, tzinfo=None if zone is None else zone_from(zone))
