"""The year's burn-up: how much was finished by each day, beside what the plan wants finished by then."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from store import terms
from store.columns import is_word
from store.states import State
from store.tables import AssignmentRow, ItemRow, PlanRow, table_of


@dataclass(frozen=True, kw_only=True)
class Steps:
    """A count that only grows: the days on which it did, in order, and what it was from then on."""

    days: tuple[date, ...] = ()
    counts: tuple[int, ...] = ()

    def by(self, day: date) -> int:
        """What it was at the end of that day."""
        at = bisect_right(self.days, day)
        return self.counts[at - 1] if at else 0

    @property
    def total(self) -> int:
        return self.counts[-1] if self.counts else 0


@dataclass(frozen=True, kw_only=True)
class BurnUp:
    """Of what has a due day and overviews count, without the waived: `planned` by the plan's own days, whatever was extended
    (of what the plan has no day for, by the day that was set); `finished` by the days on which it was completed. Their
    totals are `dated` and `done` of the figures."""

    planned: Steps
    finished: Steps


async def burn_up(session: AsyncSession, plans: Collection[str]) -> BurnUp:
    """Of these plans (keys) together, as everything stands at this moment: what was taken back was never finished."""
    row = table_of(AssignmentRow).c
    alike = (row.plan_due, row.due, row.state, row.document_date, row.done_at)
    query = (
        select(*alike, func.count())
        .join_from(AssignmentRow, ItemRow, AssignmentRow.item_id == ItemRow.id)
        .join(PlanRow, ItemRow.plan_key == PlanRow.key)
        .where(
            PlanRow.key.in_(list(plans)),
            row.due.is_not(None),
            row.retired.is_(False),
            ~is_word(row.kind, DutyKind.SUPPORT),
            ~is_word(row.state, State.WAIVED),
        )
        .group_by(*alike)
    )
    planned: Counter[date] = Counter()
    finished: Counter[date] = Counter()
    for plan_due, due, state, document_date, done_at, count in await session.execute(query):
        planned[plan_due or due] += count
        completed = terms.completed_on(document_date, done_at)
        if state is State.DONE and completed is not None:
            finished[completed] += count
    return BurnUp(planned=_steps(planned), finished=_steps(finished))


def _steps(counted: Counter[date]) -> Steps:
    days = sorted(counted)
    return Steps(days=tuple(days), counts=tuple(accumulate(counted[day] for day in days)))
