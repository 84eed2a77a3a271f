"""How a plan's file differs from the plan in force: new, changed and retired assignments, and changed texts.

What people did to an assignment is no difference: only what the file itself says counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import Duty, DutyKind, duties
from plan.model import Plan
from plan.workdays import WorkingCalendar
from store.states import State
from store.sync import Identity, follow_renamed_slots, item_values
from store.tables import AgencyRow, AssignmentRow, ItemRow, PlanRow


class ChangeKind(StrEnum):
    NEW = "new"
    MOVED = "moved"
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class DutyChange:
    """One agency's assignment that comes, goes, or gets other days by the plan. `set_due` is the day that people had set or
    extended it to, `is_open` whether it is still to be done."""

    kind: ChangeKind
    code: str
    title: str
    agency: str
    agency_name: str
    period: str
    is_open: bool
    old_due: date | None = None
    new_due: date | None = None
    old_cutoff: date | None = None
    new_cutoff: date | None = None
    set_due: date | None = None


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """Another wording: of an item's field, or without `code` of the plan's or an agency's name (`field` "agency")."""

    code: str | None
    field: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    duties: tuple[DutyChange, ...] = ()
    texts: tuple[TextChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.duties or self.texts)

    def of_kind(self, kind: ChangeKind) -> list[DutyChange]:
        return [change for change in self.duties if change.kind is kind]


_ADAPTER = TypeAdapter(Difference)


def to_json(difference: Difference) -> dict[str, Any]:
    """The form in which the store keeps it."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(difference, mode="json")
    return dumped


def from_json(kept: dict[str, Any]) -> Difference:
    return _ADAPTER.validate_python(kept)


@dataclass(frozen=True, kw_only=True)
class StoredDuty:
    """What the store has of one assignment of the plan."""

    title: str
    period: str
    plan_due: date | None
    cutoff: date | None
    set_due: date | None
    state: State
    retired: bool


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The plan in force: its own words, those of its items by code, agencies' names by code, and its assignments."""

    plan: Mapping[str, str]
    items: Mapping[str, Mapping[str, object]]
    agencies: Mapping[str, str]
    duties: Mapping[Identity, StoredDuty]


_PLAN_FIELDS = ("title", "document", "standing_office", "report_address")
_ITEM_FIELDS = ("title", "product", "schedule", "heading", "area_name", "lead", "support")


async def difference_of(session: AsyncSession, plan: Plan, calendar: WorkingCalendar) -> Difference:
    """What taking over this plan would change; nothing is written. The plan must be known."""
    row = await session.get_one(PlanRow, plan.key)
    items = await session.scalars(select(ItemRow).where(ItemRow.plan_key == plan.key))
    agencies = await session.scalars(select(AgencyRow))
    # Columns, not rows: who locks the rows later must not find old ones in hand.
    found = await session.execute(
        select(
            ItemRow.code,
            AssignmentRow.agency,
            AssignmentRow.slot,
            ItemRow.title,
            AssignmentRow.period,
            AssignmentRow.plan_due,
            AssignmentRow.cutoff,
            AssignmentRow.set_due,
            AssignmentRow.state,
            AssignmentRow.retired,
        )
        .join(ItemRow, AssignmentRow.item_id == ItemRow.id)
        .where(ItemRow.plan_key == plan.key, AssignmentRow.kind != DutyKind.SUPPORT)
        .order_by(ItemRow.position, AssignmentRow.id)
    )
    stored = Stored(
        plan={name: getattr(row, name) or "" for name in _PLAN_FIELDS},
        items={item.code: {name: getattr(item, name) for name in _ITEM_FIELDS} for item in items},
        agencies={agency.code: agency.name for agency in agencies},
        duties={
            (code, agency, slot): StoredDuty(
                title=title,
                period=period,
                plan_due=due,
                cutoff=cutoff,
                set_due=set_due,
                state=state,
                retired=retired,
            )
            for code, agency, slot, title, period, due, cutoff, set_due, state, retired in found
        },
    )
    return compare(stored, plan, duties(plan, calendar))


def compare(stored: Stored, plan: Plan, wanted: Iterable[Duty]) -> Difference:
    """The plan in force beside the plan of the file and its duties."""
    by_identity = {duty.identity: duty for duty in wanted}
    texts = [*_plan_texts(stored, plan), *_item_texts(stored, plan), *_period_texts(stored, by_identity)]
    return Difference(duties=tuple(_duty_changes(stored, plan, by_identity)), texts=tuple(texts))


def _duty_changes(stored: Stored, plan: Plan, wanted: Mapping[Identity, Duty]) -> Iterator[DutyChange]:
    known = dict(stored.duties)
    follow_renamed_slots(known, wanted)
    titles = {task.code: task.title for task in plan.tasks} | {
        report.code: report.title for report in plan.reports
    }
    for identity, duty in wanted.items():
        row = known.pop(identity, None)
        due, cutoff = (duty.dates.due, duty.dates.cutoff) if duty.dates else (None, None)
        is_new = row is None or row.retired
        if row is not None and not is_new and (row.plan_due, row.cutoff) == (due, cutoff):
            continue
        yield DutyChange(
            kind=ChangeKind.NEW if is_new else ChangeKind.MOVED,
            code=duty.code,
            title=titles[duty.task],
            agency=duty.agency,
            agency_name=plan.agencies[duty.agency].name,
            period=duty.period,
            is_open=row is None or row.state is State.OPEN,
            old_due=row.plan_due if row and not is_new else None,
            new_due=due,
            old_cutoff=row.cutoff if row and not is_new else None,
            new_cutoff=cutoff,
            set_due=row.set_due if row and not is_new and row.plan_due != due else None,
        )
    for (code, agency, _), row in known.items():
        if not row.retired:
            yield DutyChange(
                kind=ChangeKind.RETIRED,
                code=code,
                title=row.title,
                agency=agency,
                agency_name=stored.agencies.get(agency, agency),
                period=row.period,
                is_open=row.state is State.OPEN,
                old_due=row.plan_due,
                old_cutoff=row.cutoff,
                set_due=row.set_due,
            )


def _plan_texts(stored: Stored, plan: Plan) -> Iterator[TextChange]:
    for field in _PLAN_FIELDS:
        old, new = stored.plan[field], getattr(plan, field) or ""
        if old == new:
            continue
        if field == "standing_office":
            old, new = stored.agencies.get(old, old), plan.agencies[new].name
        yield TextChange(code=None, field=field, old=old, new=new)
    for code, agency in plan.agencies.items():
        old = stored.agencies.get(code, agency.name)
        if old != agency.name:
            yield TextChange(code=None, field="agency", old=old, new=agency.name)


def _item_texts(stored: Stored, plan: Plan) -> Iterator[TextChange]:
    for code, values in item_values(plan).items():
        known = stored.items.get(code)
        if known is None:
            continue
        is_report = values["area"] is None
        for field in _ITEM_FIELDS:
            old, new = _words(known[field]), _words(values[field])
            # The product of a report is its title.
            if old != new and not (is_report and field == "product"):
                yield TextChange(code=code, field=field, old=old, new=new)


def _period_texts(stored: Stored, wanted: Mapping[Identity, Duty]) -> Iterator[TextChange]:
    """Of what keeps its day: another day says its period itself."""
    known = dict(stored.duties)
    follow_renamed_slots(known, wanted)
    yield from {
        TextChange(code=duty.code, field="period", old=row.period, new=duty.period): None
        for identity, duty in wanted.items()
        if (row := known.get(identity)) is not None
        and not row.retired
        and row.period != duty.period
        and row.plan_due == (duty.dates.due if duty.dates else None)
    }


def _words(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value or "")
