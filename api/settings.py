"""What an operator can set, and the one place that reads the environment."""

import json
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.errors import EsgQaError
from index.script import Language


class BadSetting(EsgQaError):
    """An environment variable holds a value this service cannot use."""


def _from_json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError('not JSON; expected {"en": "…", "zh-Hant": "…"}') from error


class Settings(BaseSettings):
    """Every setting, each read from ESG_QA_ and its name in capitals; docs/settings.md lists them."""

    model_config = SettingsConfigDict(env_prefix="ESG_QA_", env_ignore_empty=True, extra="ignore", frozen=True)

    model: str | None = Field(
        default=None,
        description="Embedding model: a sentence-transformers folder or hub name. Unset: the bundled bilingual model.",
    )
    reranker: str | None = Field(
        default=None,
        description="Cross-encoder that reads the first 20 passages again: a sentence-transformers folder or hub name. "
        "Unset: none.",
    )
    index: Path = Field(
        default=Path(".index"),
        description="Folder of the index, when `--index` does not name one.",
    )
    data: Path = Field(
        default=Path(".data"),
        description="Folder of what the service remembers: its SQLite file, and uploaded reports.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Address of a PostgreSQL database, such as `postgresql://user:password@host/name`. "
        "Unset: a SQLite file in the data folder.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the server listens on; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="How many processes answer; each holds the whole index.")
    origins: str | None = Field(
        default=None,
        description="Sites whose pages may ask this service, separated by commas, such as `https://ir.example.com`; "
        "`*`: any. Unset: only its own pages.",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="How many proxies stand before the server; their `X-Forwarded-` headers count.",
    )
    rate: str = Field(
        default="60/minute",
        description="How often one address may call the public routes, and ten times as often pages, files and the "
        "staff's routes; more is answered with 429. `/healthz` and `/readyz` are not counted.",
    )
    login_rate: str = Field(default="10/minute", description="How often one address, and one name, may try to sign in.")
    redis_url: SecretStr | None = Field(
        default=None,
        description="Redis that several workers or machines count requests in, such as `redis://host:6379/0`. "
        "Unset: each worker counts for itself.",
    )
    request_seconds: float = Field(
        default=30, gt=0, description="Longest time for one request, in seconds; then it is answered with 503."
    )
    session_hours: int = Field(default=12, ge=1, le=720, description="How long staff stay signed in.")
    store_questions: bool = Field(
        default=True, description="Whether questions are kept for the staff to read; never with an address."
    )
    retention_days: int = Field(default=365, ge=1, description="Days after which questions and feedback are forgotten.")
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token that Prometheus sends to `/metrics`. Unset: `/metrics` answers this machine alone.",
    )
    upload_limit: int = Field(
        default=52428800, ge=1024, description="Largest upload of reports in bytes, all files together."
    )
    build_seconds: int = Field(
        default=900, ge=10, description="Longest time to build an index of an upload, in seconds."
    )
    build_memory: int = Field(default=4096, ge=512, description="Most memory to build an index of an upload, in MiB.")
    language: Language = Field(
        default="en", description="Language of error messages when neither the request nor the browser tells one."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much the server logs. Questions are never logged."
    )
    body_limit: int = Field(
        default=65536,
        ge=1024,
        description="Largest request body in bytes; a larger one is answered with 413. "
        "What holds a whole curated answer may be 1 MiB all the same.",
    )
    disclaimer: Annotated[dict[Language, str], NoDecode, BeforeValidator(_from_json)] = Field(
        default={},
        description="What stands under the widget, as JSON by language; a language left out keeps the widget's words.",
    )

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The sites in `origins`, one by one."""
        return tuple(origin.strip().rstrip("/") for origin in (self.origins or "").split(",") if origin.strip())


def environment_without_settings() -> dict[str, str]:
    """The environment for a process that is to know no secret of this service."""
    prefix = str(Settings.model_config["env_prefix"])
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(prefix)}


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises BadSetting, naming the variable and its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{Settings.model_config['env_prefix']}{str(first['loc'][0]).upper()}"
        raise BadSetting(f"{name}={first['input']!r}: {first['msg'][:1].lower()}{first['msg'][1:]}") from error
