"""Every failure of the server at every step of delivery: what the chat shows in the end, and what is kept of it.

The tables say it; `lines` of a chat are the bot's messages in their order, "plain" without the mark of a repeat and
"marked" with it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import pytest

from bot.message import message, to_json
from store import outbox
from store.database import Database
from store.states import NoticeState, OutboxKind, OutboxState, Role
from store.tables import BindingRow, OutboxRow
from tests.app.town import TELEGRAM, ZALO, Town
from tests.scheduler.desk import GROUP, LAN, REPEAT, TUESDAY, Desk, open_desk
from tests.worlds import bring_in, dated, plan, task

# So many that their message leaves in two pieces.
CODES = {
    channel: [f"1.{number}" for number in range(1, most)] for channel, most in ((TELEGRAM, 81), (ZALO, 36))
}
FINAL = {OutboxState.SENT, OutboxState.FAILED, OutboxState.DROPPED}


class Fate(StrEnum):
    """What a failure means for the call that it strikes."""

    NOT_TAKEN = "surely not taken: it comes later, once"
    PERHAPS = "perhaps taken, but was not: it comes once, marked"
    TAKEN = "taken, but nobody heard: it comes twice, the second marked"
    REFUSED = "refused for good"
    OUT_OF_REACH = "refused for good, and so is everything else to that chat"


FAULTS: dict[str, tuple[dict[str, object], Fate]] = {
    "500": ({"kind": "status", "status": 500}, Fate.NOT_TAKEN),
    "502": ({"kind": "status", "status": 502}, Fate.NOT_TAKEN),
    "429": ({"kind": "status", "status": 429, "retry_after": 7}, Fate.NOT_TAKEN),
    "a flood of the chat": ({"kind": "flood", "retry_after": 1}, Fate.NOT_TAKEN),
    "401": ({"kind": "status", "status": 401}, Fate.NOT_TAKEN),
    "400": ({"kind": "status", "status": 400, "description": "Bad Request: can't parse"}, Fate.REFUSED),
    "403": (
        {"kind": "status", "status": 403, "description": "Forbidden: bot was kicked"},
        Fate.OUT_OF_REACH,
    ),
    "a hang before": ({"kind": "hang_before", "seconds": 5}, Fate.PERHAPS),
    "a drop before": ({"kind": "drop_before"}, Fate.PERHAPS),
    "a hang after": ({"kind": "hang_after", "seconds": 5}, Fate.TAKEN),
    "a drop after": ({"kind": "drop_after"}, Fate.TAKEN),
    "bad JSON": ({"kind": "bad_json"}, Fate.TAKEN),
}

# In the body of an answer with HTTP 200, with the status of HTTP, or as a page of a server in between.
FAULTS_ON_ZALO: dict[str, tuple[dict[str, object], Fate]] = {
    "500 in the body": ({"kind": "status", "status": 500, "style": "body"}, Fate.NOT_TAKEN),
    "500 as status": ({"kind": "status", "status": 500, "style": "status"}, Fate.NOT_TAKEN),
    "a page with 502": ({"kind": "status", "status": 502, "style": "plain"}, Fate.PERHAPS),
    "the quota": (
        {"kind": "status", "status": 429, "description": "Quota exceeded", "style": "body"},
        Fate.NOT_TAKEN,
    ),
    "401": ({"kind": "status", "status": 401, "style": "camel"}, Fate.NOT_TAKEN),
    "400": ({"kind": "status", "status": 400, "description": "Bad request", "style": "body"}, Fate.REFUSED),
    "403": (
        {"kind": "status", "status": 403, "description": "User has blocked the bot", "style": "status"},
        Fate.OUT_OF_REACH,
    ),
    **{name: FAULTS[name] for name in ("a hang before", "a drop before", "a hang after", "a drop after")},
    "bad JSON": FAULTS["bad JSON"],
}
# Where the desk's chats are, and what strikes there.
ON_BOTH = [(TELEGRAM, fault) for fault in FAULTS] + [(ZALO, fault) for fault in FAULTS_ON_ZALO]
on_both = pytest.mark.parametrize(("desk", "fault"), ON_BOTH, indirect=["desk"])

PLAIN, MARKED = "plain", "marked"
SENT = {
    Fate.NOT_TAKEN: [PLAIN],
    Fate.PERHAPS: [MARKED],
    Fate.TAKEN: [PLAIN, MARKED],
    Fate.REFUSED: [],
    Fate.OUT_OF_REACH: [],
}
# What was edited twice is one message still and needs no mark; what could not be edited shows the question.
EDITED = {
    Fate.NOT_TAKEN: [PLAIN],
    Fate.PERHAPS: [PLAIN],
    Fate.TAKEN: [PLAIN],
    Fate.REFUSED: ["question"],
    Fate.OUT_OF_REACH: ["question"],
}
# Of a long message each piece has its own fate: what is sure of one is sure.
FIRST = {fate: [f"first {line}" for line in lines] for fate, lines in SENT.items()}
SECOND = {fate: [f"second {line}" for line in lines] for fate, lines in SENT.items()}
LONG_FIRST = {fate: [*lines, "second plain"] if lines else [] for fate, lines in FIRST.items()}
LONG_SECOND = {fate: ["first plain", *lines] for fate, lines in SECOND.items()}


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of a row in the end."""

    lines: list[str]
    state: OutboxState
    repeat: bool
    suspended: bool


def wanted(lines: dict[Fate, list[str]], fate: Fate) -> Came:
    refused = fate in (Fate.REFUSED, Fate.OUT_OF_REACH)
    return Came(
        lines=lines[fate],
        state=OutboxState.FAILED if refused else OutboxState.SENT,
        repeat=fate in (Fate.PERHAPS, Fate.TAKEN),
        suspended=fate is Fate.OUT_OF_REACH,
    )


@pytest.fixture
async def desk(request: pytest.FixtureRequest, town: Town, database: Database) -> AsyncIterator[Desk]:
    """With its chats on Telegram, or where a test says."""
    async with open_desk(town, database, channel=getattr(request, "param", TELEGRAM)) as opened:
        yield opened


def codes(desk: Desk) -> list[str]:
    return CODES[desk.channel]


async def settled(desk: Desk, number: int, chat: int, line: Callable[[str], str]) -> Came:
    """Deliver for as long as it takes."""
    async with asyncio.timeout(30):
        while (row := await desk.row(number)).state not in FINAL:
            await desk.deliver(after=60)
            await asyncio.sleep(0.01)
    await desk.deliver(after=3600)
    texts = await desk.texts(chat)
    return Came(
        lines=[line(text) for text in texts],
        state=(await desk.row(number)).state,
        repeat=row.repeat,
        suspended=(await desk.chat(chat)).suspended is not None,
    )


def side(text: str) -> str:
    return MARKED if text.startswith(REPEAT) else PLAIN


async def strike(desk: Desk, fault: str, *, method: str, chat: int | None) -> Fate:
    """The failure strikes the next call of that method to that chat."""
    order, fate = (FAULTS_ON_ZALO if desk.channel == ZALO else FAULTS)[fault]
    named = {} if chat is None else {"chat_id": desk.numbers.get(chat, chat)}
    await desk.town.ask("POST", "/faults", {"method": method, "platform": desk.channel} | order | named)
    return fate


@on_both
async def test_an_answer_to_a_person(desk: Desk, fault: str) -> None:
    number = await desk.put(LAN, "một")
    fate = await strike(desk, fault, method="sendMessage", chat=LAN)

    came = await settled(desk, number, LAN, side)

    assert came == wanted(SENT, fate)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_note_to_the_operator(desk: Desk, fault: str) -> None:
    async with desk.database.write() as session:
        session.add(BindingRow(chat_id=desk.chats[LAN], role=Role.OPERATOR, agency="", bound_at=TUESDAY))
    number = await desk.put(LAN, "một", kind=OutboxKind.NOTE)
    fate = await strike(desk, fault, method="sendMessage", chat=LAN)

    came = await settled(
        desk, number, LAN, lambda text: "word of it" if "không gửi được" in text else side(text)
    )

    # Of a note that was refused a plainer one tells, where the chat takes that.
    assert came == wanted(SENT | {Fate.REFUSED: ["word of it"]}, fate)


@on_both
async def test_a_morning_message(desk: Desk, fault: str) -> None:
    await desk.scan("2023-03-07")
    fate = await strike(desk, fault, method="sendMessage", chat=GROUP)

    came = await settled(desk, await the_morning(desk), GROUP, side)

    expected = wanted(SENT, fate)
    assert came == expected
    arrived = NoticeState.SENT if expected.state is OutboxState.SENT else NoticeState.FAILED
    assert await desk.notice_states() == {arrived: 2}


@on_both
async def test_the_first_piece_of_a_long_morning(desk: Desk, fault: str) -> None:
    await a_long_morning(desk)
    fate = await strike(desk, fault, method="sendMessage", chat=GROUP)

    came = await settled(desk, await the_morning(desk), GROUP, piece)

    # Whether the row is counted as a repeat when only a piece of it was is its own affair.
    expected = replace(wanted(LONG_FIRST, fate), repeat=came.repeat)
    assert came == expected
    arrived = NoticeState.SENT if expected.state is OutboxState.SENT else NoticeState.FAILED
    assert await desk.notice_states() == {arrived: len(codes(desk))}


@on_both
async def test_the_second_piece_of_a_long_morning(desk: Desk, fault: str) -> None:
    await a_long_morning(desk)
    await desk.deliverer.deliver_waiting()
    await desk.deliverer.finish()
    of_first = (await desk.notice_states())[NoticeState.SENT]
    fate = await strike(desk, fault, method="sendMessage", chat=GROUP)

    came = await settled(desk, await the_morning(desk), GROUP, piece)

    expected = wanted(LONG_SECOND, fate)
    assert came == expected
    arrived = NoticeState.SENT if expected.state is OutboxState.SENT else NoticeState.FAILED
    of_second = len(codes(desk)) - of_first
    assert await desk.notice_states() == Counter([NoticeState.SENT] * of_first + [arrived] * of_second)


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_edit_after_a_tap(desk: Desk, fault: str) -> None:
    number = await a_tap_to_answer(desk)
    fate = await strike(desk, fault, method="editMessageText", chat=LAN)

    came = await settled(desk, number, LAN, edited)

    assert came == replace(wanted(EDITED, fate), repeat=False)


@pytest.mark.parametrize("fault", FAULTS)
async def test_the_acknowledgement_of_a_tap_is_a_courtesy_and_holds_up_nothing(
    desk: Desk, fault: str
) -> None:
    number = await a_tap_to_answer(desk)
    await strike(desk, fault, method="answerCallbackQuery", chat=None)

    came = await settled(desk, number, LAN, edited)

    assert came == wanted(EDITED, Fate.NOT_TAKEN)


@pytest.mark.parametrize("step", ["an answer", "a note", "a morning", "an edit"])
async def test_a_flood_of_the_whole_bot_delays_everything_and_loses_nothing(desk: Desk, step: str) -> None:
    async def morning() -> int:
        await desk.scan("2023-03-07")
        return await the_morning(desk)

    steps: dict[str, tuple[Callable[[], Awaitable[int]], int, Callable[[str], str]]] = {
        "an answer": (lambda: desk.put(LAN, "một"), LAN, side),
        "a note": (lambda: desk.put(LAN, "một", kind=OutboxKind.NOTE), LAN, side),
        "a morning": (morning, GROUP, side),
        "an edit": (lambda: a_tap_to_answer(desk), LAN, edited),
    }
    begin, chat, line = steps[step]
    number = await begin()
    await desk.town.fault("flood", retry_after=1)

    came = await settled(desk, number, chat, line)

    assert came == wanted(SENT, Fate.NOT_TAKEN)
    assert 429 in {status for _, status in await desk.town.sends()} or step == "an edit"


async def the_morning(desk: Desk) -> int:
    """The row of the group's morning message."""
    async with desk.database.read() as session:
        row = await session.get_one(OutboxRow, 1)
        assert row.kind is OutboxKind.NOTICE
        return row.id


async def a_long_morning(desk: Desk) -> None:
    """A morning message that is queued and leaves in two pieces."""
    await bring_in(
        desk.database, plan(*(task(code, dated("2023-03-10")) for code in codes(desk))), on="2023-03-07"
    )
    await desk.scan("2023-03-07")


def piece(text: str) -> str:
    """Which piece it is, and whether it is marked."""
    return f"{'second' if '(tiếp theo)' in text else 'first'} {side(text)}"


async def a_tap_to_answer(desk: Desk) -> int:
    """Lan has tapped a button under a question; the row of the answer, which is to stand in its place."""
    question = message("câu hỏi")
    await desk.put(LAN, question)
    await desk.deliver()
    [asked] = await desk.town.heard(LAN)
    async with desk.database.write() as session:
        row = outbox.queue(
            session,
            chat_id=desk.chats[LAN],
            kind=OutboxKind.REPLY,
            wall=desk.wall,
            body=to_json(message("câu trả lời")),
            replaces=str(asked.id),
            acknowledges="1",
        )
        await session.flush()
        return row.id


def edited(text: str) -> str:
    return "question" if text == "câu hỏi" else side(text)
