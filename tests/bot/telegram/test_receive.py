"""Long polling: nothing is confirmed before it is kept, whatever the network does."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError

from bot.telegram.connect import PollingBot, make_bot
from bot.telegram.receive import TelegramReceiver
from store.inbox import Arrival
from tests.app.town import TOKEN, Town, eventually, open_town

LAN = 1001


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    async with open_town() as opened:
        await opened.person(LAN, "Lan")
        yield opened


@pytest.fixture
async def bot(town: Town) -> AsyncIterator[PollingBot]:
    async with make_bot(token=TOKEN, api_url=town.url, proxy=None) as made:
        yield made


class Box:
    """Keeps what it is given; raises first if told to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.trouble: Exception | None = None

    async def keep(self, arrivals: list[Arrival]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.texts += [arrival.raw["message"]["text"] for arrival in arrivals]


async def test_updates_are_kept_in_order_and_confirmed_by_the_next_poll(town: Town, bot: PollingBot) -> None:
    box = Box()
    receiver = TelegramReceiver(bot, box.keep)
    for text in ("một", "hai"):
        await town.says(LAN, text)

    counts = [await receiver.poll_once(0)]
    await town.says(LAN, "ba")
    counts += [await receiver.poll_once(0), await receiver.poll_once(0)]
    after_a_restart = await TelegramReceiver(bot, box.keep).poll_once(0)

    assert counts == [2, 1, 0]
    assert box.texts == ["một", "hai", "ba"]
    assert after_a_restart == 0


async def test_what_was_kept_but_not_confirmed_comes_again_after_a_kill(town: Town, bot: PollingBot) -> None:
    before, after = Box(), Box()
    await town.says(LAN, "một")

    await TelegramReceiver(bot, before.keep).poll_once(0)
    await TelegramReceiver(bot, after.keep).poll_once(0)

    assert before.texts == after.texts == ["một"]


async def test_what_could_not_be_kept_is_not_confirmed(town: Town, bot: PollingBot) -> None:
    box = Box()
    receiver = TelegramReceiver(bot, box.keep)
    await town.says(LAN, "một")
    box.trouble = RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await receiver.poll_once(0)
    box.trouble = None
    await receiver.poll_once(0)

    assert box.texts == ["một"]


async def test_more_than_a_poll_brings_comes_with_the_next(town: Town, bot: PollingBot) -> None:
    box = Box()
    receiver = TelegramReceiver(bot, box.keep)
    for number in range(130):
        await town.says(LAN, str(number))

    counts = [await receiver.poll_once(0) for _ in range(3)]

    assert counts == [100, 30, 0]
    assert box.texts == [str(number) for number in range(130)]


FAULTS: list[tuple[dict[str, object], type[TelegramError]]] = [
    ({"kind": "status", "status": 409}, Conflict),
    ({"kind": "status", "status": 429, "retry_after": 3}, RetryAfter),
    ({"kind": "status", "status": 502}, NetworkError),
    ({"kind": "drop_before"}, NetworkError),
    ({"kind": "drop_after"}, NetworkError),
    ({"kind": "bad_json"}, TelegramError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=range(len(FAULTS)))
async def test_trouble_is_raised_and_loses_nothing(
    town: Town, bot: PollingBot, fault: dict[str, object], error: type[TelegramError]
) -> None:
    box = Box()
    receiver = TelegramReceiver(bot, box.keep)
    await town.says(LAN, "một")
    await town.ask("POST", "/faults", fault | {"method": "getUpdates"})

    with pytest.raises(error):
        await receiver.poll_once(0)
    await receiver.poll_once(0)

    assert box.texts == ["một"]


async def test_the_loop_goes_on_after_trouble(
    town: Town, bot: PollingBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.receive._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.telegram.receive._LONGEST_PAUSE", 0.02)
    box = Box()
    for kind in ("status", "drop_before", "bad_json", "status"):
        await town.fault(kind, method="getUpdates", status=409 if kind == "status" else None)
    await town.says(LAN, "một")

    running = asyncio.create_task(TelegramReceiver(bot, box.keep).run())

    async def received() -> bool:
        return box.texts == ["một"]

    await eventually(received)
    await town.says(LAN, "hai")

    async def received_both() -> bool:
        return box.texts == ["một", "hai"]

    await eventually(received_both)
    running.cancel()
    await asyncio.wait([running])


async def test_an_update_that_cannot_be_parsed_arrives_like_any_other(town: Town, bot: PollingBot) -> None:
    arrived: list[Arrival] = []

    async def keep(arrivals: list[Arrival]) -> None:
        arrived.extend(arrivals)

    await town.inject(message={"chat": "x"})
    await town.says(LAN, "một")

    await TelegramReceiver(bot, keep).poll_once(0)

    assert [arrival.raw["message"].get("text") for arrival in arrived] == [None, "một"]
    assert arrived[0].raw["message"] == {"chat": "x"}
    assert arrived[0].update_id != arrived[1].update_id
