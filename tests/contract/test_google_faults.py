"""A bad day at Google: quotas, dead tokens, lost answers, writes that land late, reads that lag."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials

from sandbox.emulator import Fault
from sandbox.google_quota import Quota
from tests.contract.google_desk import SHEETS, Desk, appended, desk, error_of, fence, redirected, text_row


async def test_the_sixty_first_read_in_a_minute_is_refused_the_way_google_does() -> None:
    async with desk() as d:
        now = [1000.0]
        d.google.quota = Quota(limit=3, clock=lambda: now[0])
        for _ in range(3):
            await d.get("A1")
        refused = await d.ask("GET", "/values/A1")
        error = error_of(refused)
        assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
        assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
        assert error["details"][0]["metadata"]["quota_limit"] == "ReadRequestsPerMinutePerUser"
        assert error["details"][0]["metadata"]["quota_limit_value"] == "3"
        assert "Retry-After" not in refused.headers
        await d.batch(appended(text_row("writes have their own quota")))
        now[0] += 61
        assert len(await d.get("A1:A9")) == 1
        assert (d.google.reads, d.google.writes) == (4, 1)
        assert (d.google.quota.spent("read"), d.google.quota.spent("write")) == (1, 0)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
async def test_a_rejection_has_the_real_body_and_applies_nothing(status: int) -> None:
    async with desk() as d:
        d.google.faults.append(Fault("reject", match=":batchUpdate", status=status))
        refused = await d.try_batch(appended(text_row("x")))
        assert error_of(refused)["code"] == status
        assert await d.get("A1") is None
        await d.batch(appended(text_row("x")))


async def test_a_dropped_answer_means_applied_and_a_fence_tells() -> None:
    async with desk() as d:
        d.google.faults.append(Fault("drop", match=":batchUpdate"))
        with pytest.raises(requests.ConnectionError):
            await d.batch(fence(5, "hash"), appended(text_row("x")))
        assert (await d.try_batch(fence(5, "void"))).status_code == 400
        assert await d.get("A1:A9") == [["x"]]


async def test_a_late_write_lands_after_it_was_answered_503() -> None:
    async with desk() as d:
        d.google.delay_writes(after=2)
        assert (await d.try_batch(appended(text_row("late")))).status_code == 503
        assert await d.get("A1:A9") is None
        assert await d.get("A1:A9") == [["late"]]


async def test_a_late_write_behind_a_claimed_fence_is_refused_silently() -> None:
    async with desk() as d:
        d.google.delay_writes(after=100, match=":batchUpdate")
        assert (await d.try_batch(fence(5, "hash"), appended(text_row("late")))).status_code == 503
        await d.batch(fence(5, "void"))
        d.google.land_late()
        assert await d.get("A1:A9") is None


async def test_a_stale_read_shows_the_revision_before_once() -> None:
    async with desk() as d:
        await d.put("A1", [["old"]])
        await d.put("A1", [["new"]])
        d.google.stale_reads = 1
        assert await d.get("A1") == [["old"]]
        assert await d.get("A1") == [["new"]]


async def test_an_empty_read_shows_an_empty_grid_once() -> None:
    async with desk() as d:
        await d.put("A1", [["x"]])
        d.google.empty_reads = 1
        assert await d.get("A1") is None
        assert await d.get("A1") == [["x"]]


async def test_the_owner_can_act_between_any_two_requests() -> None:
    async with desk() as d:
        await d.put("A1", [["Имя"], ["б"], ["а"]])
        d.google.between = lambda: d.owner.sort("Лист1", "Имя")
        assert await d.get("A1:A3") == [["Имя"], ["а"], ["б"]]


def _credentials(d: Desk) -> Credentials:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    info = {
        "client_email": "bot@club.iam.gserviceaccount.com",
        "private_key": pem,
        "token_uri": d.google.url + "/token",
    }
    made: Credentials = Credentials.from_service_account_info(
        info, scopes=[SHEETS.replace("sheets", "www") + "/auth/x"]
    )
    return made


def _authorised(d: Desk) -> Any:
    return redirected(AuthorizedSession(_credentials(d)), d.google.url)


async def test_a_real_service_account_gets_a_token_and_nobody_else_is_let_in() -> None:
    async with desk(open_access=False) as d:
        assert error_of(await d.ask("GET", "/values/A1"))["status"] == "UNAUTHENTICATED"
        d.session.close()
        d.session = _authorised(d)
        assert await d.get("A1") is None
        d.google.tokens.clear()  # an expired token: the library asks for a new one and repeats the request
        assert await d.get("A1") is None
        assert d.google.reads == 2


async def test_a_revoked_service_account_gets_no_token() -> None:
    async with desk(open_access=False) as d:
        d.google.revoked = True
        d.session.close()
        d.session = _authorised(d)
        with pytest.raises(RefreshError, match="invalid_grant"):
            await d.get("A1")


async def test_a_token_request_that_makes_no_sense_is_refused() -> None:
    async with desk() as d:
        jwt = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        for form in ({}, {"grant_type": jwt}, {"grant_type": jwt, "assertion": "a.!!.c"}):
            answer = await asyncio.to_thread(requests.post, d.google.url + "/token", form, timeout=10)
            assert answer.status_code == 400
            assert set(answer.json()) == {"error", "error_description"}
