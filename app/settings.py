"""Settings from the environment or `.env`: checked at start, each refusal names the setting and shows an example."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import SettingError

#: One good value for every setting, shown when a bad one is refused.
EXAMPLES: dict[str, str] = {
    "TELEGRAM_TOKEN": "123456789:AAE… (от @BotFather)",
    "TELEGRAM_API_URL": "https://api.telegram.org",
    "VK_TOKEN": "vk1.a.… (Управление сообществом → Работа с API)",
    "VK_GROUP_ID": "123456789",
    "VK_API_URL": "https://api.vk.ru/method/",
    "GOOGLE_SHEET_ID": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms (из адреса таблицы)",
    "GOOGLE_CREDENTIALS": "service-account.json (путь к файлу ключа) или сам JSON",
    "GOOGLE_API_URL": "https://sheets.googleapis.com",
    "WEATHERAPI_KEY": "ключ с weatherapi.com",
    "WEATHERAPI_URL": "https://api.weatherapi.com",
    "WEATHER_CACHE_SECONDS": "600",
    "QUOTES_URL": "https://favqs.com",
    "DATABASE_URL": "sqlite:///tabletalk.db",
    "TIMEZONE": "Europe/Moscow",
    "LOG_LEVEL": "INFO",
    "RECIPE": "fitness",
    "ALLOW_PRIVATE_HOSTS": "127.0.0.1:8081 (только для песочницы)",
}
_URL = re.compile(r"https?://[^\s/]+(/.*)?")


class Settings(BaseSettings):
    """Every setting of the contract; names are the environment variables."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    vk_token: SecretStr = SecretStr("")
    vk_group_id: int | None = Field(default=None, gt=0)
    vk_api_url: str = "https://api.vk.ru/method/"
    google_sheet_id: str = ""
    google_credentials: SecretStr = SecretStr("")
    google_api_url: str = ""
    weatherapi_key: SecretStr = SecretStr("")
    weatherapi_url: str = "https://api.weatherapi.com"
    weather_cache_seconds: float = Field(default=600.0, ge=0)
    quotes_url: str = "https://favqs.com"
    database_url: str = "sqlite:///tabletalk.db"
    timezone: str = "Europe/Moscow"
    log_level: str = "INFO"
    recipe: str = "fitness"
    #: host:port pairs the scenario may reach although they are private. From the environment only, never the sheet.
    allow_private_hosts: Annotated[frozenset[str], NoDecode] = frozenset()

    @field_validator("allow_private_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return frozenset(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("telegram_token")
    @classmethod
    def _telegram_token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"\d+:[\w-]+", value.get_secret_value()):
            raise ValueError("это не похоже на токен бота")
        return value

    @field_validator("telegram_api_url", "vk_api_url", "google_api_url", "weatherapi_url", "quotes_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not _URL.fullmatch(value):
            raise ValueError("это не адрес")
        return value.rstrip("/")

    @field_validator("telegram_api_url")
    @classmethod
    def _telegram_server(cls, value: str) -> str:
        """The library's own spelling of a base address ends with /bot; ours does not."""
        return value.removesuffix("/bot")

    @field_validator("vk_api_url")
    @classmethod
    def _vk_methods(cls, value: str) -> str:
        """A bare server gets VK's usual path."""
        return value if urlsplit(value).path.strip("/") else f"{value}/method"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith("sqlite:///") or value == "sqlite:///":
            raise ValueError("пока умею только файл SQLite")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("нет такого часового пояса") from error
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("бывает DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @field_validator("google_credentials")
    @classmethod
    def _credentials(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if text and not text.startswith("{"):
            try:
                text = Path(text).read_text("utf-8")
            except (OSError, ValueError):  # the text of the error would show what was pasted, perhaps the key itself
                raise ValueError("не могу прочитать такой файл") from None
        if text and not _is_service_account(text):
            raise ValueError("это не JSON ключа сервисного аккаунта")
        return value

    @field_validator("google_sheet_id")
    @classmethod
    def _sheet(cls, value: str) -> str:
        """People paste the whole address: the id is a part of it."""
        found = re.search(r"/spreadsheets/d/([\w-]+)", value)
        sheet_id = found[1] if found else value.strip()
        if not re.fullmatch(r"[\w-]*", sheet_id, re.ASCII):
            raise ValueError("это не похоже на номер таблицы")
        return sheet_id

    @field_validator("vk_group_id", mode="before")
    @classmethod
    def _group(cls, value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(r"[1-9]\d{0,17}", value.strip(), re.ASCII):
            raise ValueError("нужен номер сообщества цифрами")
        return value


def _is_service_account(text: str) -> bool:
    try:
        key = json.loads(text)
    except ValueError:
        return False
    return isinstance(key, dict) and {"client_email", "private_key"} <= key.keys()


def load(**given: object) -> Settings:
    """Read and check everything; ``given`` overrides the environment. Raises `SettingError`, never shows a value."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False, include_context=False):
            name = str(problem["loc"][0]).upper() if problem["loc"] else "?"
            why = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {why}. Пример: {name}={EXAMPLES.get(name, '')}")
        raise SettingError("\n".join(lines)) from None


def require_messenger(settings: Settings) -> None:
    """At least one messenger must be there to run. Raises `SettingError`."""
    if not settings.telegram_token.get_secret_value() and not settings.vk_token.get_secret_value():
        raise SettingError(
            "Не задан ни один мессенджер: нужен TELEGRAM_TOKEN или VK_TOKEN.",
            f"Пример: TELEGRAM_TOKEN={EXAMPLES['TELEGRAM_TOKEN']}",
        )
