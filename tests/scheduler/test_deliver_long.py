"""Messages too long for one: split between items, each item in one piece, whatever happens between the pieces."""

from collections import Counter

import pytest
from sqlalchemy import select

from bot.message import block, line, message
from store.changes import Actor, mark_done
from store.states import NoticeState, OutboxState
from store.tables import NoticeRow
from tests.scheduler.desk import GROUP, LAN, Desk
from tests.worlds import ONGOING, bring_in, dated, plan, task

LONG_PLAN = plan(*(task(f"1.{number}", dated("2023-03-10")) for number in range(1, 81)))


def codes_in(text: str) -> list[str]:
    return [word for word in text.split() if word.startswith("/done_")]


async def test_a_long_morning_is_split_between_items_and_each_is_in_one_piece(desk: Desk) -> None:
    await bring_in(desk.database, LONG_PLAN, on="2023-03-07")
    await desk.scan("2023-03-07")

    await desk.deliver()

    pieces = await desk.town.texts(GROUP)
    assert len(pieces) > 1
    assert all(len(piece) <= 4096 for piece in pieces)
    assert Counter(code for piece in pieces for code in codes_in(piece)) == Counter(
        f"/done_1_{number}" for number in range(1, 81)
    )
    shown = [[label for label, _ in message.buttons] for message in await desk.town.heard(GROUP)]
    assert ["Việc đến hạn" in labels for labels in shown] == [False] * (len(pieces) - 1) + [True]
    assert shown[0][0] == "✅ 1.1"
    assert all(len(labels) <= 13 for labels in shown)
    assert await desk.notice_states() == {NoticeState.SENT: 80}
    assert await desk.states() == {OutboxState.SENT: 1}


@pytest.mark.parametrize(("kind", "wait"), [("status", 3), ("drop_before", 30)])
async def test_trouble_between_the_pieces_repeats_no_item(desk: Desk, kind: str, wait: float) -> None:
    await bring_in(desk.database, LONG_PLAN, on="2023-03-07")
    await desk.scan("2023-03-07")
    await desk.deliverer.deliver_waiting()
    await desk.deliverer.finish()
    await desk.town.fault(kind, status=502)

    await desk.deliver(after=1)
    after_the_fault = len(await desk.town.texts(GROUP))
    await desk.deliver(after=wait)

    told = Counter(code for piece in await desk.town.texts(GROUP) for code in codes_in(piece))
    assert after_the_fault == 1
    assert set(told.values()) == {1}
    assert len(told) == 80


async def test_what_was_done_between_the_pieces_is_left_out_of_the_next(desk: Desk) -> None:
    await bring_in(desk.database, LONG_PLAN, on="2023-03-07")
    await desk.scan("2023-03-07")
    await desk.deliverer.deliver_waiting()
    await desk.deliverer.finish()
    [first] = await desk.town.texts(GROUP)
    async with desk.database.read() as session:
        pending = await session.scalars(
            select(NoticeRow.assignment_id).where(NoticeRow.state == NoticeState.PENDING)
        )
        still_to_tell = list(pending)
    async with desk.database.write() as session:
        for assignment in still_to_tell[1:]:
            await mark_done(
                session,
                assignment_id=assignment,
                document=None,
                note=None,
                actor=Actor(person="9", name="Cán bộ", chat_id=desk.chats[GROUP]),
                now=desk.now,
            )

    await desk.deliver(after=1)

    _, second = await desk.town.texts(GROUP)
    assert len(codes_in(first)) == 80 - len(still_to_tell)
    assert len(codes_in(second)) == 1
    assert await desk.states() == {OutboxState.SENT: 1}


async def test_a_long_answer_is_split_too_and_says_everything_once(desk: Desk) -> None:
    lines = [f"dòng {number}" + " chữ" * 100 for number in range(40)]
    await desk.put(LAN, message(*(block(line(text)) for text in lines)))

    await desk.deliver()

    pieces = await desk.town.texts(LAN)
    assert len(pieces) > 3
    assert "\n\n".join(pieces).split("\n\n") == lines


async def test_a_cutoff_asks_for_progress_once_and_every_notice_is_still_told(desk: Desk) -> None:
    tasks = (
        *(task(f"1.{number}", dated("2023-03-15")) for number in range(1, 61)),
        *(task(f"2.{number}", ONGOING) for number in range(1, 8)),
    )
    await bring_in(desk.database, plan(*tasks, with_report=True), on="2023-03-13")
    await desk.scan("2023-03-14")

    await desk.deliver()

    pieces = await desk.town.texts(GROUP)
    asking = [piece for piece in pieces if "✍️" in piece]
    assert len(pieces) > 1
    assert len(asking) == 1
    assert "không có hạn: 2.1, 2.2, 2.3, 2.4, 2.5 và 2 việc khác (/due all)" in asking[0]
    assert "/done_bc_q1" in asking[0]
    assert await desk.notice_states() == {NoticeState.SENT: 61}
