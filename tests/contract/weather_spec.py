"""The vendor's own description of weatherapi.com, to hold our requests and the emulator's answers against."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from sandbox.emulator import Exchange

FILE = "weatherapi-openapi-original.yml"


@cache
def _load() -> OpenAPI | None:
    folder = os.environ.get("SPECS_DIR")
    path = Path(folder) if folder else Path(__file__).parents[2].parent / "shared" / "specs"
    if not (path / FILE).is_file():
        return None

    return OpenAPI.from_dict(_patched(yaml.load((path / FILE).read_text("utf-8"), _PlainLoader)))


class _PlainLoader(yaml.SafeLoader):
    """YAML without dates: an example like 2023-01-01 stays the text it is in JSON."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _patched(spec: dict[str, Any]) -> dict[str, Any]:
    """search.json answers 403 like its siblings when the quota is used up; the vendor's file forgets to say so."""
    responses = spec["paths"]["/search.json"]["get"]["responses"]
    responses.setdefault("403", {"$ref": "#/components/responses/Forbidden"})
    return spec


def conforms(exchange: Exchange) -> None:
    """Fail when the request or its answer is not what the vendor describes; skip where the file is not at hand."""
    spec = _load()
    if spec is None:
        pytest.skip(f"{FILE} is not here: set SPECS_DIR")
    request = MockRequest("https://api.weatherapi.com", exchange.method.lower(), exchange.path, args=exchange.query)
    spec.validate_request(request)
    spec.validate_response(request, MockResponse(exchange.answer.encode(), exchange.status))
