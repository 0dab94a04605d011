"""favqs.com on loopback: one quote a day, in the real answer's shape, markup included."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.emulator import Emulator, Fault

#: Author, text as the service stores it.
QUOTES: tuple[tuple[str, str], ...] = (
    ("Blaise Pascal", "Justice and truth are too such subtle points that our tools are too blunt to touch them."),
    ("Lao Tzu", "A journey of a thousand miles<br />begins with a single step."),
    ("Seneca", "Luck is what happens when preparation meets opportunity."),
    ("Marcus Aurelius", "The impediment to action advances action.<br>What stands in the way becomes the way."),
    ("Muhammad Ali", "Don&#39;t count the days, make the days count."),
    ("Emil Zátopek", "If you want to run, run a mile. If you want to experience a different life, run a marathon."),
    ("Confucius", "It does not matter how slowly you go, as long as you do <i>not</i> stop."),
)


class QuotesEmulator(Emulator):
    """``quote`` replaces fields of today's quote, to try odd ones."""

    name = "quotes"

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.clock = clock
        self.quote: dict[str, Any] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/qotd", self._quote_of_the_day)]

    async def rejection(self, request: web.Request, fault: Fault) -> web.Response:
        headers = {"Retry-After": f"{fault.seconds:.0f}"} if fault.seconds else {}
        return web.json_response(
            {"error_code": fault.code, "message": "Rejected."}, status=fault.status, headers=headers
        )

    async def _quote_of_the_day(self, request: web.Request) -> web.Response:
        today = datetime.fromtimestamp(self.clock(), UTC).date()
        number = today.toordinal() % len(QUOTES)
        author, body = QUOTES[number]
        permalink = author.lower().replace(" ", "-")
        quote = {
            "id": 58787 + number,
            "dialogue": False,
            "private": False,
            "tags": ["truth"],
            "url": f"https://favqs.com/quotes/{permalink}/{58787 + number}",
            "favorites_count": 0,
            "upvotes_count": 1,
            "downvotes_count": 0,
            "author": author,
            "author_permalink": permalink,
            "body": body,
        }
        return web.json_response(
            {"qotd_date": f"{today.isoformat()}T00:00:00.000+00:00", "quote": {**quote, **self.quote}}
        )
