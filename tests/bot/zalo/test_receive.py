"""Long polling on Zalo: one event a poll, which is in the inbox before the next poll, whatever comes between."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.zalo.api import QuotaExceeded, Refused, TokenRefused, Unreachable, Unreadable, ZaloApi, ZaloError
from bot.zalo.receive import ZaloReceiver
from store.inbox import Arrival
from tests.app.town import eventually
from tests.bot.zalo.lan import TOKEN, Lan
from tests.bot.zalo.platform import open_api

LAN = 1001


@pytest.fixture
async def api(lan: Lan) -> AsyncIterator[ZaloApi]:
    async with open_api(f"{lan.town.url}/zalo", token=TOKEN) as opened:
        yield opened


class Box:
    """Keeps what it is given, when it may."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.begun, self.may_keep = asyncio.Event(), asyncio.Event()
        self.may_keep.set()

    async def keep(self, arrivals: list[Arrival]) -> None:
        self.begun.set()
        await self.may_keep.wait()
        self.texts += [arrival.raw["message"]["text"] for arrival in arrivals]

    async def has(self, *texts: str) -> None:
        async def is_so() -> bool:
            return self.texts == list(texts)

        await eventually(is_so)


async def waiting(lan: Lan) -> int:
    state = await lan.town.ask("GET", "/state")
    return int(state["zalo"]["waiting"])


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def test_a_poll_keeps_one_event_and_the_next_poll_the_next(lan: Lan, api: ZaloApi) -> None:
    box = Box()
    receiver = ZaloReceiver(api, box.keep)
    for text in ("một", "hai"):
        await lan.town.says(lan.number, text, who=LAN)

    first = await receiver.poll_once(0)
    kept_then = list(box.texts)
    others = [await receiver.poll_once(0), await receiver.poll_once(0)]

    assert (first, kept_then) == (True, ["một"])
    assert others == [True, False]
    assert box.texts == ["một", "hai"]


async def test_nothing_is_asked_for_while_an_event_is_not_kept(lan: Lan, api: ZaloApi) -> None:
    box = Box()
    box.may_keep.clear()
    for text in ("một", "hai"):
        await lan.town.says(lan.number, text, who=LAN)

    running = asyncio.create_task(ZaloReceiver(api, box.keep).run())
    await box.begun.wait()
    left = await waiting(lan)
    box.may_keep.set()
    await box.has("một", "hai")
    await stopped(running)

    assert left == 1


async def test_a_stop_between_the_answer_and_the_inbox_waits_for_the_inbox(lan: Lan, api: ZaloApi) -> None:
    box = Box()
    box.may_keep.clear()
    await lan.town.says(lan.number, "một", who=LAN)

    running = asyncio.create_task(ZaloReceiver(api, box.keep).run())
    await box.begun.wait()
    running.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    was_over = running.done()
    box.may_keep.set()
    await asyncio.wait([running])

    assert (was_over, running.cancelled()) == (False, True)
    assert box.texts == ["một"]


async def test_a_second_stop_waits_for_nothing(lan: Lan, api: ZaloApi) -> None:
    box = Box()
    box.may_keep.clear()
    await lan.town.says(lan.number, "một", who=LAN)

    running = asyncio.create_task(ZaloReceiver(api, box.keep).run())
    await box.begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    await stopped(running)
    box.may_keep.set()

    assert running.cancelled()
    await box.has("một")


async def test_what_cannot_be_kept_is_said(lan: Lan, api: ZaloApi) -> None:
    async def keep(_: list[Arrival]) -> None:
        raise RuntimeError("the disk is full")

    await lan.town.says(lan.number, "một", who=LAN)

    with pytest.raises(RuntimeError, match="the disk is full"):
        await ZaloReceiver(api, keep).poll_once(0)


async def test_a_poll_is_well_with_an_event_or_without_and_not_when_it_fails(lan: Lan, api: ZaloApi) -> None:
    receiver = ZaloReceiver(api, Box().keep)
    await lan.town.fault("status", status=500, platform="zalo", method="getUpdates")

    with pytest.raises(ZaloError):
        await receiver.poll_once(0)
    after_failure = receiver.last_received_at
    await receiver.poll_once(0)
    after_nothing = receiver.last_received_at
    await lan.town.says(lan.number, "một", who=LAN)
    await receiver.poll_once(0)

    assert after_failure is None
    assert after_nothing is not None
    assert receiver.last_received_at is not None
    assert receiver.last_received_at > after_nothing


async def test_the_loop_goes_on_after_trouble(
    lan: Lan, api: ZaloApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.zalo.receive._FIRST_PAUSE", 0.01)
    monkeypatch.setattr("bot.zalo.receive._LONGEST_PAUSE", 0.02)
    box = Box()
    for fault in (
        {"kind": "status", "status": 502, "style": "plain"},
        {"kind": "flood"},
        {"kind": "drop_before"},
    ):
        await lan.town.ask("POST", "/faults", fault | {"platform": "zalo", "method": "getUpdates"})
    await lan.town.says(lan.number, "một", who=LAN)

    running = asyncio.create_task(ZaloReceiver(api, box.keep).run())
    await box.has("một")
    await stopped(running)


class Script:
    """In the client's place: each poll goes as the script says; at its end nothing comes for ever."""

    def __init__(self, *polls: ZaloError | None) -> None:
        self.polls = list(polls)

    async def get_updates(self, timeout_seconds: int) -> None:
        if not self.polls:
            await asyncio.Event().wait()
        outcome = self.polls.pop(0)
        if outcome is not None:
            raise outcome


async def lines_of(monkeypatch: pytest.MonkeyPatch, *polls: ZaloError | None) -> list[tuple[str, float]]:
    """The level of what is said of each trouble, and the pause after it."""
    monkeypatch.setattr("bot.zalo.receive._FIRST_PAUSE", 0.001)
    monkeypatch.setattr("bot.zalo.receive._LONGEST_PAUSE", 0.004)
    failures = sum(poll is not None for poll in polls)
    with capture_logs() as lines:
        script: object = Script(*polls)
        running = asyncio.create_task(ZaloReceiver(script, Box().keep).run())  # type: ignore[arg-type]

        async def all_said() -> bool:
            return len(lines) == failures

        await eventually(all_said)
        await stopped(running)
    return [(line["log_level"], line["retry_in_seconds"]) for line in lines]


async def test_pauses_grow_up_to_a_limit_and_a_good_poll_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    trouble = Unreachable("ConnectError", left=False)

    said = await lines_of(monkeypatch, *[trouble] * 4, None, trouble)

    assert [pause for _, pause in said] == [0.001, 0.002, 0.004, 0.004, 0.001]


async def test_who_says_at_once_that_nothing_came_is_not_asked_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.zalo.receive._FIRST_PAUSE", 3600)
    script = Script(None, None)

    running = asyncio.create_task(ZaloReceiver(script, Box().keep).run())  # type: ignore[arg-type]
    for _ in range(20):
        await asyncio.sleep(0)
    await stopped(running)

    assert len(script.polls) == 1


async def test_only_a_refusal_to_be_polled_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    said = await lines_of(
        monkeypatch,
        TokenRefused(401, "Unauthorized"),
        QuotaExceeded(429, "Quota exceeded"),
        Unreadable("not JSON"),
        Refused(400, "a webhook is set"),
    )

    assert [level for level, _ in said] == ["warning", "warning", "warning", "error"]


async def test_a_webhook_that_another_program_sets_is_complained_about(lan: Lan, api: ZaloApi) -> None:
    with capture_logs() as lines:
        running = asyncio.create_task(ZaloReceiver(api, Box().keep).run())
        with pytest.raises(Refused):
            await api.set_webhook("http://127.0.0.1:9/elsewhere", "s" * 8)

        async def complained() -> bool:
            return any(
                "if a webhook is set for this bot by another program" in line["event"] for line in lines
            )

        await eventually(complained)
        await stopped(running)
