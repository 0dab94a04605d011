"""Reads VK's raw updates into events: total over any JSON, because a lost field must never cost a person's words."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

from core.messages import Event, Kind

#: Peers above this are group chats.
GROUP_CHAT = 2_000_000_000
#: How VK's attachment types are called in our events; the rest keep VK's word.
_ATTACHMENTS = {"audio_message": "voice", "doc": "document", "wall": "post"}
_REF = re.compile(r"[\w-]{1,64}", re.ASCII)

_Json = dict[str, Any]


def event(update: _Json, group_id: int | None) -> Event | None:
    """The event of one update; None when it is not a person speaking to us (posts, joins, our own messages).

    A message whose sender is known but whose content we cannot read is of kind "other": it still gets an answer.
    """
    body, kind = update.get("object"), update.get("type")
    if not isinstance(body, dict):
        return None
    own = group_id or _whole(update.get("group_id"))
    match kind:
        case "message_new":
            message = body.get("message")
            # Before API 5.103 the message itself was the object.
            return _message(message if isinstance(message, dict) else body, _key(update), own)
        case "message_event":
            return _press(body, _key(update))
        case "message_allow":
            return _permission(body, _key(update), "allowed")
        case "message_deny":
            return _permission(body, _key(update), "blocked")
    return None


def _message(message: _Json, key: str, own: int | None) -> Event | None:
    sender, peer = _sender(message.get("from_id"), message.get("peer_id"))
    # A message with an action is a notice of the chat («Аня изменила название»): nobody waits for an answer.
    if sender <= 0 or _whole(message.get("out")) == 1 or isinstance(message.get("action"), dict):
        return None
    text, mentioned = _without_mention(_text(message.get("text")), own)
    payload = _payload(message.get("payload"))
    token, location = _text(payload.get("b")), _location(message.get("geo"))
    in_group = peer > GROUP_CHAT
    return Event(
        key=key,
        platform="vk",
        user_id=str(sender),
        chat_id=str(peer),
        kind=_kind(payload, token, location, text),
        at=_time(message.get("date")),
        group=in_group,
        addressed=not in_group or mentioned or bool(token) or _answers_us(message.get("reply_message"), own),
        text=text,
        press=token,
        ref=_ref(message.get("ref")) or _ref(message.get("ref_source")),
        location=location,
        attachments=_attachments(message.get("attachments")),
    )


def _press(body: _Json, key: str) -> Event | None:
    """A callback button. Ours are text buttons, but old keyboards and other tools make these too."""
    sender, peer = _sender(body.get("user_id"), body.get("peer_id"))
    if sender <= 0:
        return None
    token = _text(_payload(body.get("payload")).get("b"))
    return Event(
        key=key,
        platform="vk",
        user_id=str(sender),
        chat_id=str(peer),
        kind="press" if token else "other",
        at=0.0,
        group=peer > GROUP_CHAT,
        press=token,
        press_id=_text(body.get("event_id")),
    )


def _permission(body: _Json, key: str, kind: Kind) -> Event | None:
    sender = _whole(body.get("user_id"))
    if not sender or sender < 0:
        return None
    return Event(key=key, platform="vk", user_id=str(sender), chat_id=str(sender), kind=kind, at=0.0)


def _kind(payload: _Json, token: str, location: tuple[float, float] | None, text: str) -> Kind:
    if payload.get("command") == "start":
        return "start"
    if location:
        return "location"
    if token:
        return "press"
    return "text" if text else "other"


def _key(update: _Json) -> str:
    """VK's event id; without one, a digest of the whole update, which is the same when VK repeats it."""
    if event_id := _text(update.get("event_id")):
        return f"vk:{event_id}"
    canonical = json.dumps(update, sort_keys=True).encode(errors="replace")
    return f"vk:{hashlib.blake2b(canonical, digest_size=16).hexdigest()}"


def _sender(from_id: Any, peer_id: Any) -> tuple[int, int]:
    """Who wrote and where; in a private chat either tells the other. 0 when nobody is named."""
    sender, peer = _whole(from_id), _whole(peer_id)
    if sender is None:
        sender = peer if peer is not None and peer < GROUP_CHAT else 0
    return sender, sender if peer is None or peer <= 0 else peer


def _without_mention(text: str, own: int | None) -> tuple[str, bool]:
    """The text without a leading mention of the community, and whether it was mentioned anywhere."""
    mention = rf"\[(?:club|public|event){own or '[0-9]+'}\|[^\]]*\]"
    mentioned = re.search(mention, text) is not None
    return (re.sub(rf"^\s*{mention}[,:]?\s*", "", text) if mentioned else text), mentioned


def _answers_us(reply: Any, own: int | None) -> bool:
    author = _whole(reply.get("from_id")) if isinstance(reply, dict) else None
    return author is not None and (author == -own if own else author < 0)


def _payload(value: Any) -> _Json:
    """A payload comes as a string of JSON in message_new and as an object in message_event."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _location(geo: Any) -> tuple[float, float] | None:
    coordinates = geo.get("coordinates") if isinstance(geo, dict) else None
    if not isinstance(coordinates, dict):
        return None
    latitude, longitude = _number(coordinates.get("latitude")), _number(coordinates.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _attachments(value: Any) -> tuple[str, ...]:
    kinds = [item.get("type") for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return tuple(_ATTACHMENTS.get(kind, _text(kind)) for kind in kinds if isinstance(kind, str))


def _ref(value: Any) -> str:
    ref = _text(value)
    return ref if _REF.fullmatch(ref) else ""


def _time(value: Any) -> float:
    return _number(value) or 0.0


def _text(value: Any) -> str:
    """A text without lone surrogates and NULs: JSON may carry them, databases and UTF-8 may not."""
    return value.encode("utf-8", "replace").decode().replace("\0", "") if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 and math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    """An id; VK's own clients meet ids as strings, so digits in a string count."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
