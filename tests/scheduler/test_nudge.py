"""Nudges on their way: a message of their own beside the morning's, in its hours, of what is still open then."""

from datetime import date, timedelta

from sqlalchemy import select

from bot.message import block, bold, line, message, to_json
from scheduler.scan import scan_if_owed
from store.agenda import entries
from store.changes import Actor, mark_done
from store.nudges import nudged_on, queue_nudge
from store.states import NoticeState, OutboxState
from store.tables import AssignmentRow, NoticeRow, OutboxRow
from store.undelivered import unlisted
from tests.scheduler.desk import GROUP, Desk
from tests.worlds import ONGOING, TIMETABLE, at, bring_in, dated, plan, task

LEAD = "📣 Sở Nội vụ (cơ quan thường trực) đôn đốc:"
THE_DAY = date(2023, 3, 7)


async def nudge(desk: Desk, *codes: str, day: date = THE_DAY, proposal: int = 1) -> int:
    """Queue a nudge of Sở Tư pháp's assignments with those codes; returns the row's id."""
    lead = message(block(line(bold(LEAD))), block("Nộp trước 15 giờ"))
    async with desk.database.write() as session:
        wanted = [entry for entry in await entries(session, agencies=["STP"]) if entry.code in codes]
        await queue_nudge(
            session,
            chat_id=desk.chats[GROUP],
            assignments={entry.id: entry.due for entry in wanted},
            day=day,
            lead=to_json(lead),
            proposal_id=proposal,
            wall=desk.wall,
        )
        found = await session.scalars(select(OutboxRow.id).order_by(OutboxRow.id.desc()))
        return found.first() or 0


async def finish(desk: Desk, code: str) -> None:
    async with desk.database.write() as session:
        [entry] = [one for one in await entries(session, agencies=["STP"]) if one.code == code]
        actor = Actor(person="9", name="Cán bộ", chat_id=desk.chats[GROUP])
        await mark_done(session, assignment_id=entry.id, document=None, note=None, actor=actor, now=desk.now)


async def test_a_nudge_says_who_asks_and_what_is_open_and_counts_as_told(desk: Desk) -> None:
    await nudge(desk, "1.1", "2.1")

    await desk.deliver()

    [text] = await desk.town.texts(GROUP)
    assert text.startswith(f"{LEAD}\nNộp trước 15 giờ\n\n🏛 Sở Tư pháp · Thứ Ba 07/03/2023\n")
    assert "1.1 Nhiệm vụ 1.1" in text
    assert "/done_2_1" in text
    assert await desk.notice_states() == {NoticeState.SENT: 2}


async def test_what_is_done_in_between_is_left_out(desk: Desk) -> None:
    await nudge(desk, "1.1", "2.1")
    await finish(desk, "1.1")

    await desk.deliver()

    [text] = await desk.town.texts(GROUP)
    assert "1.1" not in text
    assert await desk.notice_states() == {NoticeState.SENT: 1, NoticeState.DROPPED: 1}


async def test_with_nothing_left_to_say_it_is_not_sent(desk: Desk) -> None:
    number = await nudge(desk, "1.1")
    await finish(desk, "1.1")

    await desk.deliver()

    assert await desk.town.texts(GROUP) == []
    assert (await desk.row(number)).state is OutboxState.DROPPED


async def test_outside_the_hours_it_leaves_when_they_open(desk: Desk) -> None:
    desk.now = at("2023-03-07", "18:00")
    await nudge(desk, "1.1", day=date(2023, 3, 8))

    await desk.deliver()
    in_the_evening = await desk.town.texts(GROUP)
    desk.now = at("2023-03-08", "07:00")
    await desk.deliver()

    assert in_the_evening == []
    assert len(await desk.town.texts(GROUP)) == 1


async def test_it_is_not_taken_for_the_chats_morning_message(desk: Desk) -> None:
    number = await nudge(desk, "2.1")

    await desk.scan("2023-03-07")
    await desk.deliver(after=2)
    await desk.deliver(after=5)

    first, second = await desk.town.texts(GROUP)
    assert first.startswith(LEAD)
    assert second.startswith("🔔 Sở Tư pháp")
    async with desk.database.read() as session:
        carried = await session.scalars(select(NoticeRow.milestone).where(NoticeRow.outbox_id == number))
        assert list(carried) == ["nudge-2023-03-07"]
    assert await desk.states() == {OutboxState.SENT: 2}


async def test_one_that_never_left_leaves_the_next_day_as_it_was_written(desk: Desk) -> None:
    number = await nudge(desk, "1.1")
    desk.now = at("2023-03-07", "17:31")
    await desk.deliver()

    await desk.scan("2023-03-08")
    owed_again = await scan_if_owed(
        desk.database, TIMETABLE, day=date(2023, 3, 8), now=desk.now, wall=desk.wall
    )
    await desk.deliver(after=2)
    await desk.deliver(after=5)

    texts = await desk.town.texts(GROUP)
    [late] = [text for text in texts if text.startswith(LEAD)]
    assert "Nộp trước 15 giờ" in late
    assert "Nhắc muộn: lẽ ra ngày 07/03" in late
    assert len(texts) == 2
    assert owed_again is None
    assert (await desk.row(number)).state is OutboxState.SENT


async def test_a_long_one_keeps_its_lead_and_says_each_assignment_once(desk: Desk) -> None:
    await bring_in(
        desk.database,
        plan(*(task(f"1.{number}", dated("2023-03-10")) for number in range(1, 81))),
        on="2023-03-07",
    )
    await nudge(desk, *(f"1.{number}" for number in range(1, 81)))

    await desk.deliver()
    for _ in range(4):
        await desk.deliver(after=5)

    texts = await desk.town.texts(GROUP)
    assert len(texts) > 1
    assert all(text.startswith(LEAD) for text in texts)
    assert ["Nộp trước 15 giờ" in text for text in texts] == [True] + [False] * (len(texts) - 1)
    told = [word for text in texts for word in text.split() if word.startswith("/done_")]
    assert sorted(told) == sorted(f"/done_1_{number}" for number in range(1, 81))
    assert await desk.notice_states() == {NoticeState.SENT: 80}


async def test_one_that_fails_is_on_the_standing_offices_list(desk: Desk) -> None:
    await nudge(desk, "1.1")
    await desk.town.fault("status", status=403, description="Forbidden: bot was kicked from the group chat")

    await desk.deliver()

    async with desk.database.read() as session:
        [failed] = await unlisted(session, before=date(2023, 3, 8))
    assert (failed.standing_office, failed.agencies, failed.assignments) == ("SNV", ("Sở Tư pháp",), 1)
    assert await desk.notice_states() == {NoticeState.FAILED: 1}


async def test_of_what_has_no_due_day_a_nudge_speaks_too_until_it_is_done(desk: Desk) -> None:
    await bring_in(desk.database, plan(task("1.1", ONGOING), task("2.1", ONGOING)), on="2023-03-07")
    await nudge(desk, "1.1", "2.1")
    await finish(desk, "2.1")

    await desk.deliver()

    [text] = await desk.town.texts(GROUP)
    assert "1.1 Nhiệm vụ 1.1" in text
    assert "2.1" not in text
    async with desk.database.read() as session:
        notice = await session.scalar(select(NoticeRow).where(NoticeRow.state == NoticeState.SENT))
    assert notice is not None
    assert notice.due == THE_DAY


async def test_who_was_nudged_is_known_by_the_day(desk: Desk) -> None:
    await nudge(desk, "1.1")

    async with desk.database.read() as session:
        ids = list(await session.scalars(select(AssignmentRow.id)))
        same_day = await nudged_on(session, ids, THE_DAY)
        next_day = await nudged_on(session, ids, THE_DAY + timedelta(days=1))

    assert (len(same_day), len(next_day)) == (1, 0)
