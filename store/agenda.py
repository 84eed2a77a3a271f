"""What is owed, as frozen values for the wording: read from the store, never written through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store.states import State
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One assignment with the words of its item and agency. Days are days in Vietnam."""

    id: int
    plan_key: str
    plan_year: int
    code: str
    task: str
    area: int | None
    area_name: str | None
    heading: str | None
    title: str
    product: str
    schedule: str
    lead: tuple[str, ...]
    support: tuple[str, ...]
    agency: str
    agency_name: str
    slot: str
    period: str
    kind: DutyKind
    due: date | None
    remind_by: date | None
    late_after: date | None
    data_from: date | None
    cutoff: date | None
    report_address: str | None
    state: State
    done_at: datetime | None
    document: str | None
    note: str | None

    @property
    def is_report(self) -> bool:
        return self.kind is DutyKind.REPORT

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    def is_late(self, today: date) -> bool:
        """Whether the term has ended (after `late_after`); what has no due day is never late."""
        return self.late_after is not None and today > self.late_after

    @property
    def order(self) -> tuple[date, int, str, str]:
        """By due day, then as on paper."""
        return (self.due or date.max, self.area or 99, self.code, self.slot)


async def entries(
    session: AsyncSession,
    *,
    agencies: Iterable[str] | None = None,
    ids: Iterable[int] | None = None,
    open_only: bool = False,
) -> list[Entry]:
    """Assignments of active plans, by due day. `agencies` and `ids` narrow; None does not."""
    query = _query().where(AssignmentRow.retired.is_(False), PlanRow.retired.is_(False))
    if agencies is not None:
        query = query.where(AssignmentRow.agency.in_(list(agencies)))
    if ids is not None:
        query = query.where(AssignmentRow.id.in_(list(ids)))
    if open_only:
        query = query.where(AssignmentRow.state == State.OPEN)
    rows = await session.execute(query)
    return sorted((_entry(*row) for row in rows), key=lambda entry: entry.order)


def _query() -> Select[AssignmentRow, ItemRow, PlanRow, AgencyRow]:
    return (
        select(AssignmentRow, ItemRow, PlanRow, AgencyRow)
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .join(AgencyRow, AssignmentRow.agency == AgencyRow.code)
    )


def _entry(row: AssignmentRow, item: ItemRow, plan: PlanRow, agency: AgencyRow) -> Entry:
    return Entry(
        id=row.id,
        plan_key=plan.key,
        plan_year=plan.year,
        code=item.code,
        task=item.task,
        area=item.area,
        area_name=item.area_name,
        heading=item.heading,
        title=item.title,
        product=item.product,
        schedule=item.schedule,
        lead=tuple(item.lead),
        support=tuple(item.support),
        agency=agency.code,
        agency_name=agency.name,
        slot=row.slot,
        period=row.period,
        kind=row.kind,
        due=row.due,
        remind_by=row.remind_by,
        late_after=row.late_after,
        data_from=row.data_from,
        cutoff=row.cutoff,
        report_address=plan.report_address,
        state=row.state,
        done_at=row.done_at,
        document=row.document,
        note=row.note,
    )
