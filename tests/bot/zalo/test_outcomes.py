"""What an error of the platform says about a send: as a table, and as it comes from a real server."""

import pytest

from bot.channel import Destination, Outcome, Refused, RetryLater, Sent, TokenRefused, Uncertain
from bot.message import message
from bot.zalo import api
from bot.zalo.outcomes import outcome_of
from tests.bot.zalo.lan import TOKEN, Lan, open_channel


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (api.Refused(403, "Forbidden"), Refused(reason="Forbidden", suspends=True)),
        (
            api.Refused(403, "User has blocked the bot"),
            Refused(reason="User has blocked the bot", suspends=True),
        ),
        (api.Refused(403, "without a description"), RetryLater(reason="without a description")),
        (api.Refused(404, "Chat not found"), Refused(reason="Chat not found", suspends=True)),
        (api.Refused(404, "Not Found"), RetryLater(reason="Not Found")),
        (api.Refused(426, "Forbidden sticker"), RetryLater(reason="Forbidden sticker")),
        (api.Refused(400, "User not found"), Refused(reason="User not found", suspends=True)),
        (api.Refused(400, "text is required"), Refused(reason="text is required", suspends=False)),
        (api.TimedOut(408, "Request timeout"), Uncertain(reason="Request timeout")),
        (api.TokenRefused(401, "Unauthorized"), TokenRefused()),
        (
            api.QuotaExceeded(429, "Quota exceeded"),
            RetryLater(reason="quota exceeded", whole_channel=True),
        ),
        (api.Unavailable(500, "Internal"), RetryLater(reason="Internal")),
        (api.Unreadable("not JSON"), Uncertain(reason="not JSON")),
        (api.Unreachable("ReadTimeout", left=True), Uncertain(reason="ReadTimeout")),
        (api.Unreachable("ConnectError", left=False), RetryLater(reason="ConnectError")),
    ],
    ids=lambda value: repr(value) if isinstance(value, api.ZaloError) else "",
)
def test_what_an_error_says_about_a_send(error: api.ZaloError, expected: Outcome) -> None:
    assert outcome_of(error) == expected


async def sent_to(url: str, address: str, *, token: str = TOKEN) -> Outcome:
    async with open_channel(url, token=token) as channel:
        return await channel.send(message("một"), Destination(address=address))


@pytest.mark.parametrize("style", ["body", "status", "camel"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Refused(reason="Bad Request", suspends=False)),
        (401, TokenRefused()),
        (403, Refused(reason="Forbidden", suspends=True)),
        (429, RetryLater(reason="quota exceeded", whole_channel=True)),
        (500, RetryLater(reason="Internal Server Error")),
        (502, RetryLater(reason="Bad Gateway")),
    ],
)
async def test_a_refusal_is_read_in_whatever_way_it_comes(
    lan: Lan, style: str, status: int, expected: Outcome
) -> None:
    await lan.town.fault("status", status=status, style=style, platform="zalo")

    assert await sent_to(lan.town.url, lan.address) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            {"kind": "status", "status": 502, "style": "plain"},
            Uncertain(reason="sendMessage: not a JSON object, with status 502"),
        ),
        (
            {"kind": "status", "status": 403, "style": "plain"},
            Uncertain(reason="sendMessage: not a JSON object, with status 403"),
        ),
        ({"kind": "bad_json"}, Uncertain(reason="sendMessage: not a JSON object, with status 200")),
        ({"kind": "flood"}, RetryLater(reason="quota exceeded", whole_channel=True)),
        ({"kind": "hang_before", "seconds": 5}, Uncertain(reason="ReadTimeout")),
        ({"kind": "hang_after", "seconds": 5}, Uncertain(reason="ReadTimeout")),
    ],
    ids=lambda value: str(value.get("status", value["kind"])) if isinstance(value, dict) else "",
)
async def test_what_a_failing_server_comes_to(lan: Lan, fault: dict[str, object], expected: Outcome) -> None:
    await lan.town.ask("POST", "/faults", fault | {"platform": "zalo"})

    assert await sent_to(lan.town.url, lan.address) == expected


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_cut_connection_leaves_it_uncertain(lan: Lan, kind: str) -> None:
    await lan.town.fault(kind, platform="zalo")

    assert isinstance(await sent_to(lan.town.url, lan.address), Uncertain)


async def test_what_can_be_known_is_known(lan: Lan) -> None:
    arrived = await sent_to(lan.town.url, lan.address)

    assert isinstance(arrived, Sent)
    assert arrived.external_id
    assert await sent_to(lan.town.url, "nobody") == Refused(reason="Not Found: chat not found", suspends=True)
    assert await sent_to(lan.town.url, lan.address, token="1:x") == TokenRefused()
    await lan.town.ask("POST", f"/chats/{lan.number}/block")
    assert await sent_to(lan.town.url, lan.address) == Refused(
        reason="Forbidden: the user has blocked the bot", suspends=True
    )


async def test_the_403_of_the_documentation_suspends_nobody(lan: Lan) -> None:
    words = "Internal server error"
    await lan.town.fault("status", status=403, description=words, platform="zalo")

    assert await sent_to(lan.town.url, lan.address) == RetryLater(reason=words)


async def test_a_server_that_is_not_there_was_never_reached() -> None:
    assert await sent_to("http://127.0.0.1:1", "x") == RetryLater(reason="ConnectError")
