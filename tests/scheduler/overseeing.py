"""A plan with a standing office and leaders, and what the notes of the morning say to them."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, update

from bot.message import from_json
from plan.deadlines import Deadline, DeadlineKind
from plan.model import Agency, AgencyKind, Plan, Report, ReportPeriod, Task
from scheduler.scan import scan_if_owed
from store.database import Database
from store.states import OutboxKind, OutboxState, Role
from store.tables import ChatRow, OutboxRow
from store.timetable import Timetable
from tests.bot.office import plain
from tests.worlds import AGENCIES, TIMETABLE, WALL, at, bound_chat, plan

EXTERNAL = Deadline(kind=DeadlineKind.EXTERNAL, occurrences=(), needs_review=True, reason=None)
THIRD_QUARTER = ReportPeriod(
    key="q3",
    name="Quý III/2023",
    data_from=date(2023, 6, 15),
    cutoff=date(2023, 9, 14),
    due=date(2023, 9, 16),
)


def many(count: int) -> dict[str, Agency]:
    """So many agencies with long names."""
    return {
        f"A{number}": Agency(
            code=f"A{number}",
            name=f"Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân số {number}",
            kind=AgencyKind.DEPARTMENT,
        )
        for number in range(count)
    }


def led_by(one: Task, *agencies: str) -> Task:
    """The same for agencies of `many`."""
    return replace(one, lead_agencies=agencies)


def plan_of(*tasks: Task, periods: tuple[ReportPeriod, ...] = (), owed_by: tuple[str, ...] = ()) -> Plan:
    """A plan of these tasks, with reports that those agencies owe."""
    report = Report(code="BC", title="Báo cáo định kỳ", owed_by=owed_by, agencies=owed_by)
    reports = (report,) if periods else ()
    return replace(plan(*tasks), report_periods=periods, reports=reports, agencies={**AGENCIES, **many(12)})


@dataclass(kw_only=True)
class Mornings:
    """Scans, one after the other, and what came of them; every message of the day before has left by then."""

    database: Database
    timetable: Timetable = TIMETABLE

    async def office(self, address: str = "50", agency: str = "SNV") -> ChatRow:
        return await bound_chat(self.database, address, agency, role=Role.STANDING_OFFICE)

    async def leader(self, address: str = "60") -> ChatRow:
        return await bound_chat(self.database, address, "", role=Role.LEADER)

    async def scan(self, *days: str, hour: str = "07:30") -> None:
        for day in days:
            async with self.database.write() as session:
                await session.execute(
                    update(OutboxRow)
                    .where(OutboxRow.state == OutboxState.QUEUED, OutboxRow.morning < date.fromisoformat(day))
                    .values(state=OutboxState.SENT)
                )
            await scan_if_owed(
                self.database, self.timetable, day=date.fromisoformat(day), now=at(day, hour), wall=WALL
            )

    async def notes(self, chat: ChatRow) -> list[str]:
        """All that the chat was told in notes, oldest first."""
        async with self.database.read() as session:
            bodies = await session.scalars(
                select(OutboxRow.body)
                .where(OutboxRow.chat_id == chat.id, OutboxRow.kind == OutboxKind.NOTE)
                .order_by(OutboxRow.id)
            )
            return [plain(from_json(body)) for body in bodies if body is not None]

    async def note(self, chat: ChatRow, day: str) -> str:
        """What the scan of that day tells the chat in its one note; "" when nothing."""
        before = len(await self.notes(chat))
        await self.scan(day)
        told = (await self.notes(chat))[before:]
        assert len(told) <= 1
        return told[0] if told else ""
