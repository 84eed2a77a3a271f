"""The board of the real plan in June 2023, served from a thread: most of what was due is done, some of it late."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from plan.load import load_plan
from store.changes import Actor, mark_done, write
from store.database import Database
from store.difference import ChangeKind, Difference, DutyChange, TextChange
from store.plan_changes import keep_change
from store.states import NoticeState, OutboxKind, OutboxState, State
from store.tables import AssignmentRow, ChatRow, NoticeRow, OutboxRow, ScanRow, TroubleRow
from tests.web.boarding import LEADER, OFFICE, Town, open_town
from tests.worlds import bound_chat, empty_store

_PLAN = Path(__file__).parents[2] / "data" / "tasks.yaml"
_NOW = datetime(2023, 6, 13, 1, 30, tzinfo=UTC)
_ACTOR = Actor(person="300", name="Lê Văn Cán", chat_id=3)
_START_SECONDS = 60
# One in so many of what was due is not done, and one in so many was done late.
_OPEN_ONE_IN, _LATE_ONE_IN = 7, 5


class BoardTown:
    """Its address, and one-time links of its people from any thread."""

    def __init__(self, town: Town, loop: asyncio.AbstractEventLoop) -> None:
        self._town = town
        self._loop = loop
        self.url = town.url

    def office_link(self) -> str:
        return self._link(OFFICE)

    def leader_link(self) -> str:
        return self._link(LEADER)

    def _link(self, chat: str) -> str:
        return asyncio.run_coroutine_threadsafe(self._town.link(chat), self._loop).result()


@contextmanager
def board_town(folder: Path) -> Iterator[BoardTown]:
    """Served inside the block, by a loop of its own."""
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()
    found: list[BoardTown] = []

    async def serve() -> None:
        async with empty_store(folder) as database:
            plan, _ = load_plan(_PLAN)
            async with open_town(database, plan) as town:
                await _live(town)
                found.append(BoardTown(town, loop))
                ready.set()
                await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        if not ready.wait(_START_SECONDS):
            raise TimeoutError("the board does not come up")
        yield found[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _live(town: Town) -> None:
    """What has happened until June."""
    town.office.now = _NOW
    database = town.database
    await bound_chat(database, "-1", "VPUB", group=True)
    gone = await bound_chat(database, "-2", "STTTT", group=True)
    await _hand_in(database)
    async with database.write() as session:
        (await session.get_one(ChatRow, gone.id)).suspended = "Forbidden: bot was kicked from the group chat"
        [owed, *_] = await session.scalars(
            select(AssignmentRow.id).where(AssignmentRow.agency == "STTTT", AssignmentRow.due.is_not(None))
        )
        failed = OutboxRow(
            chat_id=gone.id,
            kind=OutboxKind.NOTICE,
            priority=10,
            key="morning:2023-06-12",
            morning=date(2023, 6, 12),
            state=OutboxState.FAILED,
            error="Forbidden: bot was kicked from the group chat",
            ready_at=_NOW,
            created_at=_NOW,
            settled_at=_NOW,
        )
        session.add_all([
            failed,
            ScanRow(day=date(2023, 6, 13), at=_NOW - timedelta(hours=1), notices=41, messages=12, unreachable=3),
            TroubleRow(name="notes-unsent", detail="", since=_NOW),
        ])  # fmt: skip
        await session.flush()
        session.add(
            NoticeRow(
                assignment_id=owed,
                milestone="due-7",
                due=date(2023, 6, 19),
                chat_id=gone.id,
                planned_on=date(2023, 6, 12),
                state=NoticeState.FAILED,
                outbox_id=failed.id,
                settled_at=_NOW,
            )
        )
        await keep_change(session, plan_key="cchc-2023", digest="0" * 64, difference=_DIFFERENCE, now=_NOW)


async def _hand_in(database: Database) -> None:
    async with database.write() as session:
        rows = list(
            await session.scalars(
                select(AssignmentRow)
                .where(AssignmentRow.due <= _NOW.date(), AssignmentRow.state == State.OPEN)
                .order_by(AssignmentRow.id)
            )
        )
        for number, row in enumerate(rows):
            if number % _OPEN_ONE_IN == 0:
                await write(
                    session,
                    row,
                    "progress",
                    {"progress": 60, "progress_note": "đã lấy ý kiến, chờ các huyện gửi số liệu"},
                    actor=_ACTOR,
                    now=_NOW,
                )
                continue
            late = timedelta(days=6 if number % _LATE_ONE_IN == 0 else -2)
            due = row.due or _NOW.date()
            at = datetime(due.year, due.month, due.day, 3, tzinfo=UTC) + late
            await mark_done(
                session,
                assignment_id=row.id,
                document=f"{number + 11}/BC",
                note=None,
                actor=_ACTOR,
                now=min(at, _NOW),
            )


_DIFFERENCE = Difference(
    duties=(
        DutyChange(
            kind=ChangeKind.MOVED,
            code="2.6b",
            title="Thực hiện hiệu quả công tác rà soát, đơn giản hóa TTHC nội bộ",
            agency="STP",
            agency_name="Sở Tư pháp",
            period="",
            is_open=True,
            old_due=date(2023, 12, 31),
            new_due=date(2023, 10, 31),
        ),
        DutyChange(
            kind=ChangeKind.NEW,
            code="7.9",
            title="Tổ chức sơ kết công tác cải cách hành chính 6 tháng đầu năm",
            agency="SNV",
            agency_name="Sở Nội vụ",
            period="",
            is_open=True,
            new_due=date(2023, 7, 15),
        ),
    ),
    texts=(TextChange(code="7.2a", field="product", old="Kế hoạch", new="Kế hoạch của UBND tỉnh"),),
)
