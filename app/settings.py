"""Every setting of the service: its name, its default, what it is for, and what it must fit with.

Settings come from arguments, then REWARDBOX_* in the environment, then a TOML file.
"""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    HttpUrl,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from app.room import OVERDRAFT
from sandbox import Limits, SandboxConfig, Tier
from sandbox.config import LauncherName
from sandbox.types import MIB

PREFIX = "REWARDBOX_"
CONFIG_VARIABLE = "REWARDBOX_CONFIG"
DEFAULT_CONFIG = Path("rewardbox.toml")

#: The limits of a run, as requests and the settings `default_…` and `max_…` name them.
LIMIT_NAMES = ("cpu_s", "wall_s", "memory_bytes", "output_bytes", "processes", "file_bytes")


class InvalidSettings(Exception):
    """The settings cannot be used; the message names each one that is wrong, and the remedy."""


def _split_commas(value: Any) -> Any:
    if isinstance(value, str):
        parts = [part.strip() for part in value.split(",")]
        # One after the last comma is no part; of nothing but commas nothing can have been meant.
        return [part for part in parts if part] or parts
    return value


Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Bytes = Annotated[ByteSize, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]

_MOST_PROCESSES = 128
"""More is a mistake: one looks after several cores."""


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
    separated by commas in the environment. None means that everybody may ask;
    an empty one is refused."""
    allow_unauthenticated: bool = False
    """Listen on any address without keys, for a service that sits behind something that asks."""

    launcher: LauncherName = "auto"
    """What starts runners: `docker`, `namespaces`, `socket`, or `auto`, which takes docker where an
    engine answers and has the runner image, else namespaces."""
    runtime: str | None = None
    """Container runtime for the docker launcher, such as `runsc` for gVisor."""
    image: str = "rewardbox-runner"
    """Container image of the runners, for the docker launcher; `rewardbox-runner:full` has every
    language."""
    socket: Path | None = None
    """Unix socket on which the socket launcher waits for runners."""
    python: Path | None = None
    """Interpreter that runs Python submissions under the namespaces launcher; by default that of
    `.venv-submissions`, which `make` sets up beside the service's code, or else the service's
    own."""
    prepare_compilers: bool = True
    """With the namespaces launcher, make in the background what lets this machine's compilers
    start faster (up to 1 GB, once), in `~/.cache/rewardbox`."""
    slots: Count | None = None
    """Programs that run at once; the number of CPUs by default. With the socket launcher, as far as
    there are runners."""
    processes: Annotated[int, Field(gt=0, le=_MOST_PROCESSES)] = 1
    """Processes that answer requests, behind one address and with the same slots, queue and cache;
    more than one where a single one does not keep up with the runners (docs/performance.md)."""
    tiers: Annotated[
        tuple[Tier, ...], NoDecode, BeforeValidator(_split_commas), Field(min_length=1)
    ] = (Tier.WARM,)
    """How far runs may be kept apart: `warm` reuses runners, `fresh` gives every submission one
    that nobody has used; separated by commas in the environment, the default first."""
    spare_runners: Annotated[int, Field(ge=0)] | None = None
    """Unused runners kept ready beyond the slots, for the tier `fresh` and in place of lost ones;
    by default one for each slot where `fresh` is offered, and else one. With the socket launcher,
    what there is beyond the slots."""
    runs_per_runner: Count = 10_000
    """A runner is replaced after this many runs, however well it looks."""
    compile_cache_bytes: Annotated[ByteSize, Field(ge=0)] = ByteSize(512 * MIB)
    """Memory for compiled programs and compilers' errors, so that the same program is compiled
    once; 0 keeps none."""

    cache_bytes: Annotated[ByteSize, Field(ge=0)] = ByteSize(256 * MIB)
    """Memory for results, so that the same request is judged once; 0 keeps none."""
    cache_file: Path | None = None
    """File in which results are kept too, over restarts; processes of one machine may share it."""
    cache_file_bytes: Bytes = ByteSize(4096 * MIB)
    """About how large `cache_file` may grow."""

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
    upload_s: Seconds = 120.0
    """How long the body of a request may take to come in; past that the request gets 408."""
    max_items: Count = 16_384
    """Most items in one batch."""
    max_item_bytes: Bytes = ByteSize(64 * MIB)
    """Largest item to score, as compact JSON."""
    max_depth: Annotated[int, Field(gt=0, le=512)] = 64
    """Deepest nesting of lists and objects in an item."""
    queue_size: Count = 65_536
    """Items that may be accepted and not answered yet, all requests together; past that a request
    gets 429, unless its key has less than its share."""
    queue_bytes: Bytes = ByteSize(1024 * MIB)
    """Bodies of requests that may be accepted and not answered yet, all together and unpacked; past
    that a request gets 429, unless its key has less than its share."""
    batch_concurrency: Count | None = None
    """Items of one batch in work at once; 4 for each slot by default, and at least 32."""
    default_deadline_s: Seconds | None = None
    """Deadline of requests that name none; none by default."""
    drain_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30.0
    """How long running work may go on after Ctrl-C or SIGTERM."""
    probe_interval_s: Seconds = 10.0
    """How long `/readyz` trusts its last trial run."""

    traces_endpoint: HttpUrl | None = None
    """OpenTelemetry collector to send traces to by OTLP over HTTP, such as
    `http://localhost:4318`; needs the extra `otel`."""
    traces_share: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the requests that are traced; those whose caller traces them are, or are not, as the
    caller says."""

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

    @field_validator("api_keys")
    @classmethod
    def _are_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(not key.get_secret_value().strip() for key in keys):
            raise ValueError(
                "one of the keys is empty, which is no key: give it a value or drop it"
            )
        return keys

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
        if self.max_body_bytes > self.queue_bytes:
            raise ValueError(
                f"max_body_bytes ({self.max_body_bytes}) is over queue_bytes ({self.queue_bytes}): "
                f"lower the one or raise the other"
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
            tiers=self.tiers,
            spares=self.spare_runners,
            image=self.image,
            socket=self.socket,
            python=self.python,
            headstart=headstart_directory() if self.prepare_compilers else None,
            memory_bytes=self.max_memory_bytes,
            processes=self.max_processes,
            file_bytes=self.max_file_bytes,
            runs_per_runner=self.runs_per_runner,
            artefact_bytes=self.compile_cache_bytes,
            queue_size=OVERDRAFT * self.queue_size,  # all that may have been admitted
        )


def headstart_directory() -> Path:
    """Where what is prepared for compilers is kept, in the cache of the XDG specification."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(cache) / "rewardbox" / "headstart"


def config_path() -> Path | None:
    """The settings file in use, if there is one."""
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None
