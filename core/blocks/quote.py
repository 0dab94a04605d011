"""«цитата»: the quote of the day from the service, or from the owner's own tab when the service is silent."""

from __future__ import annotations

from core.blocks.block import Block, Failed, Flow, Next, Param, Takes
from core.effects import AskQuote, Quote
from core.scenario import Step
from core.schema import QUOTES
from core.template import show
from core.turn import Turn
from core.values import Record, stable_id


class QuoteOfTheDay(Block):
    name = "цитата"
    about = "Берёт цитату дня у сервиса, а если он молчит — из таблицы «Цитаты»."
    example = "источник: таблица"
    params = (
        Param("источник", "сервис (по умолчанию) или таблица", Takes.CHOICE, choices=("сервис", "таблица")),
        Param("таблица", "откуда брать свои цитаты: столбцы Текст и Автор", Takes.TABLE),
    )
    fields = ("текст", "автор")
    variable = "цитата"

    def run(self, step: Step, turn: Turn) -> Flow:
        quote = None
        if turn.param(step, "источник", "сервис") == "сервис":
            answer = yield AskQuote()
            quote = answer if isinstance(answer, Quote) else None
        quote = quote or self._own(turn.table(step, QUOTES.title), turn)
        if quote is None:
            turn.remember(self.target(step), "")
            return Failed("Сегодня цитата не нашлась. Загляните завтра!")
        fields = {"текст": quote.text, "автор": quote.author}
        turn.remember(self.target(step), Record(quote.text, fields))
        return Next()

    def _own(self, table: str, turn: Turn) -> Quote | None:
        """The same quote for everybody all day long, another one tomorrow."""
        rows = [row for row in turn.rows(table) if show(row.get("Текст")).strip()]
        if not rows:
            return None
        row = rows[int(stable_id(turn.today.isoformat())[1:], 36) % len(rows)]
        return Quote(show(row.get("Текст")), show(row.get("Автор")))
