"""Small plans and stores for tests: made of values, without files."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import select

from plan.deadlines import Deadline, DeadlineKind, Occurrence
from plan.milestones import ReminderRules
from plan.model import Agency, AgencyKind, Area, Output, Plan, Report, ReportPeriod, Task
from plan.vietnam import instant_of
from plan.workdays import WorkingCalendar
from store.chats import chat_for
from store.database import Database
from store.states import ChatKind, Role
from store.sync import SyncResult, sync_plan
from store.tables import BindingRow, ChatRow
from store.timetable import Timetable
from tests.databases import migrate_file, opened_file

TIMETABLE = Timetable(rules=ReminderRules(), calendar=WorkingCalendar())
WALL = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

AGENCIES = {
    "STP": Agency(code="STP", name="Sở Tư pháp", kind=AgencyKind.DEPARTMENT),
    "SNV": Agency(code="SNV", name="Sở Nội vụ", kind=AgencyKind.DEPARTMENT),
}
QUARTER = ReportPeriod(
    key="q1",
    name="Quý I/2023",
    data_from=date(2022, 12, 15),
    cutoff=date(2023, 3, 14),
    due=date(2023, 3, 16),
)


def at(day: str, hour: str = "07:30") -> datetime:
    """The instant at which clocks in Vietnam show it."""
    return instant_of(date.fromisoformat(day), time.fromisoformat(hour))


def dated(*days: str) -> Deadline:
    """A deadline on those days; several get the periods "kỳ 1", "kỳ 2" …"""
    several = len(days) > 1
    return Deadline(
        kind=DeadlineKind.DATES,
        occurrences=tuple(
            Occurrence(
                due=date.fromisoformat(day),
                key=f"2023-Q{number}" if several else day,
                period=f"kỳ {number}" if several else "",
            )
            for number, day in enumerate(days, start=1)
        ),
        needs_review=False,
        reason=None,
    )


ONGOING = Deadline(kind=DeadlineKind.ONGOING, occurrences=(), needs_review=False, reason=None)


def task(code: str, deadline: Deadline, *, agencies: Sequence[str] = ("STP",)) -> Task:
    """A task with one output of the same code."""
    return Task(
        code=code,
        area=int(code.split(".")[0]),
        title=f"Nhiệm vụ {code}",
        heading=None,
        outputs=(Output(code=code, product="Kế hoạch", schedule="theo kế hoạch", deadline=deadline),),
        lead=tuple(AGENCIES[agency].name for agency in agencies),
        support=(),
        lead_agencies=tuple(agencies),
    )


def plan(*tasks: Task, with_report: bool = False) -> Plan:
    """A plan of the year 2023 with those tasks."""
    report = Report(code="BC", title="Báo cáo định kỳ", owed_by=("Sở Tư pháp",), agencies=("STP",))
    return Plan(
        key="thu-2023",
        year=2023,
        title="Kế hoạch thử",
        document="1/KH-UBND ngày 20/12/2022",
        standing_office="SNV",
        report_address=None,
        areas=tuple(Area(number=number, name=f"Lĩnh vực {number}") for number in range(1, 8)),
        tasks=tasks,
        report_periods=(QUARTER,) if with_report else (),
        reports=(report,) if with_report else (),
        agencies=AGENCIES,
        groups={},
    )


@asynccontextmanager
async def empty_store(folder: Path) -> AsyncIterator[Database]:
    """A migrated SQLite store in a real file."""
    file = folder / "store.db"
    await migrate_file(file)
    async with opened_file(file) as database:
        yield database


async def bring_in(database: Database, wanted: Plan, *, on: str) -> SyncResult:
    """Bring the store in line with a plan on that day."""
    async with database.write() as session:
        return await sync_plan(session, wanted, TIMETABLE, now=at(on), today=date.fromisoformat(on))


async def bind_all_chats(database: Database, agency: str) -> None:
    """Every chat that is known speaks for the agency from now on."""
    async with database.write() as session:
        for chat in await session.scalars(select(ChatRow)):
            session.add(
                BindingRow(chat_id=chat.id, role=Role.OFFICER, agency=agency, bound_at=at("2023-01-03"))
            )


async def bound_chat(
    database: Database,
    address: str,
    agency: str,
    *,
    group: bool = False,
    role: Role = Role.OFFICER,
    channel: str = "telegram",
) -> ChatRow:
    """A chat that speaks for an agency, or is bound to it (leaders: to "") in another role."""
    async with database.write() as session:
        chat = await chat_for(
            session,
            channel=channel,
            address=address,
            kind=ChatKind.GROUP if group else ChatKind.PRIVATE,
            sparing=channel == "zalo",
        )
        session.add(BindingRow(chat_id=chat.id, role=role, agency=agency, bound_at=at("2023-01-03")))
        return chat
