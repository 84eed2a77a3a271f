"""The scan: what is due and not yet told, once for each chat, and the latest of what was missed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from plan.vietnam import day_of
from scheduler.hours import OfficeHours
from scheduler.scan import ScanResult, scan_if_owed
from store import notices
from store.changes import Actor, mark_done, undo
from store.chats import look_again, resume, suspend
from store.database import Database
from store.snoozes import snooze
from store.states import NoticeState, OutboxKind, OutboxState
from store.tables import AuditRow, ChatRow, NoticeRow, OutboxRow
from tests.worlds import ONGOING, TIMETABLE, WALL, at, bound_chat, bring_in, dated, plan, task

HOURS = OfficeHours()


async def scan_on(database: Database, day: str, hour: str = "07:30") -> ScanResult | None:
    now = at(day, hour)
    scan_day = HOURS.scan_day(now, TIMETABLE.calendar)
    if scan_day is None:
        return None
    return await scan_if_owed(database, TIMETABLE, day=scan_day, now=now, wall=WALL)


def told(result: ScanResult | None) -> list[str]:
    return [notice.milestone for notice in result.told] if result else []


async def mornings(database: Database) -> list[OutboxRow]:
    async with database.read() as session:
        found = await session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE))
        return list(found)


async def settle_all(database: Database, state: OutboxState, notice: NoticeState) -> None:
    async with database.write() as session:
        for row in await session.scalars(select(OutboxRow).where(OutboxRow.state == OutboxState.QUEUED)):
            row.state = state
        for told_ in await session.scalars(select(NoticeRow).where(NoticeRow.state == NoticeState.PENDING)):
            told_.state = notice


@pytest.mark.parametrize(
    ("day", "hour", "scans"),
    [
        ("2023-03-13", "07:29", False),
        ("2023-03-13", "07:30", True),
        ("2023-03-13", "17:30", True),
        ("2023-03-13", "17:31", False),
        ("2023-03-12", "09:00", False),
        ("2023-05-01", "09:00", False),
    ],
)
def test_scans_belong_to_the_office_hours_of_working_days(day: str, hour: str, scans: bool) -> None:
    now = at(day, hour)

    assert HOURS.scan_day(now, TIMETABLE.calendar) == (day_of(now) if scans else None)


async def test_a_milestone_is_told_on_its_day_and_once(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    await bound_chat(database, "1", "STP")

    assert told(await scan_on(database, "2023-03-28")) == []
    assert told(await scan_on(database, "2023-03-29")) == ["due-30"]
    assert await scan_on(database, "2023-03-29", "08:00") is None
    assert len(await mornings(database)) == 1


async def test_one_message_carries_all_of_a_chats_notices(database: Database) -> None:
    await bring_in(
        database, plan(task("1.1", dated("2023-04-28")), task("2.1", dated("2023-04-28"))), on="2023-03-07"
    )
    await bound_chat(database, "1", "STP")

    result = await scan_on(database, "2023-03-29")

    assert result is not None
    assert (len(result.told), result.messages) == (2, 1)


async def test_after_downtime_only_the_latest_milestone_is_told(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    await bound_chat(database, "1", "STP")

    result = await scan_on(database, "2023-04-24")

    assert result is not None
    [notice] = result.told
    assert notice.milestone == "due-7"
    assert notice.planned_on == date(2023, 4, 21)


async def test_every_chat_of_an_agency_hears_and_a_later_one_hears_what_it_missed(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    await bound_chat(database, "1", "STP")
    await bound_chat(database, "2", "STP")

    first = await scan_on(database, "2023-03-29")
    await bound_chat(database, "3", "STP")
    async with database.write() as session:
        await look_again(session, "STP", date(2023, 4, 3))
    second = await scan_on(database, "2023-04-03")

    assert first is not None
    assert second is not None
    assert len(first.told) == 2
    assert len(second.told) == 1


async def test_what_is_done_is_not_told_and_told_again_after_undo(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    chat = await bound_chat(database, "1", "STP")
    actor = Actor(person="9", name="Cán bộ", chat_id=chat.id)
    async with database.write() as session:
        audit = await mark_done(
            session, assignment_id=1, document=None, note=None, actor=actor, now=at("2023-03-08")
        )

    while_done = await scan_on(database, "2023-03-29")
    async with database.write() as session:
        await undo(
            session,
            audit_id=audit or 0,
            chat_id=chat.id,
            actor=actor,
            now=at("2023-03-10"),
            today=date(2023, 3, 29),
        )
    after_undo = await scan_on(database, "2023-03-29", "09:00")

    assert told(while_done) == []
    assert told(after_undo) == ["due-30"]


async def snoozed(database: Database, chat: ChatRow, *, on: str, until: str) -> int:
    """Snooze the first assignment; returns the audit entry's id."""
    async with database.write() as session:
        found = await snooze(
            session,
            assignment_id=1,
            until=date.fromisoformat(until),
            timetable=TIMETABLE,
            actor=Actor(person="9", name="Cán bộ", chat_id=chat.id),
            now=at(on),
            today=date.fromisoformat(on),
        )
        assert found is not None
        return await session.scalar(select(func.max(AuditRow.id))) or 0


async def days_told(database: Database, *days: str) -> list[str]:
    return [name for day in days for name in told(await scan_on(database, day))]


async def test_what_is_snoozed_is_silent_until_then(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-13")
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-13")

    await snoozed(database, chat, on="2023-03-13", until="2023-03-20")

    assert await days_told(database, "2023-03-14", "2023-03-17", "2023-03-20", "2023-03-23") == []
    assert await days_told(database, "2023-03-24", "2023-03-28") == ["due-7", "due-3"]


async def test_the_last_milestone_before_due_comes_however_long_the_snooze(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-13")
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-13")

    await snoozed(database, chat, on="2023-03-13", until="2023-04-12")

    assert await days_told(database, "2023-03-17", "2023-03-24", "2023-03-28", "2023-03-30") == []
    assert await days_told(database, "2023-03-31", "2023-04-03") == ["due-0", "late-2023-04-03"]


async def test_a_chat_that_comes_later_leaves_a_snooze_as_it_is(database: Database) -> None:
    await bring_in(
        database, plan(task("1.1", dated("2023-03-31")), task("2.1", dated("2023-03-31"))), on="2023-03-13"
    )
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-13")
    await snoozed(database, chat, on="2023-03-13", until="2023-03-20")
    await bound_chat(database, "2", "STP")

    async with database.write() as session:
        await look_again(session, "STP", date(2023, 3, 17))
    that_day = await scan_on(database, "2023-03-17")
    later = await scan_on(database, "2023-03-24")

    assert that_day is not None
    assert later is not None
    assert {notice.assignment_id for notice in that_day.told} == {2}
    assert {notice.assignment_id for notice in later.told} == {1, 2}


async def test_a_snooze_that_is_taken_back_lets_reminders_come_again(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-13")
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-13")
    audit = await snoozed(database, chat, on="2023-03-13", until="2023-03-20")
    silent = await scan_on(database, "2023-03-17")

    async with database.write() as session:
        actor = Actor(person="9", name="Cán bộ", chat_id=chat.id)
        await undo(
            session,
            audit_id=audit,
            chat_id=chat.id,
            actor=actor,
            now=at("2023-03-17", "09:00"),
            today=date(2023, 3, 17),
        )

    assert told(silent) == []
    assert told(await scan_on(database, "2023-03-17", "10:00")) == ["due-14"]


async def test_a_snooze_outlives_a_done_that_is_taken_back(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-03-31"))), on="2023-03-13")
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-13")
    await snoozed(database, chat, on="2023-03-13", until="2023-03-20")
    actor = Actor(person="9", name="Cán bộ", chat_id=chat.id)
    async with database.write() as session:
        audit = await mark_done(
            session, assignment_id=1, document=None, note=None, actor=actor, now=at("2023-03-14")
        )
        await undo(
            session,
            audit_id=audit or 0,
            chat_id=chat.id,
            actor=actor,
            now=at("2023-03-15"),
            today=date(2023, 3, 15),
        )

    assert await days_told(database, "2023-03-15", "2023-03-17") == []


async def test_an_agency_without_a_chat_is_counted_as_unreachable(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")

    result = await scan_on(database, "2023-03-29")

    assert result is not None
    assert [missed.agency for missed in result.unreachable] == ["STP"]
    assert result.messages == 0


async def test_a_message_that_never_left_goes_into_the_next_mornings(database: Database) -> None:
    await bring_in(
        database, plan(task("1.1", dated("2023-04-28")), task("2.1", dated("2023-05-11"))), on="2023-03-07"
    )
    await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-04-27")

    await scan_on(database, "2023-04-28")

    old, new = await mornings(database)
    assert (old.state, new.state) == (OutboxState.DROPPED, OutboxState.QUEUED)
    async with database.read() as session:
        said = (await notices.spoken(session, [new.id]))[new.id]
    # 1.1 has its own milestone on the 28th; that of 2.1 on the 27th is carried over.
    assert [(one.entry.code, one.planned_on) for one in said] == [
        ("1.1", date(2023, 4, 28)),
        ("2.1", date(2023, 4, 27)),
    ]


async def test_what_was_finished_after_the_scan_is_left_out_of_the_message(database: Database) -> None:
    await bring_in(
        database, plan(task("1.1", dated("2023-04-28")), task("2.1", dated("2023-04-28"))), on="2023-03-07"
    )
    chat = await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-29")
    async with database.write() as session:
        await mark_done(
            session,
            assignment_id=1,
            document=None,
            note=None,
            actor=Actor(person="9", name="Cán bộ", chat_id=chat.id),
            now=at("2023-03-29"),
        )

    [morning] = await mornings(database)
    async with database.read() as session:
        said = (await notices.spoken(session, [morning.id]))[morning.id]

    assert [one.entry.code for one in said] == ["2.1"]


async def test_a_moved_due_day_takes_back_what_was_queued_for_the_old_one(database: Database) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-29")

    await bring_in(database, plan(task("1.1", dated("2023-12-29"))), on="2023-03-29")

    [morning] = await mornings(database)
    async with database.read() as session:
        assert await notices.spoken(session, [morning.id]) == {}


async def test_a_chat_out_of_reach_is_not_written_to_and_hears_when_it_is_back(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    chat = await bound_chat(database, "1", "STP")
    async with database.write() as session:
        await suspend(session, chat.id, "blocked")
    away = await scan_on(database, "2023-03-29")

    async with database.write() as session:
        await resume(session, await session.get_one(ChatRow, chat.id), date(2023, 4, 3))
    back = await scan_on(database, "2023-04-03")

    assert told(away) == []
    assert told(back) == ["due-30"]


async def test_a_notice_that_failed_is_told_when_the_chat_is_looked_at_again(
    database: Database,
) -> None:
    await bring_in(database, plan(task("1.1", dated("2023-04-28"))), on="2023-03-07")
    await bound_chat(database, "1", "STP")
    await scan_on(database, "2023-03-29")
    await settle_all(database, OutboxState.FAILED, NoticeState.FAILED)

    async with database.write() as session:
        await look_again(session, "STP", date(2023, 3, 30))

    assert told(await scan_on(database, "2023-03-30")) == ["due-30"]


async def test_nothing_without_a_due_day_is_ever_told(database: Database) -> None:
    await bring_in(database, plan(task("1.1", ONGOING)), on="2023-03-07")
    await bound_chat(database, "1", "STP")

    result = await scan_on(database, "2023-12-29")

    assert told(result) == []


async def test_due_assignments_are_found_by_an_index(database: Database) -> None:
    async with database.engine.connect() as connection:
        steps = await connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM assignments WHERE next_milestone_on <= '2023-03-29'"
        )
        described = " ".join(str(row._mapping["detail"]) for row in steps)

    assert "ix_assignments_next_milestone" in described
