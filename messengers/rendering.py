"""Degrades a reply by rule to what a platform can show, so that adapters send only what will be accepted."""

from __future__ import annotations

from dataclasses import replace

from core.messages import Capabilities, Reply
from messengers.rendering_keyboard import arrange
from messengers.rendering_text import split, tidy, units

CHOOSE, CHOOSE_MORE = "Выберите:", "И ещё:"

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


def fit(reply: Reply, caps: Capabilities) -> list[Reply]:
    """The messages to send for one reply, in order, none over a limit; [] when there is nothing to say.

    The picture comes once, with the first text it can carry; the keyboard once, under the last text.
    """
    text = tidy(reply.text)
    keyboards = arrange(reply.keyboard, caps) if reply.keyboard else []
    has_picture = reply.chart is not None or bool(reply.image_url)
    texts = split(text, caps.text_max)
    if has_picture and units(text) > caps.extra.get("caption_max", caps.text_max):
        texts = ["", *texts]  # a caption too long would be cut in the middle: the picture goes first, alone
    replies = [Reply(part) for part in texts or ([""] if has_picture or keyboards else [])]
    if has_picture:
        replies[0] = replace(replies[0], chart=reply.chart, image_url=reply.image_url)
    for number, keyboard in enumerate(keyboards):
        if number == 0:
            replies[-1] = replace(replies[-1], text=replies[-1].text or CHOOSE, keyboard=keyboard)
        else:
            replies.append(Reply(CHOOSE_MORE, keyboard=keyboard))
    return replies
