"""The watch finds what should have happened and did not, heals it, and tells the rest once."""

import sqlite3
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from sqlalchemy.exc import OperationalError

from scheduler.watch import Healing, Receiving, TroubleKind, Watch
from store import inbox
from store.absence import Absence
from store.database import Database
from store.inbox import Arrival
from store.states import OutboxKind, Role
from store.tables import BindingRow, ScanRow
from tests.scheduler.desk import GROUP, HOURS, LAN, MINH, TUESDAY, Desk
from tests.worlds import TIMETABLE, at

MINUTE = timedelta(minutes=1)


class Looking:
    """A watch over a desk whose healing does nothing unless a test says so."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.receiving: Receiving | None = None
        self.calm = 0
        self.scan: Callable[[], Awaitable[object]] = self._nothing
        self.watch = Watch(
            desk.database,
            hours=HOURS,
            calendar=TIMETABLE.calendar,
            clock=lambda: desk.now,
            wall=lambda: desk.wall,
            receiving=lambda: {"telegram": self.receiving} if self.receiving else {},
            after_a_calm_look=self._calm,
        )

    async def look(self, *, after: timedelta = timedelta()) -> list[TroubleKind]:
        self.desk.wall += after
        await self.watch.look(
            Healing(scan=self.scan, take_back=self.desk.deliverer.take_back, wake=lambda: None)
        )
        return [trouble.kind for trouble in self.watch.troubles]

    async def notes(self) -> list[str]:
        """What the operator (Minh) was told, as it arrives."""
        await self.desk.deliver(after=2)
        return [text for text in await self.desk.town.texts(MINH) if text[0] in "⚠✅"]

    async def _nothing(self) -> None:
        return

    async def _calm(self) -> None:
        self.calm += 1


async def make_operator(desk: Desk, chat: int) -> None:
    async with desk.database.write() as session:
        session.add(BindingRow(chat_id=desk.chats[chat], role=Role.OPERATOR, agency="", bound_at=TUESDAY))


async def note_a_scan(database: Database, day: str) -> None:
    async with database.write() as session:
        session.add(ScanRow(day=date.fromisoformat(day), at=at(day), notices=0, messages=0, unreachable=0))


async def test_nothing_amiss_is_nothing_told(desk: Desk) -> None:
    looking = Looking(desk)
    await note_a_scan(desk.database, "2023-03-07")

    assert await looking.look() == []
    assert looking.calm == 1


async def test_an_answer_that_does_not_leave_is_told_once_and_so_is_its_end(desk: Desk) -> None:
    looking = Looking(desk)
    await make_operator(desk, MINH)
    await desk.put(LAN, "một")

    in_time = await looking.look(after=MINUTE)
    too_late = [await looking.look(after=2 * MINUTE), await looking.look(after=MINUTE)]
    told = await looking.notes()
    over = await looking.look(after=MINUTE)
    told_after = await looking.notes()

    assert in_time == []
    assert too_late == [[TroubleKind.ANSWERS], [TroubleKind.ANSWERS]]
    assert len(told) == 1
    assert told[0].startswith("⚠️ 1 câu trả lời chưa gửi được.")
    assert over == []
    assert [text.splitlines()[0] for text in told_after[1:]] == ["✅ Đã hết: câu trả lời chưa gửi được."]


async def test_a_morning_message_that_waits_is_missed_within_its_hours_only(desk: Desk) -> None:
    looking = Looking(desk)
    await desk.scan("2023-03-07")

    desk.now = at("2023-03-07", "07:41")
    within = await looking.look(after=11 * MINUTE)
    desk.now = at("2023-03-07", "18:00")
    outside = await looking.look(after=MINUTE)

    assert within == [TroubleKind.NOTICES]
    assert outside == []


async def test_a_chat_out_of_reach_is_no_trouble_of_delivery(desk: Desk) -> None:
    looking = Looking(desk)
    await note_a_scan(desk.database, "2023-03-07")
    await desk.put(LAN, "một", kind=OutboxKind.NOTE)
    async with desk.database.write() as session:
        chat = await session.merge(await desk.chat(LAN))
        chat.suspended = "blocked"

    assert await looking.look(after=11 * MINUTE) == []


async def test_a_scan_that_did_not_run_is_run_and_is_no_trouble_then(desk: Desk) -> None:
    looking = Looking(desk)
    desk.now = at("2023-03-07", "07:41")

    async def scan() -> None:
        await desk.scan("2023-03-07")
        desk.now = at("2023-03-07", "07:41")

    looking.scan = scan

    assert await looking.look() == []
    assert await desk.states()


async def test_a_scan_that_cannot_run_is_a_trouble(desk: Desk) -> None:
    looking = Looking(desk)

    found = []
    for hour in ("07:39", "07:41"):
        desk.now = at("2023-03-07", hour)
        found.append(await looking.look())
    desk.now = at("2023-03-11", "09:00")
    found.append(await looking.look())

    assert found == [[], [TroubleKind.SCAN], []]


async def test_an_inbox_that_does_not_move_is_a_trouble_and_one_that_does_is_not(desk: Desk) -> None:
    looking = Looking(desk)

    async def arrive(number: int) -> None:
        async with desk.database.write() as session:
            await inbox.keep(
                session,
                channel="telegram",
                arrivals=[Arrival(update_id=str(number), lane=str(number), raw={})],
                now=desk.now,
            )

    async def handle_oldest() -> None:
        async with desk.database.write() as session:
            row = await inbox.next_new(session, ["telegram"])
            assert row is not None
            await inbox.handled(session, row, desk.now)

    moving = []
    for number in range(1, 5):
        await arrive(number)
        await arrive(number + 100)
        moving += await looking.look(after=MINUTE)
        await handle_oldest()
    stuck = [await looking.look(after=MINUTE) for _ in range(4)]

    assert moving == []
    assert stuck[0] == []
    assert stuck[-1] == [TroubleKind.UPDATES]


async def test_only_who_receives_says_that_receiving_works_again(desk: Desk) -> None:
    leader, other = Looking(desk), Looking(desk)
    await make_operator(desk, MINH)
    await note_a_scan(desk.database, "2023-03-07")
    leader.receiving = Receiving(unable_since=desk.wall)

    first = await leader.look(after=3 * MINUTE)
    seen_by_the_other = await other.look()
    told = await leader.notes()
    leader.receiving = Receiving(unable_since=None)
    await leader.look(after=MINUTE)
    told_after = await leader.notes()

    assert first == [TroubleKind.RECEIVING]
    assert seen_by_the_other == []
    assert [text[0] for text in told] == ["⚠"]
    assert [text[0] for text in told_after] == ["⚠", "✅"]


async def test_a_database_that_was_away_for_long_is_told_of_when_it_is_back(desk: Desk) -> None:
    looking = Looking(desk)
    await make_operator(desk, MINH)
    await note_a_scan(desk.database, "2023-03-07")
    absence = desk.database.absence = Absence(lambda: desk.wall)
    locked = OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked"))

    absence.noticed("inbox", locked)
    short = await looking.look(after=MINUTE / 2)
    absence.over("inbox")
    after_the_short = [await looking.look(after=MINUTE), await looking.notes()]
    absence.noticed("inbox", locked)
    long = await looking.look(after=2 * MINUTE)
    absence.over("inbox")
    after_the_long = [await looking.look(after=MINUTE) for _ in range(3)]
    told = await looking.notes()

    assert short == long == [TroubleKind.DATABASE]
    assert after_the_short == [[], []]
    assert after_the_long == [[], [], []]
    assert [text.splitlines()[0] for text in told] == ["✅ Đã hết: không truy cập được cơ sở dữ liệu."]


async def test_a_dead_senders_row_is_taken_back_by_the_watch(desk: Desk) -> None:
    looking = Looking(desk)
    number = await desk.put(LAN, "một")
    await desk.town.fault("drop_before")
    async with desk.database.write() as session:
        row = await session.merge(await desk.row(number))
        row.state, row.lease_until, row.lease_token = "claimed", desk.wall, "dead"  # type: ignore[assignment]

    found = await looking.look(after=MINUTE)

    assert found == []
    assert (await desk.row(number)).repeat


async def test_the_standing_office_hears_once_of_what_did_not_arrive(desk: Desk) -> None:
    await desk.town.blocks(GROUP)
    await desk.scan("2023-03-07")
    await desk.deliver()

    await desk.scan("2023-03-08")
    await desk.deliver(after=86400)
    first = await desk.town.texts(LAN)
    await desk.scan("2023-03-09")
    await desk.deliver(after=86400)

    [told] = [text for text in first if text.startswith("⚠")]
    assert "08/03/2023: lời nhắc chưa tới nơi" in told
    assert "• Sở Tư pháp: 2 việc" in told
    assert "bot bị chặn" in told
    assert len([text for text in await desk.town.texts(LAN) if "chưa tới nơi" in text]) == 1
