"""The bot on Zalo when it starts: what it waits out, and what it gives up at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.clock import wall_clock
from app.errors import SettingError
from app.zalo_line import ZaloLine
from config.settings import Settings
from store.inbox import Arrival
from tests.bot.zalo.platform import TOKEN, Platform, open_platform, response
from tests.worlds import empty_store

ME = {"ok": True, "result": {"id": "1", "account_name": "Bot Nhắc Việc"}}
NO_WEBHOOK = {"ok": False, "error_code": 404, "description": "Not Found"}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with open_platform() as opened:
        yield opened


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.zalo_line._CONNECT_PAUSE", 0.001)


@asynccontextmanager
async def line_to(platform: Platform, folder: Path) -> AsyncIterator[ZaloLine]:
    async def keep(_: list[Arrival]) -> None: ...

    async with empty_store(folder) as database:
        settings = Settings.model_validate({"zalo_api_url": platform.url})
        line = ZaloLine(settings, TOKEN, database, keep, who="here", began=wall_clock())
        yield line
        await line.close()


async def test_it_waits_until_zalo_is_there_and_knows_then_how_it_is_called(
    platform: Platform, tmp_path: Path
) -> None:
    for code, words in (
        (403, "Internal server error"),
        (408, "Request timeout"),
        (429, "Quota exceeded"),
        (500, "x"),
    ):
        platform.says({"ok": False, "error_code": code, "description": words})
    platform.answers.append(response(b"<html>Bad Gateway</html>", status=502))
    platform.says(ME)
    platform.says(NO_WEBHOOK)

    async with line_to(platform, tmp_path) as line:
        await line.connect()

        assert line.entrance.bot_name == "Bot Nhắc Việc"
    assert [path.rpartition("/")[2] for path, _ in platform.asked] == ["getMe"] * 6 + ["deleteWebhook"]


@pytest.mark.parametrize(
    ("code", "words"), [(401, "Unauthorized"), (400, "Bad request"), (403, "Forbidden"), (404, "Not found")]
)
async def test_what_does_not_pass_by_itself_is_said_without_the_token(
    platform: Platform, tmp_path: Path, code: int, words: str
) -> None:
    platform.says({"ok": False, "error_code": code, "description": words})

    async with line_to(platform, tmp_path) as line:
        with pytest.raises(SettingError) as caught:
            await line.connect()

    assert "ZALO-SECRET" not in f"{caught.value} {caught.value.problem} {caught.value.remedy}"
    assert len(platform.asked) == 1
