"""Reads Telegram's updates as raw JSON, so that one odd field costs at most that field and never a person's words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from core.messages import Event, Kind

#: What we ask Telegram for; anything else it keeps to itself.
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")

#: Parts of a message that carry something we cannot read; «animation» comes before the «document» that copies it.
_ATTACHMENTS = (
    "sticker", "voice", "photo", "video", "video_note", "audio", "animation", "document", "poll", "dice", "story",
    "contact", "location", "venue", "game", "paid_media", "checklist",
)  # fmt: skip

#: Notices of the chat itself («Аня закрепила сообщение»): nobody said anything, so nobody waits for an answer.
_NOTICES = frozenset((
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
    "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "write_access_allowed", "chat_background_set",
    "boost_added", "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
))  # fmt: skip
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_REF = re.compile(r"[\w-]{1,64}", re.ASCII)

_Json = dict[str, Any]


def event(update: _Json, bot_username: str, bot_id: int, now: float) -> Event | None:
    """The event of one update; None when it holds nothing for a dialogue or does not say who and where.

    ``now`` stands in where Telegram gives no time: a pressed button has none.
    """
    update_id = _integer(update, "update_id")
    if update_id is None:
        return None
    key = f"telegram:{update_id}"
    if message := _object(update, "message"):
        base = _base(key, message, message, now)
        return base and _message(base, message, bot_username, bot_id)
    if query := _object(update, "callback_query"):
        base = _base(key, query, _object(query, "message"), now)
        return base and _press(replace(base, at=now), query)
    if change := _object(update, "my_chat_member"):
        base = _base(key, change, change, now)
        gone = _text(_object(change, "new_chat_member"), "status") in ("kicked", "left")
        return base and replace(base, kind="blocked" if gone else "allowed")
    return None


def _base(key: str, source: _Json, message: _Json, now: float) -> Event | None:
    """Who and where. In a private chat both have one id, so either field is enough."""
    sender, chat = _object(source, "from"), _object(message, "chat")
    user_id, chat_id = _integer(sender, "id"), _integer(chat, "id")
    if chat_id is None:
        chat_id = user_id
    if user_id is None and chat_id is not None and chat_id > 0:
        user_id, sender = chat_id, chat
    if user_id is None or chat_id is None:
        return None
    name = f"{_text(sender, 'first_name')} {_text(sender, 'last_name')}".strip()
    return Event(
        key=key,
        platform="telegram",
        user_id=str(user_id),
        chat_id=str(chat_id),
        kind="other",
        at=float(_integer(message, "date") or now),
        group=chat_id < 0,
        name=name,
        username=_text(sender, "username"),
    )


def _message(base: Event, message: _Json, bot_username: str, bot_id: int) -> Event | None:
    if not _NOTICES.isdisjoint(message):
        return None
    text = _text(message, "text") or _text(message, "caption")
    attachments = tuple(name for name in _ATTACHMENTS if message.get(name))
    if base.group:
        reply = _object(_object(message, "reply_to_message"), "from")
        to_bot = _integer(reply, "id") == bot_id
        base = replace(base, addressed=to_bot or _speaks_to(text, bot_username))
        text = re.sub(rf"(?<!\w)@{re.escape(bot_username)}(?!\w)[ ,]*", "", text, flags=re.IGNORECASE).strip()
    base = replace(base, text=text, attachments=attachments)
    command = _COMMAND.fullmatch(text)
    if command is not None:
        return _command(base, command, bot_username)
    if text:
        return replace(base, kind="text")
    return _shared(base, message)


def _speaks_to(text: str, bot_username: str) -> bool:
    """In a group people speak to a bot by a command or by its name; «/menu@other_bot» is for somebody else."""
    command = _COMMAND.fullmatch(text)
    if command is not None and command[2]:
        return command[2].casefold() == bot_username.casefold()
    mentions = re.findall(r"(?<!\w)@(\w+)", text.casefold())
    return command is not None or bot_username.casefold() in mentions


def _command(base: Event, command: re.Match[str], bot_username: str) -> Event:
    name, addressee, rest = command[1], command[2] or "", (command[3] or "").strip()
    if addressee.casefold() == bot_username.casefold():
        base = replace(base, text=f"/{name} {rest}".strip())
    if name.casefold() != "start":
        return replace(base, kind="text")
    return replace(base, kind="start", ref=rest if _REF.fullmatch(rest) else "")


def _press(base: Event, query: _Json) -> Event:
    """Without a readable token it stays «other», still with the id that stops the spinner."""
    token = _text(query, "data")
    kind: Kind = "press" if token else "other"
    return replace(base, kind=kind, press=token, press_id=_text(query, "id"))


def _shared(base: Event, message: _Json) -> Event:
    """A shared contact or place; somebody else's contact proves nothing about the sender's phone."""
    contact, location = _object(message, "contact"), _object(message, "location")
    digits = re.sub(r"\D", "", _text(contact, "phone_number"))
    if digits and str(_integer(contact, "user_id")) == base.user_id:
        return replace(base, kind="contact", phone=f"+{digits}", attachments=())
    latitude, longitude = _degrees(location, "latitude", 90), _degrees(location, "longitude", 180)
    if latitude is not None and longitude is not None:
        return replace(base, kind="location", location=(latitude, longitude), attachments=())
    return base


def _object(source: _Json, name: str) -> _Json:
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def _text(source: _Json, name: str) -> str:
    """A text without lone surrogates and NULs: JSON may carry them, databases and UTF-8 may not."""
    value = source.get(name)
    return value.encode("utf-8", "replace").decode().replace("\0", "") if isinstance(value, str) else ""


def _integer(source: _Json, name: str) -> int | None:
    value = source.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _degrees(source: _Json, name: str, limit: int) -> float | None:
    value = source.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if abs(value) <= limit else None
