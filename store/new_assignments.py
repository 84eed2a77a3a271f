"""New assignments of a plan. What agencies owe of one output for one period is alike but for the agency: all of it goes in
by one statement, and into the audit by another."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from store.changes import snapshot
from store.database import in_chunks
from store.plan_record import BY_PLAN
from store.tables import AgencyRow, AssignmentRow, AuditRow, ItemRow, table_of

_AGENCY, _ASSIGNMENT, _AUDIT, _ITEM = map(table_of, (AgencyRow, AssignmentRow, AuditRow, ItemRow))
_ALIKE = (
    "slot",
    "period",
    "kind",
    "plan_due",
    "due",
    "remind_by",
    "late_after",
    "data_from",
    "cutoff",
    "state",
    "retired",
    "extensions",
    "revision",
    "next_milestone_on",
)


async def add_alike(
    session: AsyncSession,
    model: AssignmentRow,
    agencies: Sequence[str],
    *,
    plan_key: str,
    code: str,
    now: datetime,
) -> None:
    """Store an assignment like `model` (a row that stays outside the session) for each of these agencies (codes), in their
    order, about the item of that code, and write down that it came. `now` is business time. Raises LookupError when the
    store does not know one of the agencies, or the item."""
    values = {name: getattr(model, name) for name in _ALIKE}
    for some in in_chunks(agencies):
        which = {"of_plan": plan_key, "of_item": code, "of_agencies": some, "in_order": _listed(some)}
        ids = list(await session.scalars(_ADD, values | which))
        if len(ids) != len(some):
            raise LookupError(f"{code} of {plan_key} is owed by agencies that are not known")
        await session.execute(_RECORD, {"ids": ids, "at": now, "after": snapshot(model)})


def _listed(codes: Sequence[str]) -> str:
    return f",{','.join(codes)},"


class _Place(GenericFunction[int]):
    """Where the second text begins in the first."""

    name = "strpos"
    type = Integer()
    inherit_cache = True


@compiles(_Place, "sqlite")
def _place_in_sqlite(place: _Place, compiler: SQLCompiler, **more: Any) -> str:
    return f"instr({compiler.process(place.clauses, **more)})"


_ADD = (
    insert(_ASSIGNMENT)
    .from_select(
        ["item_id", "agency", *_ALIKE],
        select(
            _ITEM.c.id,
            _AGENCY.c.code,
            *(bindparam(name, type_=_ASSIGNMENT.c[name].type) for name in _ALIKE),
        )
        .join_from(_ITEM, _AGENCY, _AGENCY.c.code.in_(bindparam("of_agencies", expanding=True)))
        .where(_ITEM.c.plan_key == bindparam("of_plan"), _ITEM.c.code == bindparam("of_item"))
        .order_by(_Place(bindparam("in_order"), literal(",") + _AGENCY.c.code + literal(","))),
    )
    .returning(_ASSIGNMENT.c.id)
)
_RECORD = insert(_AUDIT).from_select(
    ["assignment_id", "at", "after", "action", "person", "person_name", "subject", "undone"],
    select(
        _ASSIGNMENT.c.id,
        *(bindparam(name, type_=_AUDIT.c[name].type) for name in ("at", "after")),
        literal(BY_PLAN),
        *(literal("") for _ in ("person", "person_name", "subject")),
        literal(False),
    )
    .where(_ASSIGNMENT.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_ASSIGNMENT.c.id),
)
