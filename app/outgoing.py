"""What a turn leaves to others: rows of the outbox, each part with its idempotency key, and lines of «Журнал»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.messages import Event, Outgoing, Platform, of_chat
from core.ports import Messenger
from core.turn import Said, Turn
from messengers.rendering import fit
from store.store import Store


def parts_of(event: Event, said: Sequence[Said], messengers: Mapping[Platform, Messenger]) -> tuple[Outgoing, ...]:
    """Outbox rows in speaking order. A message to a chat of a messenger that is not connected is left out."""
    parts: list[Outgoing] = []
    for message in said:
        chat = message.chat or event.chat
        messenger = of_chat(chat, messengers)
        if messenger is None:
            continue
        for reply in fit(message.reply, messenger.capabilities):
            parts.append(Outgoing(f"{event.key}/{len(parts)}", chat, reply))
    return tuple(parts)


def report(turn: Turn, store: Store, messengers: Mapping[Platform, Messenger]) -> None:
    """Tell the owner in «Журнал» what the turn noticed, and which chats nobody could be told anything in."""
    for notice in turn.notices:
        store.journal(notice.where, notice.what, notice.fix, turn.event.at)
    for chat in sorted({message.chat for message in turn.said if message.chat}):
        if of_chat(chat, messengers) is None:
            what = f"Некому передать в чат {chat}: этот мессенджер не подключён."
            store.journal("Уведомления", what, "Задайте его токен или другой «Чат сотрудников».", turn.event.at)
