"""Logs hold neither people's words nor secrets."""

from __future__ import annotations

import logging

import pytest

from app.logs import DiscreetFormatter

TOKEN = "123456789:AAE-secret-token"


def written(message: str, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, message, (), exc_info)
    return DiscreetFormatter([TOKEN]).format(record)


def test_an_error_is_shown_without_its_own_words() -> None:
    said = "мой телефон +79161234567"
    with pytest.raises(ValueError) as raised:
        int(said)
    text = written("step failed", raised.value)
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "79161234567" not in text


def test_secrets_are_masked_whoever_prints_them() -> None:
    assert TOKEN not in written(f"GET https://api.telegram.org/bot{TOKEN}/getMe")
    assert "•••" in written(f"token {TOKEN}")


def test_text_cached_by_another_handler_is_not_reused() -> None:
    said = "мой пароль"
    with pytest.raises(ValueError) as raised:
        int(said)
    error = raised.value
    exc_info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, "x", (), exc_info)
    logging.Formatter().format(record)
    assert "пароль" not in DiscreetFormatter([]).format(record)
