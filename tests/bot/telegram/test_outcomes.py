"""What an error of the library says about a send: as a table, and as the library raises it against a real server."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.channel import Destination, Migrated, Outcome, Refused, RetryLater, Sent, TokenRefused, Uncertain
from bot.message import message
from bot.telegram.channel import TelegramChannel
from bot.telegram.connect import PollingBot
from bot.telegram.outcomes import outcome_of
from tests.app.town import TOKEN, Town, open_town

LAN, GROUP = 1001, -2001


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ChatMigrated(-1005), Migrated(address="-1005")),
        (RetryAfter(7), RetryLater(reason="flood control", after=timedelta(seconds=7))),
        (RetryAfter(timedelta(seconds=9)), RetryLater(reason="flood control", after=timedelta(seconds=9))),
        (
            Forbidden("Forbidden: bot was blocked by the user"),
            Refused(reason="Forbidden: bot was blocked by the user", suspends=True),
        ),
        (
            Forbidden("Forbidden: bot was kicked from the group chat"),
            Refused(reason="Forbidden: bot was kicked from the group chat", suspends=True),
        ),
        (InvalidToken("x"), TokenRefused()),
        (BadRequest("Chat not found"), Refused(reason="Chat not found", suspends=True)),
        (
            BadRequest("Not enough rights to send text messages to the chat"),
            Refused(reason="Not enough rights to send text messages to the chat", suspends=True),
        ),
        (
            BadRequest("Group chat was deactivated"),
            Refused(reason="Group chat was deactivated", suspends=True),
        ),
        (BadRequest("Message is too long"), Refused(reason="Message is too long", suspends=False)),
        (
            caused(TimedOut(), httpx.ReadTimeout("")),
            Uncertain(reason="TimedOut: ReadTimeout"),
        ),
        (
            caused(TimedOut(), httpx.WriteTimeout("")),
            Uncertain(reason="TimedOut: WriteTimeout"),
        ),
        (caused(TimedOut(), httpx.ConnectTimeout("")), RetryLater(reason="TimedOut: ConnectTimeout")),
        (caused(TimedOut(), httpx.PoolTimeout("")), RetryLater(reason="TimedOut: PoolTimeout")),
        (caused(NetworkError("x"), httpx.ConnectError("")), RetryLater(reason="NetworkError: ConnectError")),
        (caused(NetworkError("x"), httpx.ProxyError("")), RetryLater(reason="NetworkError: ProxyError")),
        (
            caused(NetworkError("x"), httpx.RemoteProtocolError("")),
            Uncertain(reason="NetworkError: RemoteProtocolError"),
        ),
        (caused(NetworkError("x"), httpx.ReadError("")), Uncertain(reason="NetworkError: ReadError")),
        (
            caused(TelegramError("Invalid server response"), ValueError()),
            Uncertain(reason="unreadable answer (TelegramError)"),
        ),
        (NetworkError("Bad Gateway"), RetryLater(reason="Bad Gateway")),
        (
            Conflict("terminated by other getUpdates request"),
            RetryLater(reason="terminated by other getUpdates request"),
        ),
    ],
    ids=lambda value: "" if not isinstance(value, TelegramError) else f"{value!r} {value.__cause__!r}",
)
def test_what_an_error_says_about_a_send(error: TelegramError, expected: Outcome) -> None:
    assert outcome_of(error) == expected


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await opened.person(LAN, "Lan")
        await opened.group(GROUP, "Sở Tư pháp", LAN)
        yield opened


async def sent_to(url: str, chat: int, token: str = TOKEN) -> Outcome:
    request, polling = HTTPXRequest(read_timeout=0.3, connect_timeout=2), HTTPXRequest()
    async with request, polling:
        bot = PollingBot(token=token, base_url=f"{url}/bot", request=request, get_updates_request=polling)
        return await TelegramChannel(bot).send(message("một"), Destination(address=str(chat)))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "status", "status": 500}, RetryLater(reason="Internal Server Error")),
        ({"kind": "status", "status": 502}, RetryLater(reason="Bad Gateway")),
        (
            {"kind": "status", "status": 429, "retry_after": 5},
            RetryLater(reason="flood control", after=timedelta(seconds=5)),
        ),
        ({"kind": "status", "status": 401}, TokenRefused()),
        (
            {"kind": "status", "status": 403, "description": "Forbidden: user is deactivated"},
            Refused(reason="Forbidden: user is deactivated", suspends=True),
        ),
        ({"kind": "hang_before", "seconds": 5}, Uncertain(reason="TimedOut: ReadTimeout")),
        ({"kind": "hang_after", "seconds": 5}, Uncertain(reason="TimedOut: ReadTimeout")),
        ({"kind": "bad_json"}, Uncertain(reason="unreadable answer (TelegramError)")),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else "",
)
async def test_what_a_failing_server_comes_to(
    town: Town, fault: dict[str, object], expected: Outcome
) -> None:
    await town.ask("POST", "/faults", fault)

    assert await sent_to(town.url, LAN) == expected


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_cut_connection_leaves_it_uncertain(town: Town, kind: str) -> None:
    await town.fault(kind)

    assert isinstance(await sent_to(town.url, LAN), Uncertain)


async def test_what_can_be_known_is_known(town: Town) -> None:
    moved = (await town.ask("POST", f"/chats/{GROUP}/migrate"))["id"]
    arrived = await sent_to(town.url, LAN)

    assert isinstance(arrived, Sent)
    assert await sent_to(town.url, GROUP) == Migrated(address=str(moved))
    assert await sent_to(town.url, 999) == Refused(reason="Chat not found", suspends=True)
    await town.ask("POST", f"/chats/{LAN}/block")
    assert await sent_to(town.url, LAN) == Refused(
        reason="Forbidden: bot was blocked by the user", suspends=True
    )


async def test_a_server_that_is_not_there_was_never_reached() -> None:
    assert await sent_to("http://127.0.0.1:1", LAN) == RetryLater(reason="NetworkError: ConnectError")
