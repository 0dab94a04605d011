"""Degrades a reply by rule to what a platform can show, so that adapters send only what will be accepted."""

from __future__ import annotations

from core.messages import Capabilities

#: ``extra``: caption_max = UTF-16 units of text beside a picture; url_in_reply / asks_inline = links may sit in a reply
#: keyboard, phone and location requests in an inline one; location_alone = that button takes a whole row.
TELEGRAM_CAPABILITIES = Capabilities(
    text_max=4096,
    inline_buttons=100,
    inline_rows=100,
    inline_row=8,
    reply_buttons=100,
    reply_rows=100,
    reply_row=8,
    label_max=64,
    phone=True,
    extra={"caption_max": 1024, "url_in_reply": 0, "asks_inline": 0, "location_alone": 0},
)
VK_CAPABILITIES = Capabilities(
    text_max=4096,
    inline_buttons=10,
    inline_rows=6,
    inline_row=5,
    reply_buttons=40,
    reply_rows=10,
    reply_row=5,
    label_max=40,
    phone=False,
    extra={"caption_max": 4096, "url_in_reply": 1, "asks_inline": 1, "location_alone": 1},
)
