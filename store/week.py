"""A week of the plans in figures: what is late, what is due, what was handed in, and which agency has too much at once.

Weeks run from Monday to Sunday.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from plan.vietnam import day_of
from store import terms
from store.figures import Column, column_of
from store.states import State
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow

_WEEK = timedelta(days=7)
_TOO_MANY_AT_ONCE = 3


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An assignment as far as figures need it. `done_on` is the day on which it was reported, whether or not approved yet,
    `document_date` that of its document."""

    agency: str
    kind: DutyKind
    period: str
    due: date | None
    late_after: date | None
    state: State
    done_on: date | None
    document_date: date | None = None

    @property
    def completed_on(self) -> date | None:
        return self.document_date or self.done_on

    @property
    def was_late(self) -> bool:
        return terms.was_late(self.completed_on, self.late_after)

    def is_late(self, today: date) -> bool:
        return terms.is_late(self.late_after, today)


@dataclass(frozen=True, kw_only=True)
class LateAgency:
    """How many assignments of an agency are late, and the longest by how many days."""

    agency: str
    count: int
    longest: int


@dataclass(frozen=True, kw_only=True)
class ReportThisWeek:
    """A report period whose due day is in the week; of its reports `handed_in` are reported."""

    period: str
    due: date
    handed_in: int
    owed: int


@dataclass(frozen=True, kw_only=True)
class WeekFigures:
    """The week that began on `monday`, seen in its first days, counted as overviews count. `done` of the `ended`, whose due
    day is past, are complete; what was waived is neither. `due` are tasks; reports count by period."""

    monday: date
    late: tuple[LateAgency, ...]
    due: int
    due_agencies: int
    reports: tuple[ReportThisWeek, ...]
    done_last_week: int
    done: int
    ended: int

    @property
    def percent(self) -> int:
        """Of what should be complete, rounded down; 100 only when nothing is missing."""
        return 100 * self.done // self.ended if self.ended else 100

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say: a plan that has not begun."""
        return not (self.late or self.due or self.reports or self.done_last_week or self.ended)


@dataclass(frozen=True, kw_only=True)
class Clash:
    """An agency with too much that is due in one week: `tasks`, and the periods of its reports."""

    agency: str
    monday: date
    tasks: int
    reports: tuple[str, ...]


def monday_of(day: date) -> date:
    """The day on which its week began."""
    return day - timedelta(days=day.weekday())


async def owed(
    session: AsyncSession, offices: Collection[str] | None, *, until: date, done_since: datetime
) -> list[Owed]:
    """What is due on or before `until`, and what was done since that moment, of the active plans of these standing offices;
    of all active plans without. What an agency only supports is not asked for."""
    query = (
        select(
            AgencyRow.name,
            AssignmentRow.kind,
            AssignmentRow.period,
            AssignmentRow.due,
            AssignmentRow.late_after,
            AssignmentRow.state,
            AssignmentRow.done_at,
            AssignmentRow.document_date,
        )
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
        .where(
            AssignmentRow.kind != DutyKind.SUPPORT,
            AssignmentRow.retired.is_(False),
            PlanRow.retired.is_(False),
            or_(AssignmentRow.due <= until, AssignmentRow.done_at >= done_since),
        )
        .order_by(AgencyRow.code)
    )
    if offices is not None:
        query = query.where(PlanRow.standing_office.in_(list(offices)))
    return [
        Owed(
            agency=agency,
            kind=kind,
            period=period,
            due=due,
            late_after=late_after,
            state=state,
            done_on=day_of(done_at) if done_at is not None else None,
            document_date=document_date,
        )
        for agency, kind, period, due, late_after, state, done_at, document_date in await session.execute(
            query
        )
    ]


def figures(rows: Sequence[Owed], today: date) -> WeekFigures:
    """The figures of the week of `today`. Pure."""
    monday = monday_of(today)
    last_week = [row for row in rows if row.done_on is not None and monday - _WEEK <= row.done_on < monday]
    this_week = [row for row in rows if row.due is not None and monday <= row.due < monday + _WEEK]
    tasks = [row for row in this_week if row.kind is not DutyKind.REPORT and row.state is State.OPEN]
    ended = [row for row in rows if row.due is not None and row.due < today and row.state is not State.WAIVED]
    return WeekFigures(
        monday=monday,
        late=_late(rows, today),
        due=len(tasks),
        due_agencies=len({row.agency for row in tasks}),
        reports=_reports(this_week),
        done_last_week=sum(row.state is State.DONE for row in last_week),
        done=sum(row.state is State.DONE for row in ended),
        ended=len(ended),
    )


def clashes(rows: Iterable[Owed], mondays: Collection[date]) -> list[Clash]:
    """Who has three or more to hand in, reports included, in one of the weeks that begin on those days. Pure."""
    found: dict[tuple[date, str], list[Owed]] = defaultdict(list)
    for row in rows:
        if row.due is not None and row.state is State.OPEN and monday_of(row.due) in mondays:
            found[monday_of(row.due), row.agency].append(row)
    return [
        Clash(
            agency=agency,
            monday=monday,
            tasks=sum(row.kind is not DutyKind.REPORT for row in of_agency),
            reports=tuple(row.period for row in of_agency if row.kind is DutyKind.REPORT),
        )
        for (monday, agency), of_agency in sorted(
            found.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1])
        )
        if len(of_agency) >= _TOO_MANY_AT_ONCE
    ]


def _late(rows: Iterable[Owed], today: date) -> tuple[LateAgency, ...]:
    days: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.late_after is not None and column_of(row, today) is Column.OPEN_LATE:
            days[row.agency].append(((row.completed_on or today) - row.late_after).days)
    found = [
        LateAgency(agency=agency, count=len(of_agency), longest=max(of_agency))
        for agency, of_agency in days.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, -one.longest, one.agency)))


def _reports(this_week: Iterable[Owed]) -> tuple[ReportThisWeek, ...]:
    by_period: dict[tuple[date, str], list[Owed]] = defaultdict(list)
    for row in this_week:
        if row.kind is DutyKind.REPORT and row.due is not None and row.state is not State.WAIVED:
            by_period[row.due, row.period].append(row)
    return tuple(
        ReportThisWeek(
            period=period,
            due=due,
            handed_in=sum(row.state is not State.OPEN for row in of_period),
            owed=len(of_period),
        )
        for (due, period), of_period in sorted(by_period.items())
    )
