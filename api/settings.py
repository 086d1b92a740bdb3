"""What an operator can set, and the one place that reads the environment."""

import json
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
    language: Language = Field(
        default="en", description="Language of error messages when neither the request nor the browser tells one."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much the server logs. Questions are never logged."
    )
    body_limit: int = Field(
        default=65536, ge=1024, description="Largest request body in bytes; a larger one is answered with 413."
    )
    disclaimer: Annotated[dict[Language, str], NoDecode, BeforeValidator(_from_json)] = Field(
        default={},
        description="What stands under the widget, as JSON by language; a language left out keeps the widget's words.",
    )


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
