"""The webhook as Telegram is told of it, and what Telegram says of it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram import WebhookInfo
from telegram.error import BadRequest

from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.updates import ALLOWED_UPDATES
from bot.telegram.webhook import TelegramWebhook, secret_of
from tests.app.town import TOKEN, Town, open_town

URL = "http://127.0.0.1:9/telegram"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        yield opened


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[PollingBot]:
    async with make_bot(token=TOKEN, api_url=town.url, proxy=None) as made:
        yield made


def test_the_secret_is_the_same_everywhere_and_says_nothing_about_the_token() -> None:
    secret = secret_of(TOKEN)

    assert secret == secret_of(TOKEN)
    assert secret != secret_of(TOKEN + "x")
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", secret)
    assert TOKEN.partition(":")[2] not in secret


async def test_setting_it_again_changes_nothing(town: Town, bot: PollingBot) -> None:
    webhook = TelegramWebhook(bot, url=URL)
    await town.inject(message={"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}})

    await webhook.set()
    once = await bot.get_webhook_info()
    await webhook.set()
    twice = await bot.get_webhook_info()

    assert once.url == twice.url == URL
    assert set(once.allowed_updates) == set(ALLOWED_UPDATES)
    assert once.pending_update_count == twice.pending_update_count == 1


async def test_an_address_that_telegram_does_not_accept_is_refused(bot: PollingBot) -> None:
    with pytest.raises(BadRequest, match="can be set up only on ports"):
        await TelegramWebhook(bot, url="https://example.vn:8000/telegram").set()


def told(url: str = URL, waiting: int = 0, failed_at: datetime | None = None) -> WebhookInfo:
    return WebhookInfo(
        url=url,
        has_custom_certificate=False,
        pending_update_count=waiting,
        last_error_date=failed_at,
        last_error_message="Connection refused" if failed_at else None,
    )


WELL = {
    "nothing waits": told(),
    "something waits, and nothing failed": told(waiting=3),
    "something failed, and nothing waits any more": told(failed_at=NOW),
    "something waits, and the failure is long ago": told(waiting=3, failed_at=NOW - 11 * MINUTE),
}
NOT_WELL = {
    "Telegram cannot deliver: Connection refused": told(waiting=3, failed_at=NOW - MINUTE),
    "another program has changed or removed the webhook; start this one again to set it": told(url=""),
}


@pytest.mark.parametrize("case", WELL)
def test_updates_come(case: str, bot: PollingBot) -> None:
    webhook = TelegramWebhook(bot, url=URL)

    webhook.note(WELL[case], NOW)

    assert webhook.last_received_at == NOW


@pytest.mark.parametrize("fault", NOT_WELL)
def test_updates_do_not_come(fault: str, bot: PollingBot) -> None:
    webhook = TelegramWebhook(bot, url=URL)

    webhook.note(NOT_WELL[fault], NOW)

    assert webhook.last_received_at is None
    assert webhook.fault == fault
