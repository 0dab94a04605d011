"""Photos in VK: upload, save, attach by name; the three calls in a row that the real service asks for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox import vk_rules as rules
from sandbox.vk_rules import VkError

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
_MAX_BYTES = 50 * 2**20
_SERVER = 858032


class Photos:
    """Uploaded pictures, then saved photos of one community."""

    def __init__(self, group_id: int) -> None:
        self.uploads = 0  #: pictures received, to see that a bot re-uses what it has
        self._owner = -group_id
        self._uploaded: dict[str, bytes] = {}
        self._saved: dict[str, bytes] = {}

    async def upload(self, request: web.Request) -> web.Response:
        """The upload server: accepts the form field ``photo`` and answers what saveMessagesPhoto wants back."""
        field = (await request.post()).get("photo")
        data = field.file.read() if isinstance(field, FileField) else b""
        if not data.startswith(_SIGNATURES) or len(data) > _MAX_BYTES:
            # The real server does not complain either: an empty list is how it says no.
            return web.json_response({"server": _SERVER, "photo": "[]", "hash": ""})
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        self._uploaded[digest] = data
        self.uploads += 1
        photo = json.dumps([{"photo": digest, "sizes": [["x", 4, 3]], "kid": digest}])
        return web.json_response({"server": _SERVER, "photo": photo, "hash": digest[:16]})

    def save(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """photos.saveMessagesPhoto."""
        try:
            uploaded = json.loads(params.get("photo", ""))
            digest = str(uploaded[0]["photo"])
        except (ValueError, LookupError, TypeError):
            raise VkError(100, "photo is undefined") from None
        if digest not in self._uploaded:
            raise VkError(129)
        if params.get("hash") != digest[:16] or rules.integer(params, "server") != _SERVER:
            raise VkError(121)
        number, access_key = 457239017 + len(self._saved), digest[:18]
        self._saved[f"photo{self._owner}_{number}_{access_key}"] = self._uploaded[digest]
        sizes = [{"type": "x", "url": f"https://example.invalid/{digest}.png", "width": 4, "height": 3}]
        photo = {"id": number, "owner_id": self._owner, "album_id": -64, "date": 1790000000, "sizes": sizes}
        return [{**photo, "access_key": access_key, "text": "", "has_tags": False}]

    def forget(self) -> None:
        """Delete every saved photo, as an owner cleaning the album does."""
        self._saved.clear()

    def attached(self, attachment: str) -> list[bytes]:
        """The pictures an ``attachment`` parameter names; error 100 for one that was never saved."""
        names = [name for name in attachment.split(",") if name]
        for name in names:
            if not re.fullmatch(r"photo-?\d+_\d+(_\w+)?", name) or name not in self._saved:
                raise VkError(100, "attachment is invalid")
        return [self._saved[name] for name in names]
