"""What the log never shows: tokens and passwords, whoever writes the line and however deep it sits in an error."""

import logging
from collections.abc import Iterator
from io import StringIO

import httpx
import pytest
import structlog

from app.logs import redact, set_up_logs
from bot.zalo.api import TokenRefused, ZaloApi
from tests.app.town import open_town

TELEGRAM, ZALO = "2023192001:SANDBOX-not-a-secret", "4120230001734499441:Sandbox_not-a-secret"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://api.telegram.org/bot{TELEGRAM}/getMe", "https://api.telegram.org/bot<token>/getMe"),
        (
            f"POST https://bot-api.zaloplatforms.com/bot{ZALO}/getMe",
            "POST https://bot-api.zaloplatforms.com/bot<token>/getMe",
        ),
        (f"/bot{ZALO.replace(':', '%3A')}/getMe", "/bot<token>/getMe"),
        (f"/bot{ZALO.replace(':', '%3a')}/getMe", "/bot<token>/getMe"),
        (f"{TELEGRAM} {ZALO}", "<token> <token>"),
        ("postgresql://nhacviec:mật@db/nhacviec", "postgresql://nhacviec:***@db/nhacviec"),
        ("hạn 31/3/2023 lúc 07:30, bot 2023:ngắn", "hạn 31/3/2023 lúc 07:30, bot 2023:ngắn"),
    ],
)
def test_secrets_are_left_out_and_nothing_else(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.fixture(params=[True, False], ids=["for people", "as JSON"])
def lines(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What the log writes, set up as `nhacviec run` does it, with httpx as talkative as it can be."""
    root, talkative = logging.getLogger(), logging.getLogger("httpx")
    handlers, level, written = root.handlers[:], root.level, StringIO()
    set_up_logs("DEBUG", for_people=request.param)
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    talkative.setLevel(logging.DEBUG)
    yield written
    talkative.setLevel(logging.NOTSET)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_library_shows_the_token_in_the_address_that_it_asks(lines: StringIO) -> None:
    async with open_town() as town, ZaloApi(token=ZALO, api_url=f"{town.url}/zalo") as api:
        with pytest.raises(TokenRefused):
            await api.get_me()

    assert "/zalo/bot<token>/getMe" in lines.getvalue()
    assert ZALO not in lines.getvalue()


def test_no_traceback_shows_a_token(lines: StringIO) -> None:
    try:
        try:
            raise httpx.ConnectError(f"no way to https://bot-api.zaloplatforms.com/bot{ZALO}/getMe")
        except httpx.ConnectError as error:
            raise RuntimeError(ZALO) from error
    except RuntimeError:
        structlog.get_logger("receive").exception("polling failed", token=ZALO)

    assert lines.getvalue().count("<token>") >= 3
    assert ZALO not in lines.getvalue()
