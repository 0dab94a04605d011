"""From what a step said to rows of the outbox: fitted to the platform, each part with its own idempotency key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.messages import Event, Outgoing, Platform
from core.ports import Messenger
from core.turn import Said
from messengers.rendering import fit


def parts_of(event: Event, said: Sequence[Said], messengers: Mapping[Platform, Messenger]) -> tuple[Outgoing, ...]:
    """Outbox rows in speaking order. A message to a chat of a messenger that is not connected is left out."""
    parts: list[Outgoing] = []
    for message in said:
        chat = message.chat or event.chat
        messenger = next((m for platform, m in messengers.items() if chat.startswith(f"{platform}:")), None)
        if messenger is None:
            continue
        for reply in fit(message.reply, messenger.capabilities):
            parts.append(Outgoing(f"{event.key}/{len(parts)}", chat, reply))
    return tuple(parts)


def unreachable(said: Sequence[Said], messengers: Mapping[Platform, Messenger]) -> list[str]:
    """Chats somebody meant to be told something in, of messengers that are not connected."""
    chats = {message.chat for message in said if message.chat}
    return sorted(chat for chat in chats if not any(chat.startswith(f"{platform}:") for platform in messengers))
