"""The webhook as Zalo is told of it, and what Zalo says of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.zalo.api import Refused, TokenRefused, ZaloApi
from bot.zalo.webhook import ZaloWebhook, secret_of
from tests.app.town import eventually
from tests.bot.zalo.lan import TOKEN, Lan
from tests.bot.zalo.platform import Platform, open_api, open_platform

NOBODY = "http://127.0.0.1:9/zalo"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GONE = "another program has changed or removed the webhook; start this one again to set it"


@pytest.fixture
async def api(lan: Lan) -> AsyncIterator[ZaloApi]:
    async with open_api(f"{lan.town.url}/zalo", token=TOKEN) as opened:
        yield opened


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as opened:
        yield opened


def test_the_secret_is_the_same_everywhere_and_says_nothing_about_the_token() -> None:
    secret = secret_of(TOKEN)

    assert secret == secret_of(TOKEN)
    assert secret != secret_of(TOKEN + "x")
    assert re.fullmatch(r"[0-9a-f]{64}", secret)


async def test_an_address_that_could_not_be_verified_is_set_all_the_same(api: ZaloApi) -> None:
    webhook = ZaloWebhook(api, url=NOBODY)

    await webhook.set()
    await webhook.set()

    assert await api.webhook_url() == NOBODY


async def test_an_address_that_is_not_kept_is_refused(api: ZaloApi) -> None:
    with pytest.raises(Refused, match="url must be an address of this machine"):
        await ZaloWebhook(api, url="https://nhacviec.vn/zalo").set()


async def test_an_address_that_is_refused_while_another_is_set_is_not_taken_for_set(api: ZaloApi) -> None:
    await ZaloWebhook(api, url=NOBODY).set()

    with pytest.raises(Refused, match="url must be an address of this machine"):
        await ZaloWebhook(api, url="https://nhacviec.vn/zalo").set()


async def test_a_refused_token_sets_nothing_and_asks_no_more(platform: Platform) -> None:
    platform.says({"ok": False, "error_code": 401, "description": "Unauthorized"})

    async with open_api(platform.url) as api:
        with pytest.raises(TokenRefused):
            await ZaloWebhook(api, url=NOBODY).set()

    assert len(platform.asked) == 1


async def test_the_watch_says_when_zalo_brings_events_to_us(api: ZaloApi) -> None:
    webhook = ZaloWebhook(api, url=NOBODY)
    await webhook.set()

    watching = asyncio.create_task(webhook.watch())

    async def is_well() -> bool:
        return webhook.last_received_at is not None

    await eventually(is_well)
    watching.cancel()
    await asyncio.wait([watching])


async def test_the_watch_says_when_zalo_brings_them_nowhere(api: ZaloApi) -> None:
    webhook = ZaloWebhook(api, url=NOBODY)

    watching = asyncio.create_task(webhook.watch())

    async def is_amiss() -> bool:
        return webhook.fault == GONE

    await eventually(is_amiss)
    watching.cancel()
    await asyncio.wait([watching])

    assert webhook.last_received_at is None


async def test_the_watch_goes_on_when_zalo_cannot_be_asked(
    lan: Lan, api: ZaloApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.zalo.webhook._LOOK_SECONDS", 0.01)
    webhook = ZaloWebhook(api, url=NOBODY)
    await webhook.set()
    await lan.town.fault("status", status=500, platform="zalo", method="getWebhookInfo")

    watching = asyncio.create_task(webhook.watch())

    async def is_well() -> bool:
        return webhook.last_received_at is not None

    await eventually(is_well)
    watching.cancel()
    await asyncio.wait([watching])

    assert webhook.fault == "Zalo cannot be asked about the webhook: Unavailable"


async def test_an_address_that_is_ours_is_well_and_another_is_not(api: ZaloApi) -> None:
    ours, theirs = ZaloWebhook(api, url=NOBODY), ZaloWebhook(api, url=NOBODY)

    ours.note(NOBODY, NOW)
    theirs.note("https://elsewhere.vn/zalo", NOW)

    assert ours.last_received_at == NOW
    assert (theirs.last_received_at, theirs.fault) == (None, GONE)
