"""A sparing chat, whose service counts messages, hears of the bot's own accord once a day; the rest rides along."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.channel import Destination, File, Outcome, Refused, RetryLater, Sent, Uncertain
from bot.message import Choice, Message, Tone, block, from_json, message, to_json
from bot.zalo.render import split
from plan.hours import OfficeHours
from scheduler.deliver import Deliverer
from scheduler.scan import scan_if_owed
from store import claims
from store.chats import chat_for
from store.database import Database
from store.nudges import queue_nudge
from store.outbox import queue, queue_note
from store.quota import Allowance
from store.restores import record_restore
from store.riders import leave, riders_of
from store.states import ChatKind, NoticeState, OutboxKind, OutboxState, Role, State
from store.tables import AssignmentRow, BindingRow, NoticeRow, OutboxRow, StatusWishRow
from tests.app.town import AT_ONCE
from tests.worlds import TIMETABLE, WALL, at, bring_in, dated, plan, task

REPEAT = "(gửi lại, có thể anh/chị đã nhận)"


class Pencil:
    """A channel on which nothing can be tapped, and that fails when a test says so."""

    name = "pencil"
    has_buttons = False
    takes_files = False

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.repeats: list[bool] = []
        self.outcomes: list[Outcome] = []

    def pieces(self, whole: Message) -> list[Message]:
        return split(whole)

    async def send(
        self,
        piece: Message,
        destination: Destination,
        *,
        repeat: bool = False,
        file: File | None = None,
    ) -> Outcome:
        if self.outcomes:
            return self.outcomes.pop(0)
        self.sent.append(piece)
        self.repeats.append(repeat)
        return Sent(external_id=str(len(self.sent)))


class Desk:
    """One sparing chat that speaks for Sở Tư pháp."""

    def __init__(self, database: Database, allowances: Mapping[str, Allowance] | None = None) -> None:
        self.database = database
        self.allowances = allowances
        self.pencil = Pencil()
        self.now, self.wall = at("2023-03-07"), WALL
        self.chat = 0
        self.deliverer = Deliverer(
            database,
            {"pencil": self.pencil},
            hours=OfficeHours(),
            calendar=TIMETABLE.calendar,
            pace=AT_ONCE,
            clock=lambda: self.now,
            wall=lambda: self.wall,
            allowances=allowances,
        )

    async def open(self) -> None:
        await bring_in(self.database, plan(task("1.1", dated("2023-03-10"))), on="2023-03-07")
        async with self.database.write() as session:
            chat = await chat_for(
                session, channel="pencil", address="an", kind=ChatKind.PRIVATE, sparing=True
            )
            session.add(BindingRow(chat_id=chat.id, role=Role.OFFICER, agency="STP", bound_at=self.now))
            self.chat = chat.id

    async def deliver(self) -> list[str]:
        """What leaves now, in words."""
        before = len(self.pencil.sent)
        while await self.deliverer.deliver_waiting():
            await self.deliverer.finish()
            self.wall += timedelta(seconds=2)
        return [words(one) for one in self.pencil.sent[before:]]

    async def note(self, text: str, *, key: str = "") -> None:
        async with self.database.write() as session:
            body = to_json(message(text))
            await queue_note(session, chat_id=self.chat, wall=self.wall, body=body, key=key or text)

    async def reply(self, text: str | Message) -> None:
        async with self.database.write() as session:
            body = to_json(message(text) if isinstance(text, str) else text)
            queue(session, chat_id=self.chat, kind=OutboxKind.REPLY, wall=self.wall, body=body)

    async def nudge(self, day: str, lead: str) -> None:
        async with self.database.write() as session:
            [owed] = await session.scalars(select(AssignmentRow))
            await queue_nudge(
                session,
                chat_id=self.chat,
                assignments={owed.id: owed.due},
                day=date.fromisoformat(day),
                lead=to_json(message(lead)),
                proposal_id=1,
                wall=self.wall,
            )

    async def scan(self, day: str, hour: str = "07:30") -> None:
        self.now = at(day, hour)
        await scan_if_owed(
            self.database, TIMETABLE, day=date.fromisoformat(day), now=self.now, wall=self.wall
        )

    async def bind_operator(self) -> int:
        """The operator's chat (id), which is not a sparing one."""
        async with self.database.write() as session:
            chat = await chat_for(session, channel="pencil", address="op", kind=ChatKind.PRIVATE)
            session.add(BindingRow(chat_id=chat.id, role=Role.OPERATOR, agency="", bound_at=self.now))
            return chat.id

    async def notes_to(self, chat: int) -> list[str]:
        async with self.database.read() as session:
            notes = await session.scalars(
                select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTE, OutboxRow.chat_id == chat)
            )
            return [words(from_json(note.body)) for note in notes if note.body]

    async def notice_states(self) -> list[NoticeState]:
        async with self.database.read() as session:
            return list(await session.scalars(select(NoticeRow.state).order_by(NoticeRow.id)))

    async def states(self, kind: OutboxKind) -> list[OutboxState]:
        async with self.database.read() as session:
            rows = await session.scalars(
                select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)
            )
            return [row.state for row in rows]


def words(said: Message) -> str:
    return "\n".join("".join(span.text for span in part) for one in said.blocks for part in one.lines)


@pytest.fixture
async def desk(database: Database) -> Desk:
    opened = Desk(database)
    await opened.open()
    return opened


async def test_a_note_does_not_leave_by_itself_and_rides_with_the_next_answer(desk: Desk) -> None:
    await desk.note("Gia hạn đã được chấp nhận.")
    assert await desk.deliver() == []

    await desk.reply("Không có việc nào đến hạn.")
    [said] = await desk.deliver()

    assert said.startswith("Không có việc nào đến hạn.")
    assert "📨 Tin mới" in said
    assert "Gia hạn đã được chấp nhận." in said
    assert await desk.states(OutboxKind.NOTE) == [OutboxState.SENT]
    await desk.reply("Lần nữa.")
    assert await desk.deliver() == ["Lần nữa."]


async def test_a_note_rides_with_the_morning_message_and_a_day_has_one_message(desk: Desk) -> None:
    await desk.note("Có đề nghị mới.")
    await desk.scan("2023-03-07")
    [said] = await desk.deliver()

    assert "1.1" in said
    assert "Có đề nghị mới." in said
    await desk.note("Có tin khác.")
    await desk.scan("2023-03-07", "10:00")
    assert await desk.deliver() == []

    await desk.scan("2023-03-08")
    [next_day] = await desk.deliver()
    assert "Có tin khác." in next_day


async def test_without_a_reminder_the_news_are_the_message_of_the_day(desk: Desk) -> None:
    await desk.scan("2023-03-08")
    await desk.deliver()
    await desk.note("Một.")
    await desk.note("Hai.")

    await desk.scan("2023-03-09")
    first = await desk.deliver()
    await desk.note("Ba.")
    await desk.scan("2023-03-09", "15:00")

    assert len(first) == 1
    assert "Một." in first[0]
    assert "Hai." in first[0]
    assert await desk.deliver() == []


async def test_what_becomes_due_after_the_message_of_the_day_is_told_the_next_morning(desk: Desk) -> None:
    await desk.note("Tin buổi sáng.")
    await desk.scan("2023-03-06")
    [told] = await desk.deliver()
    assert "Tin buổi sáng." in told
    await bring_in(
        desk.database,
        plan(task("1.1", dated("2023-03-10")), task("1.2", dated("2023-03-06"))),
        on="2023-03-06",
    )

    await desk.scan("2023-03-06", "14:00")
    assert await desk.deliver() == []

    await desk.scan("2023-03-07")
    [said] = await desk.deliver()
    assert "1.2" in said


async def test_a_nudge_rides_too_and_its_notices_are_told_with_it(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await desk.deliver()
    await desk.nudge("2023-03-07", "Cơ quan thường trực đôn đốc:")
    assert await desk.deliver() == []

    await desk.reply("Xin chào.")
    [said] = await desk.deliver()

    assert "Cơ quan thường trực đôn đốc:" in said
    async with desk.database.read() as session:
        states = {row.milestone[:5]: row.state for row in await session.scalars(select(NoticeRow))}
    assert states["nudge"] is NoticeState.SENT


async def test_a_nudge_about_what_is_done_by_now_is_dropped_and_calls_for_no_message(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await desk.deliver()
    await desk.nudge("2023-03-07", "Đôn đốc:")
    async with desk.database.write() as session:
        [owed] = await session.scalars(select(AssignmentRow))
        owed.state = State.DONE

    await desk.scan("2023-03-08")

    assert await desk.deliver() == []
    assert OutboxState.QUEUED not in await desk.states(OutboxKind.NOTICE)


async def test_when_the_carrier_is_not_taken_the_rider_waits_for_another_try(desk: Desk) -> None:
    await desk.note("Tin.")
    await desk.reply("Trả lời.")
    desk.pencil.outcomes = [RetryLater(reason="not now")]
    assert await desk.deliver() == []
    assert await desk.states(OutboxKind.NOTE) == [OutboxState.QUEUED]

    desk.wall += timedelta(minutes=1)
    [said] = await desk.deliver()

    assert "Tin." in said
    assert await desk.states(OutboxKind.NOTE) == [OutboxState.SENT]


async def test_of_many_notes_the_first_ride_and_the_rest_is_announced(desk: Desk) -> None:
    for number in range(9):
        await desk.note(f"Tin số {number}.")
    await desk.reply("Trả lời.")
    [said] = await desk.deliver()
    assert "Còn 3 tin nữa" in said

    await desk.reply("Trả lời.")
    [rest] = await desk.deliver()
    assert [number for number in range(9) if f"Tin số {number}." in rest] == [6, 7, 8]


@pytest.mark.parametrize("carrier", ["answer", "morning"])
async def test_a_note_too_long_for_a_message_is_told_to_its_end_and_each_line_once(
    desk: Desk, carrier: str
) -> None:
    lines = [f"dòng {number:02} {'x' * 90}." for number in range(50)]
    async with desk.database.write() as session:
        body = to_json(message(block(*lines)))
        await queue_note(session, chat_id=desk.chat, wall=desk.wall, body=body, key="long")
    if carrier == "answer":
        await desk.reply("Trả lời.")
    else:
        await desk.scan("2023-03-07")

    said = "\n".join(await desk.deliver())

    assert [said.count(text) for text in lines] == [1] * 50
    assert await desk.states(OutboxKind.NOTE) == [OutboxState.SENT]


async def test_when_an_answer_fails_the_nudge_that_rode_with_it_rides_on(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await desk.deliver()
    await desk.nudge("2023-03-07", "Đôn đốc:")
    await desk.reply("Trả lời.")
    desk.pencil.outcomes = [Refused(reason="bad request", suspends=False)]
    assert await desk.deliver() == []

    await desk.reply("Trả lời khác.")
    [said] = await desk.deliver()

    assert "Đôn đốc:" in said
    assert "1.1" in said


async def perhaps_told(desk: Desk, how: str) -> None:
    """An answer leaves, and nobody knows whether it arrived; it goes again a while later."""
    await desk.reply("Trả lời.")
    if how == "no answer came":
        desk.pencil.outcomes = [Uncertain(reason="read timeout")]
        assert await desk.deliver() == []
        return
    async with desk.database.write() as session:
        [held] = await claims.claim(
            session, channel="pencil", wall=desk.wall, pace=AT_ONCE, morning=None, room=1
        )
        riders = await riders_of(session, [desk.chat])
        await leave(session, [rider.id for rider in riders], token=held.token)
    desk.wall += claims.LEASE + timedelta(seconds=1)
    assert await desk.deliverer.take_back() == 1


@pytest.mark.parametrize("how", ["no answer came", "the sender died"])
async def test_what_perhaps_arrived_with_one_message_rides_with_the_next_as_a_repeat(
    desk: Desk, how: str
) -> None:
    await desk.note("Gia hạn đã được chấp nhận.")
    await perhaps_told(desk, how)
    await desk.note("Tin sau.")

    await desk.reply("Trả lời khác.")
    [said] = await desk.deliver()

    assert f"{REPEAT}\nGia hạn đã được chấp nhận." in said
    assert said.count(REPEAT) == 1
    assert "Tin sau." in said
    desk.wall += timedelta(minutes=1)
    assert await desk.deliver() == ["Trả lời."]
    assert await desk.states(OutboxKind.NOTE) == [OutboxState.SENT, OutboxState.SENT]


@pytest.mark.parametrize("how", ["no answer came", "the sender died"])
async def test_above_a_repeated_message_the_mark_is_also_for_what_rides_in_it(desk: Desk, how: str) -> None:
    await desk.note("Gia hạn đã được chấp nhận.")
    await perhaps_told(desk, how)
    desk.wall += timedelta(minutes=1)

    [said] = await desk.deliver()

    assert "Gia hạn đã được chấp nhận." in said
    # The channel writes it above the whole.
    assert REPEAT not in said
    assert desk.pencil.repeats == [True]


async def test_what_perhaps_arrived_twice_is_given_up_and_the_operator_hears_of_a_nudge(desk: Desk) -> None:
    operator = await desk.bind_operator()
    await desk.scan("2023-03-07")
    await desk.deliver()
    await desk.nudge("2023-03-07", "Đôn đốc:")
    desk.pencil.outcomes = [Uncertain(reason="read timeout")] * 2
    await desk.reply("Trả lời.")
    await desk.deliver()
    desk.wall += timedelta(minutes=1)
    await desk.deliver()

    assert await desk.states(OutboxKind.NOTICE) == [OutboxState.SENT, OutboxState.FAILED]
    assert await desk.notice_states() == [NoticeState.SENT, NoticeState.FAILED]
    assert any("Sở Tư pháp" in text for text in await desk.notes_to(operator))
    await desk.reply("Trả lời khác.")
    assert await desk.deliver() == ["Trả lời khác."]


async def test_what_waits_in_a_restored_backup_rides_as_a_repeat(desk: Desk) -> None:
    await desk.note("Gia hạn đã được chấp nhận.")
    async with desk.database.write() as session:
        await record_restore(session, at=desk.wall, day=date(2023, 3, 7))

    await desk.reply("Trả lời.")
    [said] = await desk.deliver()

    assert f"{REPEAT}\nGia hạn đã được chấp nhận." in said


async def test_a_note_that_nothing_takes_along_for_a_week_has_lost_its_use(desk: Desk) -> None:
    await desk.scan("2023-03-07")
    await desk.deliver()
    await desk.note("Cũ.")
    desk.wall += timedelta(days=7, minutes=1)

    await desk.scan("2023-03-15")

    assert await desk.states(OutboxKind.NOTE) == [OutboxState.FAILED]


async def test_choices_have_numbers_when_the_message_leaves(desk: Desk) -> None:
    yes = Choice(label="Xác nhận", action="yes:1", tone=Tone.YES)
    await desk.reply(message(block("Ghi nhận?"), choices=[[yes]]))
    await desk.reply(message(block("Việc khác?"), choices=[[Choice(label="Xem", action="run:/due")]]))
    await desk.deliver()

    numbers = [choice.number for said in desk.pencil.sent for row in said.rows() for choice in row]
    assert numbers == [1, 2]


async def test_a_sparing_chat_has_no_status_message(desk: Desk) -> None:
    await desk.scan("2023-03-07")

    async with desk.database.read() as session:
        assert list(await session.scalars(select(StatusWishRow))) == []
    assert await desk.states(OutboxKind.STATUS) == []
