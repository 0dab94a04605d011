"""Who is speaking: the person's row in «Пользователи», begun at the first word and kept up to date."""

from __future__ import annotations

from core.schema import PEOPLE
from core.turn import Turn
from core.values import Cell, stable_id

_TITLE = PEOPLE.title


def person_id(identity: str) -> str:
    """The row of "telegram:42". It follows from the identity, so a lost database finds the same rows again."""
    return stable_id("person", identity)


def meet(turn: Turn) -> str:
    """Begin or refresh the person's row; returns its id. Start parameters and names come along."""
    event, row_id = turn.event, person_id(turn.event.person)
    row = turn.row(_TITLE, row_id)
    now = turn.now.strftime("%Y-%m-%dT%H:%M")
    called = event.name.strip()
    if row is None:
        column = "Telegram" if event.platform == "telegram" else "VK"
        first: dict[str, Cell] = {
            column: event.user_id,
            "Имя в мессенджере": called,
            "Источник": event.ref,
            "Подписка": True,
            "В рейтинге": True,
            "Первый визит": now,
            "Последний визит": now,
        }
        turn.put(_TITLE, row_id, first)
        return row_id
    news: dict[str, Cell] = {}
    if str(row.get("Последний визит"))[:10] != now[:10]:  # once a day: a cell per message would tire the sheet
        news["Последний визит"] = now
    if called and row.get("Имя в мессенджере") != called:
        news["Имя в мессенджере"] = called
    if event.ref and not row.get("Источник"):
        news["Источник"] = event.ref
    if news:
        turn.put(_TITLE, row_id, news)
    return row_id
