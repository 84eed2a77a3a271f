"""The life of an outbox row: queued, claimed by one, settled once; and the pace at which rows may leave."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from store import claims, leases, outbox
from store.claims import LEASE, Claim
from store.database import Database
from store.leases import TakenBack
from store.outcomes import PieceSent, PutBack, Settled, record
from store.pacing import Pace
from store.states import OutboxKind, OutboxState
from store.tables import ChatRow, OutboxRow
from store.waiting import next_ready_at
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


def as_sent(claim: Claim, external_id: str = "7") -> Settled:
    return Settled(claim=claim, state=OutboxState.SENT, external_id=external_id)


async def taken_back(database: Database, *, after: timedelta) -> TakenBack:
    async with database.write() as session:
        return await leases.take_back(session, wall=WALL + after, now=NOW)


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
        await record(session, [as_sent(claim)], wall=WALL, now=NOW)

    too_early = await claimed(database, wall=WALL + SECOND / 2)
    in_time = await claimed(database, wall=WALL + SECOND)

    assert claim.id == first
    assert too_early == []
    assert [claim.id for claim in in_time] == [second]


async def test_a_group_hears_twenty_times_a_minute(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    group = await bound_chat(database, "-5", "STP", group=True)
    sent = []
    for second in range(0, 101):
        await put(database, group)
        for claim in await claimed(database, wall=WALL + second * SECOND):
            sent.append(second)
            async with database.write() as session:
                await record(session, [as_sent(claim)], wall=WALL + second * SECOND, now=NOW)

    assert sent[:20] == list(range(20))
    assert sent[20:40] == list(range(61, 81))


async def test_an_outcome_is_recorded_only_by_the_holder_of_the_lease(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    [dead] = await claimed(database)
    taken = await taken_back(database, after=LEASE + SECOND)
    later = WALL + LEASE + 10 * SECOND
    [alive] = await claimed(database, wall=later)

    async with database.write() as session:
        by_the_dead = await record(session, [as_sent(dead, "6")], wall=later, now=NOW)
        by_the_living = await record(session, [as_sent(alive, "7")], wall=later, now=NOW)

    assert (taken.again, taken.failed) == (1, ())
    assert alive.repeat
    assert by_the_dead == frozenset()
    assert by_the_living == {row}
    assert (await state_of(database, row)).external_ids == ["7"]


async def test_who_comes_late_with_an_outcome_still_saves_the_repeat(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    [late] = await claimed(database)
    await taken_back(database, after=LEASE + SECOND)

    async with database.write() as session:
        recorded = await record(session, [as_sent(late)], wall=WALL + LEASE + 2 * SECOND, now=NOW)

    assert recorded == {row}
    assert (await state_of(database, row)).state is OutboxState.SENT
    assert await claimed(database, wall=WALL + LEASE + 60 * SECOND) == []


async def test_what_surely_never_left_is_no_repeat_even_if_its_lease_had_ended(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    [late] = await claimed(database)
    await taken_back(database, after=LEASE + SECOND)

    async with database.write() as session:
        await record(session, [PutBack(claim=late, ready_at=WALL)], wall=WALL, now=NOW)

    after = await state_of(database, row)
    assert (after.state, after.repeat) == (OutboxState.QUEUED, False)


async def test_outcomes_of_all_kinds_are_recorded_together(database: Database, chats: list[ChatRow]) -> None:
    for chat in chats:
        await put(database, chat)
    one, two, three = await claimed(database)

    async with database.write() as session:
        recorded = await record(
            session,
            [
                as_sent(one),
                PieceSent(riders={}, claim=two, said=(), rest={"rest": True}, external_id="8"),
                PutBack(claim=three, ready_at=WALL + SECOND, error="502", repeat=True),
            ],
            wall=WALL,
            now=NOW,
        )

    rows = [await state_of(database, claim.id) for claim in (one, two, three)]
    assert recorded == {one.id, two.id, three.id}
    assert [(row.state, row.repeat, row.external_ids) for row in rows] == [
        (OutboxState.SENT, False, ["7"]),
        (OutboxState.QUEUED, False, ["8"]),
        (OutboxState.QUEUED, True, []),
    ]
    assert rows[1].body == {"rest": True}


async def test_a_row_whose_sender_died_twice_fails_instead_of_repeating_for_ever(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    for number in (1, 2):
        ended = number * (LEASE + 10 * SECOND)
        await claimed(database, wall=WALL + ended - LEASE - SECOND)
        await taken_back(database, after=ended)

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
        at_ = await next_ready_at(session, channel="telegram", morning=None)

    assert at_ == WALL + 10 * SECOND


async def test_when_nobody_else_lives_all_that_is_claimed_is_taken_back_at_once(
    database: Database, chats: list[ChatRow]
) -> None:
    row = await put(database, chats[0])
    await claimed(database)

    async with database.write() as session:
        taken = await leases.take_back(session, wall=WALL + SECOND, now=NOW, whoever_holds=True)

    assert taken.again == 1
    assert [claim.id for claim in await claimed(database, wall=WALL + SECOND)] == [row]


async def test_a_flood_of_answers_does_not_starve_the_others(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    answers = [await put(database, await bound_chat(database, f"a{number}", "STP")) for number in range(30)]
    others = [
        await put(database, await bound_chat(database, f"n{number}", "STP"), kind=OutboxKind.NOTICE)
        for number in range(5)
    ]

    order: list[int] = []
    for turn in range(40):
        claims = await claimed(database, wall=WALL + turn * SECOND / 30, morning=date(2023, 3, 7), room=1)
        order += [claim.id for claim in claims]

    assert set(order) == {*answers, *others}
    for first in range(0, 20, 4):
        assert len([row for row in order[first : first + 4] if row in others]) == 1


async def test_one_chat_with_much_to_hear_holds_nobody_up(database: Database, chats: list[ChatRow]) -> None:
    for _ in range(200):
        await put(database, chats[0])
    other = await put(database, chats[1])

    claims = await claimed(database, room=2)

    assert other in [claim.id for claim in claims]


async def test_waiting_rows_are_found_by_an_index(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL reads a small table whole, whatever indexes it has")
    async with database.engine.connect() as connection:
        plan_ = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE state = 'queued' ORDER BY priority, id"
        )
        steps = " ".join(str(row._mapping["detail"]) for row in plan_)

    assert "ix_outbox_waiting" in steps
