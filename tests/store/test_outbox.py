"""The life of an outbox row: queued, claimed by one, settled once; and the pace at which rows may leave."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from store import claims, outbox
from store.claims import LEASE, Claim
from store.database import Database
from store.pacing import Pace
from store.states import OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow
from tests.worlds import ONGOING, WALL, at, bound_chat, bring_in, plan, task

NOW = at("2023-03-07")
PACE = Pace()
SECOND = timedelta(seconds=1)


@pytest.fixture
async def chats(database: Database) -> list[ChatRow]:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    return [await bound_chat(database, str(number), "STP") for number in range(1, 4)]


async def put(database: Database, chat: ChatRow, *, kind: OutboxKind = OutboxKind.REPLY) -> int:
    async with database.write() as session:
        row = outbox.queue(
            session,
            chat_id=chat.id,
            kind=kind,
            wall=WALL,
            body={},
            morning=date(2023, 3, 7) if kind is OutboxKind.NOTICE else None,
        )
        await session.flush()
        return row.id


async def claimed(
    database: Database, *, wall: object = WALL, morning: date | None = None, room: int = 8
) -> list[Claim]:
    async with database.write() as session:
        return await claims.claim(
            session,
            channel="telegram",
            wall=wall,  # type: ignore[arg-type]
            pace=PACE,
            morning=morning,
            room=room,
        )


async def state_of(database: Database, row_id: int) -> OutboxRow:
    async with database.read() as session:
        return (await session.scalars(select(OutboxRow).where(OutboxRow.id == row_id))).one()


async def test_a_row_is_claimed_once(database: Database, chats: list[ChatRow]) -> None:
    row = await put(database, chats[0])

    first, second = await claimed(database), await claimed(database, wall=WALL + 5 * SECOND)

    assert [claim.id for claim in first] == [row]
    assert second == []


async def test_replies_leave_before_notices_and_one_at_a_time_in_a_chat(
    database: Database, chats: list[ChatRow]
) -> None:
    notice = await put(database, chats[0], kind=OutboxKind.NOTICE)
    first = await put(database, chats[0])
    await put(database, chats[0])
    other = await put(database, chats[1])

    claims = await claimed(database, morning=date(2023, 3, 7))

    assert [claim.id for claim in claims] == [first, other]
    assert notice not in {claim.id for claim in claims}


async def test_notices_wait_for_their_hours_and_their_day(database: Database, chats: list[ChatRow]) -> None:
    row = await put(database, chats[0], kind=OutboxKind.NOTICE)

    outside_hours = await claimed(database, morning=None)
    another_day = await claimed(database, morning=date(2023, 3, 8))
    its_day = await claimed(database, morning=date(2023, 3, 7))

    assert (outside_hours, another_day) == ([], [])
    assert [claim.id for claim in its_day] == [row]


async def test_a_chat_that_is_out_of_reach_gets_answers_only(
    database: Database, chats: list[ChatRow]
) -> None:
    async with database.write() as session:
        chat = await session.get_one(ChatRow, chats[0].id)
        chat.suspended = "blocked by the person"
    await put(database, chats[0], kind=OutboxKind.NOTICE)
    reply = await put(database, chats[0])

    claims = await claimed(database, morning=date(2023, 3, 7))

    assert [claim.id for claim in claims] == [reply]


async def test_messages_are_spread_evenly_over_the_second(database: Database, chats: list[ChatRow]) -> None:
    for chat in chats:
        await put(database, chat)

    claims = await claimed(database)

    gaps = [(later.send_at - earlier.send_at) for earlier, later in pairwise(claims)]
    assert gaps == [SECOND / 30] * 2


async def test_no_more_is_claimed_than_may_leave_in_a_moment(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    for number in range(40):
        await put(database, await bound_chat(database, f"p{number}", "STP"))

    claims = await claimed(database, room=40)

    assert 0 < len(claims) <= 10


async def test_a_chat_hears_once_a_second(database: Database, chats: list[ChatRow]) -> None:
    first, second = await put(database, chats[0]), await put(database, chats[0])
    [claim] = await claimed(database)
    async with database.write() as session:
        await outbox.settle(session, claim, OutboxState.SENT, wall=WALL, now=NOW, external_id="7")

    too_early = await claimed(database, wall=WALL + SECOND / 2)
    in_time = await claimed(database, wall=WALL + SECOND)

    assert claim.id == first
    assert too_early == []
    assert [claim.id for claim in in_time] == [second]


async def test_a_group_hears_twenty_times_a_minute(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    group = await bound_chat(database, "-5", "STP", group=True)
    sent = []
    for second in range(0, 100):
        await put(database, group)
        for claim in await claimed(database, wall=WALL + second * SECOND):
            sent.append(second)
            async with database.write() as session:
                await outbox.settle(session, claim, OutboxState.SENT, wall=WALL + second * SECOND, now=NOW)

    assert sent[:20] == list(range(20))
    assert sent[20:40] == list(range(60, 80))


async def test_an_outcome_is_recorded_only_by_the_holder_of_the_lease(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    [dead] = await claimed(database)
    later = WALL + LEASE + SECOND
    async with database.write() as session:
        expired = await outbox.take_back_expired(session, wall=later, now=NOW)
    [alive] = await claimed(database, wall=later)

    async with database.write() as session:
        by_the_dead = await outbox.settle(session, dead, OutboxState.SENT, wall=later, now=NOW)
        by_the_living = await outbox.settle(
            session, alive, OutboxState.SENT, wall=later, now=NOW, external_id="7"
        )

    assert (expired.again, expired.failed) == (1, ())
    assert alive.repeat
    assert (by_the_dead, by_the_living) == (False, True)
    assert (await state_of(database, row)).external_ids == ["7"]


async def test_a_row_whose_sender_died_twice_fails_instead_of_repeating_for_ever(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    for number in (1, 2):
        later = WALL + number * (LEASE + SECOND)
        await claimed(database, wall=later - LEASE - SECOND)
        async with database.write() as session:
            await outbox.take_back_expired(session, wall=later, now=NOW)

    assert (await state_of(database, row)).state is OutboxState.FAILED


async def test_a_key_is_queued_once_for_ever(database: Database, chats: list[ChatRow]) -> None:
    async with database.write() as session:
        outbox.queue(session, chat_id=chats[0].id, kind=OutboxKind.REPLY, wall=WALL, body={}, key="reply:1")

    with pytest.raises(Exception, match=r"(?i)unique"):
        async with database.write() as session:
            outbox.queue(
                session, chat_id=chats[0].id, kind=OutboxKind.REPLY, wall=WALL, body={}, key="reply:1"
            )


async def test_a_held_channel_lets_nothing_out_before_its_time(
    database: Database, chats: list[ChatRow]
) -> None:
    await put(database, chats[0])
    async with database.write() as session:
        await claims.hold_channel(session, "telegram", WALL + 30 * SECOND)

    during = await claimed(database, wall=WALL + 20 * SECOND)
    after = await claimed(database, wall=WALL + 30 * SECOND)

    assert during == []
    assert len(after) == 1


async def test_the_deliverer_is_told_when_the_next_row_may_leave(
    database: Database, chats: list[ChatRow]
) -> None:
    await put(database, chats[0])
    async with database.write() as session:
        await claims.hold_chat(session, chats[0].id, WALL + 10 * SECOND)

    async with database.read() as session:
        at_ = await claims.next_ready_at(session, channel="telegram", morning=None)

    assert at_ == WALL + 10 * SECOND


async def test_waiting_rows_are_found_by_an_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    async with database.engine.connect() as connection:
        plan_ = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE state = 'queued' ORDER BY priority, id"
        )
        steps = " ".join(str(row._mapping["detail"]) for row in plan_)

    assert "ix_outbox_waiting" in steps
