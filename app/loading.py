"""Loads the settings, and names every one that is wrong together with its remedy."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.settings import CONFIG_VARIABLE, PREFIX, InvalidSettings, Settings, config_path

#: Read by the command line as a client, and here; no settings of the service.
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "REWARDBOX_URL", "REWARDBOX_API_KEY"})
_REMEDY = "remove it, or see docs/settings.md for those there are"


def load_settings(**overrides: Any) -> Settings:
    """Settings from `overrides`, environment and file, in this order.

    Raises InvalidSettings that names every wrong or unknown setting.
    """
    _check_file(config_path())
    unknown = [_unknown(name) for name in sorted(os.environ) if _is_unknown(name)]
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        faults = [_fault(details, overrides) for details in error.errors(include_context=False)]
        raise InvalidSettings("\n".join([*unknown, *faults])) from None
    if unknown:
        raise InvalidSettings("\n".join(unknown))
    return settings


def _check_file(path: Path | None) -> None:
    if path is None:
        return
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidSettings(
            f"cannot read the settings file {path}: {error.strerror}; "
            f"correct {CONFIG_VARIABLE} or unset it"
        ) from None
    except ValueError as error:
        raise InvalidSettings(f"the settings file {path} is no valid TOML: {error}") from None


def _is_unknown(variable: str) -> bool:
    name = variable.removeprefix(PREFIX)
    return (
        variable.startswith(PREFIX)
        and variable not in OTHER_VARIABLES
        and name.lower() not in Settings.model_fields
    )


def _unknown(variable: str) -> str:
    close = _closest(variable.removeprefix(PREFIX).lower())
    remedy = f"did you mean {PREFIX}{close.upper()}?" if close else _REMEDY
    return f"{variable}: there is no such setting; {remedy}"


def _fault(details: ErrorDetails, overrides: Mapping[str, Any]) -> str:
    if not details["loc"]:
        return details["msg"].removeprefix("Value error, ")
    name = str(details["loc"][0])
    if name not in Settings.model_fields:
        close = _closest(name)
        remedy = f"did you mean {close}?" if close else _REMEDY
        return f"{name} in {config_path()}: there is no such setting; {remedy}"
    variable = PREFIX + name.upper()
    if name in overrides:
        where = f"--{name.replace('_', '-')}"
    elif os.environ.get(variable):
        where = variable
    else:
        where = f"{name} in {config_path()}"
    about = " ".join((Settings.model_fields[name].description or "").split())
    message = details["msg"].removeprefix("Value error, ")
    return f"{where}: {message[:1].lower()}{message[1:]}. It is: {about}"


def _closest(name: str) -> str | None:
    return next(iter(difflib.get_close_matches(name, Settings.model_fields, n=1)), None)
