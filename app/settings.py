"""Every setting of the service: its name, its default, what it is for, and what it must fit with.

Settings come from arguments, then REWARDBOX_* in the environment, then a TOML file.
"""

import difflib
import math
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from sandbox import Limits, SandboxConfig
from sandbox.config import LauncherName
from sandbox.types import MIB

PREFIX = "REWARDBOX_"
CONFIG_VARIABLE = "REWARDBOX_CONFIG"
DEFAULT_CONFIG = Path("rewardbox.toml")
#: Read by the command line as a client, and by `load_settings`; no settings of the service.
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "REWARDBOX_URL", "REWARDBOX_API_KEY"})


#: The limits of a run, as requests and the settings `default_…` and `max_…` name them.
LIMIT_NAMES = ("cpu_s", "wall_s", "memory_bytes", "output_bytes", "processes", "file_bytes")
_REMEDY = "remove it, or see docs/settings.md for those there are"


class InvalidSettings(Exception):
    """The settings cannot be used; the message names each one that is wrong, and the remedy."""


def _split_commas(value: Any) -> Any:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Bytes = Annotated[ByteSize, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Settings of one service process. Sizes may be written as `64MiB`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """Address to listen on. One that other machines can reach needs `api_keys`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port to listen on; 0 takes a free one."""
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split_commas)] = ()
    """Keys of which requests to `/v1` and `/metrics` must carry one, as `Authorization: Bearer`;
    separated by commas in the environment. Empty means that everybody may ask."""
    allow_unauthenticated: bool = False
    """Listen on any address without keys, for a service that sits behind something that asks."""

    launcher: LauncherName = "auto"
    """What starts runners: `docker`, `namespaces`, `socket`, or `auto`, which takes docker where an
    engine answers and has the runner image, else namespaces."""
    runtime: str | None = None
    """Container runtime for the docker launcher, such as `runsc` for gVisor."""
    image: str = "rewardbox-runner"
    """Container image of the runners, for the docker launcher."""
    socket: Path | None = None
    """Unix socket on which the socket launcher waits for runners."""
    python: Path | None = None
    """Interpreter that runs Python submissions under the namespaces launcher; the service's own
    by default."""
    slots: Count | None = None
    """Programs that run at once; the number of CPUs by default."""
    runs_per_runner: Count = 1000
    """A runner is replaced after this many runs, however well it looks."""

    workers: Count | None = None
    """Processes that check maths; the number of CPUs by default."""
    required_verifiers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)] = ()
    """Verifiers without which the service does not start; separated by commas in the
    environment."""

    default_cpu_s: Seconds = 10.0
    """CPU time of a run that asks for nothing else."""
    default_wall_s: Seconds | None = None
    """Wall-clock backstop of a run that asks for nothing else; 3 × `default_cpu_s` + 5 by
    default."""
    default_memory_bytes: Bytes = ByteSize(512 * MIB)
    """Memory of a run that asks for nothing else."""
    default_output_bytes: Bytes = ByteSize(16 * MIB)
    """Output of a run that asks for nothing else."""
    default_processes: Count = 64
    """Processes and threads of a run that asks for nothing else."""
    default_file_bytes: Bytes = ByteSize(64 * MIB)
    """Bytes written to files by a run that asks for nothing else."""
    max_cpu_s: Seconds = 120.0
    """The most CPU time that a request may ask for."""
    max_wall_s: Seconds = 600.0
    """The longest wall-clock backstop that a request may ask for."""
    max_memory_bytes: Bytes = ByteSize(2048 * MIB)
    """The most memory that a request may ask for; a hard wall around every runner."""
    max_output_bytes: Bytes = ByteSize(64 * MIB)
    """The most output that a request may ask for."""
    max_processes: Count = 256
    """The most processes that a request may ask for; a hard wall around every runner."""
    max_file_bytes: Bytes = ByteSize(256 * MIB)
    """The most bytes in files that a request may ask for; a hard wall around every runner."""

    max_body_bytes: Bytes = ByteSize(256 * MIB)
    """Largest body of a request."""
    max_items: Count = 16_384
    """Most items in one batch."""
    max_item_bytes: Bytes = ByteSize(64 * MIB)
    """Largest item, as compact JSON."""
    max_depth: Annotated[int, Field(gt=0, le=512)] = 64
    """Deepest nesting of lists and objects in an item."""
    queue_size: Count = 65_536
    """Items that may be accepted and not answered yet, all requests together; past that a request
    gets 429."""
    batch_concurrency: Count | None = None
    """Items of one batch in work at once; 4 for each slot by default, and at least 16."""
    default_deadline_s: Seconds | None = None
    """Deadline of requests that name none; none by default."""
    drain_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30.0
    """How long running work may go on after Ctrl-C or SIGTERM."""
    probe_interval_s: Seconds = 10.0
    """How long `/readyz` trusts its last trial run."""

    log_format: Literal["auto", "console", "json"] = "auto"
    """Form of the log; `auto` is `console` on a terminal and `json` elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level that is logged. `debug` may show parts of submissions."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, config_path() or DEFAULT_CONFIG)
        return init_settings, env_settings, file

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        for name in LIMIT_NAMES:
            default, cap = getattr(self, f"default_{name}"), getattr(self, f"max_{name}")
            if default is not None and default > cap:
                raise ValueError(
                    f"default_{name} ({default}) is over max_{name} ({cap}): "
                    f"lower the one or raise the other"
                )
        backstop = Limits(cpu_s=self.max_cpu_s).wall_backstop_s
        if backstop > self.max_wall_s:
            raise ValueError(
                f"max_wall_s ({self.max_wall_s}) is less than 3 × max_cpu_s + 5: "
                f"raise it to {math.ceil(backstop)} or lower max_cpu_s"
            )
        if self.max_items > self.queue_size:
            raise ValueError(
                f"max_items ({self.max_items}) is over queue_size ({self.queue_size}), so that a "
                f"full batch could never be accepted: lower the one or raise the other"
            )
        if self.launcher == "socket" and self.socket is None:
            raise ValueError("launcher is socket: set `socket` to the path runners connect to")
        return self

    @property
    def default_limits(self) -> Limits:
        return Limits(**{name: getattr(self, f"default_{name}") for name in LIMIT_NAMES})

    @property
    def caps(self) -> Mapping[str, float]:
        """The most of each limit that a request may ask for."""
        return {name: getattr(self, f"max_{name}") for name in LIMIT_NAMES}

    @property
    def sandbox(self) -> SandboxConfig:
        return SandboxConfig(
            launcher=self.launcher,
            runtime=self.runtime,
            slots=self.slots,
            image=self.image,
            socket=self.socket,
            python=self.python,
            memory_bytes=self.max_memory_bytes,
            processes=self.max_processes,
            file_bytes=self.max_file_bytes,
            runs_per_runner=self.runs_per_runner,
            queue_size=self.queue_size,
        )


def config_path() -> Path | None:
    """The settings file in use, if there is one."""
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None


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
    return f"{where}: {details['msg'][:1].lower()}{details['msg'][1:]}. It is: {about}"


def _closest(name: str) -> str | None:
    return next(iter(difflib.get_close_matches(name, Settings.model_fields, n=1)), None)
