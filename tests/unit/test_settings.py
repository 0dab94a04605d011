"""Settings: every wrong one is named with an example, and no secret is ever shown."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path

import pytest

from app.settings import EXAMPLES, Settings, load, require_messenger
from core.errors import SettingError

SECRET = "AAEtopsecrettopsecret"
KEY = json.dumps({"client_email": "bot@example.com", "private_key": SECRET})


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in EXAMPLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", SECRET),
        ("TELEGRAM_TOKEN", f"бот:{SECRET}"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("VK_GROUP_ID", "club123"),
        ("VK_GROUP_ID", "-5"),
        ("VK_GROUP_ID", "0"),
        ("VK_API_URL", "ftp://api.vk.ru"),
        ("GOOGLE_SHEET_ID", "моя таблица"),
        ("GOOGLE_CREDENTIALS", "missing.json"),
        ("GOOGLE_CREDENTIALS", SECRET * 1000),
        ("GOOGLE_CREDENTIALS", "."),
        ("GOOGLE_CREDENTIALS", "{broken" + SECRET),
        ("GOOGLE_CREDENTIALS", json.dumps({"private_key": SECRET})),
        ("GOOGLE_API_URL", "sheets"),
        ("WEATHERAPI_URL", "https://"),
        ("QUOTES_URL", "favqs.com"),
        ("DATABASE_URL", f"postgresql://bot:{SECRET}@localhost/bot"),
        ("DATABASE_URL", "sqlite:///"),
        ("TIMEZONE", "Москва"),
        ("TIMEZONE", "Europe"),
        ("TIMEZONE", "../../etc/passwd"),
        ("LOG_LEVEL", "всё"),
    ],
)
def test_a_wrong_setting_is_named_with_an_example(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        load()
    text = str(refused.value)
    assert text.startswith(f"{name}: ")
    assert f"Пример: {name}={EXAMPLES[name]}" in text
    assert "\n" not in text
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert SECRET not in shown
    assert not any(english in text for english in ("Input", "should", "error", "valid"))


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMEZONE", "Марс")
    monkeypatch.setenv("LOG_LEVEL", "всё")
    with pytest.raises(SettingError) as refused:
        load()
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == ["TIMEZONE", "LOG_LEVEL"]


def test_every_setting_has_an_example() -> None:
    assert {name.upper() for name in Settings.model_fields} == set(EXAMPLES)


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["# токен", "TIMEZONE=Asia/Omsk", 'VK_TOKEN="vk1.a.б"', "LOG_LEVEL=debug", "ЧУЖОЕ=1", "VK_GROUP_ID="]
    (tmp_path / ".env").write_text("\n".join(lines), "utf-8")
    monkeypatch.setenv("LOG_LEVEL", "warning")
    settings = load()
    assert settings.timezone == "Asia/Omsk"
    assert settings.vk_token.get_secret_value() == "vk1.a.б"
    assert settings.log_level == "WARNING"
    assert settings.vk_group_id is None


def test_secrets_are_not_shown_by_the_settings_themselves(caplog: pytest.LogCaptureFixture) -> None:
    settings = load(
        telegram_token=f"1:{SECRET}", vk_token=SECRET, weatherapi_key=SECRET, google_credentials=KEY, log_level="DEBUG"
    )
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("settings: %s %r %s", settings, settings, settings.model_dump())
    assert "settings:" in caplog.text
    assert SECRET not in caplog.text + settings.model_dump_json()


def test_credentials_may_be_a_file_or_the_key_itself(tmp_path: Path) -> None:
    (tmp_path / "key.json").write_text(KEY, "utf-8")
    assert load(google_credentials="key.json").google_credentials.get_secret_value() == "key.json"
    assert load(google_credentials=KEY).google_credentials.get_secret_value() == KEY


@pytest.mark.parametrize(
    "pasted",
    ["1BxiMVs0_-x", "https://docs.google.com/spreadsheets/d/1BxiMVs0_-x/edit#gid=0", " 1BxiMVs0_-x "],
)
def test_a_sheet_may_be_given_by_its_address(pasted: str) -> None:
    assert load(google_sheet_id=pasted).google_sheet_id == "1BxiMVs0_-x"


def test_private_hosts_are_a_list() -> None:
    assert load(allow_private_hosts="127.0.0.1:1, 127.0.0.1:2").allow_private_hosts == {"127.0.0.1:1", "127.0.0.1:2"}


def test_one_messenger_is_enough_and_none_is_refused() -> None:
    require_messenger(load(vk_token="vk1.a.x"))
    require_messenger(load(telegram_token="1:a"))
    with pytest.raises(SettingError, match="TELEGRAM_TOKEN"):
        require_messenger(load())


def test_base_addresses_may_be_written_as_the_libraries_do_or_bare() -> None:
    settings = load(telegram_api_url="http://127.0.0.1:8081/bot", vk_api_url="http://127.0.0.1:8082")
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.vk_api_url == "http://127.0.0.1:8082/method"
    assert load(vk_api_url="https://proxy.example/vk/method/").vk_api_url == "https://proxy.example/vk/method"
