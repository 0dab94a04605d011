"""Where a reply's picture comes from: a chart is drawn, an address is fetched; both off the event loop."""

from __future__ import annotations

import asyncio
import hashlib
import logging

from core.errors import IntegrationError
from core.messages import Reply
from core.ports import Picture
from integrations.http import Http
from messengers.chart import draw

log = logging.getLogger(__name__)


def painter(http: Http) -> Picture:
    """The `Picture` of the messengers: (bytes, content key), None when there is no picture to be had."""

    async def picture(reply: Reply) -> tuple[bytes, str] | None:
        try:
            if reply.chart is not None:
                image = await asyncio.to_thread(draw, reply.chart)
            elif reply.image_url:
                image = await asyncio.to_thread(http.fetch_image, reply.image_url)
            else:
                return None
        except IntegrationError as error:  # the text is delivered all the same
            log.warning("picture: %s", error)
            return None
        return image, hashlib.blake2b(image, digest_size=16).hexdigest()

    return picture
