"""What VK refuses and in which words: error codes and the limits of keyboards and messages, as pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

#: Texts of VK's errors (errors.json of the 5.199 schema).
MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    7: "Permission to perform this action is denied",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error: could not get application",
    14: "Captcha needed",
    15: "Access denied: no access to call this method",
    27: "Group authorization failed: method is unavailable with group auth.",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    121: "Invalid hash",
    129: "Invalid photo",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    914: "Message is too long",
    917: "You don't have access to this chat",
    936: "Contact not found",
}

#: Kinds of events a community may subscribe to.
EVENTS = (
    "audio_new", "board_post_delete", "board_post_edit", "board_post_new", "board_post_restore",
    "donut_money_withdraw", "donut_money_withdraw_error", "donut_subscription_cancelled", "donut_subscription_create",
    "donut_subscription_expired", "donut_subscription_price_changed", "donut_subscription_prolonged",
    "group_change_photo", "group_change_settings", "group_join", "group_leave", "group_officers_edit",
    "market_comment_delete", "market_comment_edit", "market_comment_new", "market_comment_restore", "message_allow",
    "message_deny", "message_edit", "message_event", "message_new", "message_reaction_event", "message_read",
    "message_reply", "message_typing_state", "photo_comment_delete", "photo_comment_edit", "photo_comment_new",
    "photo_comment_restore", "photo_new", "poll_vote_new", "user_block", "user_unblock", "video_comment_delete",
    "video_comment_edit", "video_comment_new", "video_comment_restore", "video_new", "wall_post_new",
    "wall_reply_delete", "wall_reply_edit", "wall_reply_new", "wall_reply_restore", "wall_repost",
    "wall_schedule_post_delete", "wall_schedule_post_new",
)  # fmt: skip

TEXT_MAX = 4096
LABEL_MAX = 40
PAYLOAD_MAX = 255
ROW_MAX = 5
INLINE_ROWS, INLINE_BUTTONS = 6, 10
REPLY_ROWS, REPLY_BUTTONS = 10, 40

_COLOURS = ("primary", "secondary", "negative", "positive")
#: What each kind of button must carry besides its type; only those with a label are drawn with ours.
_REQUIRED = {
    "text": ("label",),
    "callback": ("label",),
    "open_link": ("label", "link"),
    "open_app": ("label", "app_id"),
    "vkpay": ("hash",),
    "location": (),
}
#: These buttons are drawn as wide as the keyboard and suffer no neighbours.
_ALONE = ("location", "vkpay", "open_app")
#: Peers above this are group chats.
GROUP_CHAT = 2_000_000_000


class VkError(Exception):
    """An answer of VK with an error code; ``detail`` continues VK's own sentence."""

    def __init__(self, code: int, detail: str = "") -> None:
        text = MESSAGES.get(code, "Unknown error occurred")
        super().__init__(f"{text}: {detail}" if detail else text)
        self.code = code


def error_body(error: VkError, method: str, params: Mapping[str, str]) -> dict[str, Any]:
    """VK's envelope of an error: it repeats the request, but never the token."""
    echo = [{"key": "oauth", "value": "1"}, {"key": "method", "value": method}]
    echo += [{"key": key, "value": value} for key, value in params.items() if key != "access_token"]
    body: dict[str, Any] = {"error_code": error.code, "error_msg": str(error), "request_params": echo}
    if error.code == 14:
        body |= {"captcha_sid": "239633676097", "captcha_img": "https://api.vk.ru/captcha.php?sid=239633676097"}
    return {"error": body}


def integer(params: Mapping[str, str], name: str, default: int | None = None) -> int:
    """A whole number of 32 or 64 bits; VK's error 100 otherwise."""
    text = params.get(name, "")
    if not text and default is not None:
        return default
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise VkError(100, f"{name} is undefined" if not text else f"{name} not integer")
    return int(text)


def integers(params: Mapping[str, str], name: str, limit: int) -> list[int]:
    """Whole numbers between commas, at most ``limit``."""
    parts = params.get(name, "").split(",")
    if len(parts) > limit:
        raise VkError(100, f"{name} should contain at most {limit} items")
    return [integer({name: part.strip()}, name) for part in parts]


def recipients(params: Mapping[str, str]) -> tuple[list[int], bool]:
    """Peers of a messages.send, and whether it was the peer_ids form, whose answer and errors differ."""
    if params.get("peer_ids"):
        return integers(params, "peer_ids", 100), True
    for name, shift in (("peer_id", 0), ("user_id", 0), ("chat_id", GROUP_CHAT)):
        if params.get(name):
            return [integer(params, name) + shift], False
    raise VkError(100, "you should specify peer_id, user_id, domain, chat_id or user_ids param")


def keyboard(text: str) -> dict[str, Any]:
    """The parsed keyboard of a message; error 911 says what VK would not draw."""
    try:
        board = json.loads(text)
    except ValueError:
        raise VkError(911, "keyboard is not valid JSON") from None
    if not isinstance(board, dict) or not isinstance(board.get("buttons"), list):
        raise VkError(911, "buttons must be an array")
    if unknown := board.keys() - {"one_time", "inline", "buttons", "author_id"}:
        raise VkError(911, f"unknown field {min(unknown)}")
    inline = board.get("inline", False)
    if not isinstance(inline, bool) or not isinstance(board.get("one_time", False), bool):
        raise VkError(911, "inline and one_time must be boolean")
    if inline and board.get("one_time"):
        raise VkError(911, "inline keyboard cannot be one_time")
    _check_rows(board["buttons"], inline)
    return board


def _check_rows(rows: list[Any], inline: bool) -> None:
    if inline and not rows:
        raise VkError(911, "inline keyboard cannot be empty")
    if len(rows) > (INLINE_ROWS if inline else REPLY_ROWS):
        raise VkError(911, "too many rows")
    if not all(isinstance(row, list) and 0 < len(row) <= ROW_MAX for row in rows):
        raise VkError(911, "a row must hold 1 to 5 buttons")
    if sum(map(len, rows)) > (INLINE_BUTTONS if inline else REPLY_BUTTONS):
        raise VkError(911, "too many buttons")
    for row in rows:
        for button in row:
            _check_button(button, len(row))


def _check_button(button: Any, neighbours: int) -> None:
    action = button.get("action") if isinstance(button, dict) else None
    if not isinstance(action, dict) or action.get("type") not in _REQUIRED:
        raise VkError(911, "button action type is unknown")
    kind = action["type"]
    if missing := [name for name in _REQUIRED[kind] if not action.get(name)]:
        raise VkError(911, f"button {missing[0]} is required")
    if "label" in action and "label" not in _REQUIRED[kind]:
        raise VkError(911, f"{kind} button has no label")
    if len(str(action.get("label", ""))) > LABEL_MAX:
        raise VkError(911, "button label is too long")
    if "color" in button and (button["color"] not in _COLOURS or kind not in ("text", "callback")):
        raise VkError(911, "button color is invalid")
    if kind == "open_link" and not re.match(r"https?://\S+$", str(action["link"])):
        raise VkError(911, "button link is invalid")
    if kind in _ALONE and neighbours > 1:
        raise VkError(911, f"{kind} button takes the whole row")
    _check_payload(action.get("payload", ""))


def _check_payload(payload: Any) -> None:
    if payload == "":
        return
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    if len(text) > PAYLOAD_MAX:
        raise VkError(911, "button payload is too long")
    try:
        json.loads(text)
    except ValueError:
        raise VkError(911, "button payload is not valid JSON") from None


def message(params: Mapping[str, str]) -> str:
    """The text of a message, checked as VK does: present unless something is attached, and not too long."""
    text = params.get("message", "")
    if len(text) > TEXT_MAX:
        raise VkError(914)
    if not text.strip() and not params.get("attachment"):
        raise VkError(100, "message is empty or invalid")
    return text
