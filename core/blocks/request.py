"""«запрос»: any HTTP API; every key that is not a parameter is a variable filled from a path in the answer."""

from __future__ import annotations

import json
import re

from core.blocks.block import Block, Extra, Failed, Flow, Next, Param, Takes
from core.effects import ApiAnswer, CallApi, Failure
from core.expression import Expression
from core.paths import PathError, take, to_cell
from core.scenario import Step
from core.session import plain
from core.template import show
from core.turn import Turn
from core.values import Value

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SORRY = "Сервис сейчас не отвечает. Попробуйте, пожалуйста, чуть позже."
_UNITS = {"сек": 1, "мин": 60, "час": 3600, "ден": 86400, "дн": 86400}


class Request(Block):
    name = "запрос"
    about = "Обращается к любому сервису в интернете и раскладывает ответ по переменным."
    example = "адрес: https://favqs.com/api/qotd; цитата: quote -> body; автор: quote -> author"
    params = (
        Param(
            "адрес",
            "https://…; {имя} подставится безопасно, {секрет:КЛЮЧ} — из настроек сервера",
            required=True,
            like=r"https?://\S+",
            such_as="https://favqs.com/api/qotd",
        ),
        Param("метод", "GET, POST, PUT, PATCH или DELETE", Takes.CHOICE, choices=METHODS),
        Param("заголовки", "Имя=значение, Имя=значение"),
        Param("тело", "поля JSON: имя={имя}, сумма={сумма}"),
        Param(
            "хранить",
            "сколько помнить ответ: 10 минут",
            like=r"\d+\s*(сек|мин|час|ден|дн)[а-я]*\.?",
            such_as="10 минут",
        ),
    )
    extra = Extra.VARIABLES

    def run(self, step: Step, turn: Turn) -> Flow:
        for name in step.extra:
            turn.remember(name, "")
        answer = yield _call(step, turn)
        if isinstance(answer, Failure):
            turn.note_for(step, f"Запрос не удался: {answer.detail or answer.reason}")
            return Failed(_SORRY)
        if not isinstance(answer, ApiAnswer) or answer.status >= 400:
            status = answer.status if isinstance(answer, ApiAnswer) else "?"
            turn.note_for(step, f"Сервис ответил отказом (код {status}).", "Проверьте адрес и ключ.")
            return Failed(_SORRY)
        try:
            self._unpack(step, turn, answer)
        except PathError as error:
            turn.note_for(step, str(error), "Поправьте путь в «Параметрах».")
            return Failed(_SORRY)
        return Next()

    def _unpack(self, step: Step, turn: Turn, answer: ApiAnswer) -> None:
        if step.variable:
            turn.remember(step.variable, answer.text or json.dumps(answer.data, ensure_ascii=False)[:4000])
        for name, expression in step.extra.items():
            turn.remember(name, to_cell(take(answer.data, expression.raw)))


def _call(step: Step, turn: Turn) -> CallApi:
    address = step.params["адрес"]
    url = address.template.url_render(turn.lookup) if address.template else show(turn.value(address))
    body = {name: plain(value) for name, value in _pairs(step, turn, "тело").items()}
    headers = {name: show(value) for name, value in _pairs(step, turn, "заголовки").items()}
    method = show(turn.param(step, "метод", "POST" if body else "GET"))
    if body:
        headers.setdefault("Content-Type", "application/json")
    return CallApi(
        url=url,
        method=method,
        headers=headers,
        body=json.dumps(body, ensure_ascii=False) if body else "",
        cache_seconds=duration(show(turn.param(step, "хранить"))),
    )


def _pairs(step: Step, turn: Turn, name: str) -> dict[str, Value]:
    """`a={x}, b={y}`: split before the values go in, so that no person's comma can add a field."""
    written = step.params.get(name)
    if written is None:
        return {}
    pairs = (part.partition("=") for part in re.split(r",(?![^{]*\})|\n", written.raw) if "=" in part)
    return {key.strip(): _safe(Expression.read(value.strip()), turn) for key, _, value in pairs}


def _safe(expression: Expression, turn: Turn) -> Value:
    """Numbers keep their type; a text is rendered, so that a secret's name typed by a person is only a text."""
    value = turn.value(expression)
    if isinstance(value, str) and expression.template is not None:
        return expression.template.render(turn.lookup)
    return value


def duration(text: str) -> int:
    """«10 минут», «2 часа», «1 день» in seconds; 0 when there is none."""
    found = re.match(r"\s*(\d+)\s*([а-я]+)", text.casefold())
    if not found:
        return 0
    unit = next((seconds for word, seconds in _UNITS.items() if found[2].startswith(word)), 0)
    return int(found[1]) * unit
