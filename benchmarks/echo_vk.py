"""The stock vkbottle echo bot, as its own documentation writes it: the yardstick of replies.py."""

from __future__ import annotations

import sys

from vkbottle import API, Bot
from vkbottle.bot import Message

if __name__ == "__main__":
    token, url = sys.argv[1:]
    api = API(token)
    api.API_URL = f"{url}/method/"
    bot = Bot(api=api)

    @bot.on.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text)

    bot.run_forever()
