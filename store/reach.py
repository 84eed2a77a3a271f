"""What a scan of a day reaches, and whom it tells: the plan that the scan carries out and a look ahead only shows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from plan.assignments import DutyKind
from plan.milestones import Milestone, ReminderRules, last_reached, next_after, without_escalation
from plan.vietnam import local
from store import mornings, notices
from store.escalation import escalations
from store.notices import PlannedNotice, Reached
from store.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class ReachedMilestone:
    """What agencies should hear about today, whether or not a chat can be reached: their codes by the assignments' ids, all
    of which are due on that day."""

    due: date
    milestone: Milestone
    agencies: Mapping[int, str]


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """An assignment that its agency should hear about, and no chat of it can be reached."""

    assignment_id: int
    agency: str
    milestone: Milestone


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """An assignment of which a scan will tell those chats (ids); none: its agency has no chat within reach."""

    assignment_id: int
    milestone: Milestone
    chats: tuple[int, ...]


class Steps:
    """The ladder as it stands on one day."""

    def __init__(self, timetable: Timetable, day: date) -> None:
        self._calendar = timetable.calendar
        self._rules = timetable.rules
        self._rules_of_support = without_escalation(timetable.rules)
        self._day = day

    def reached(self, rows: Iterable[Reached]) -> list[ReachedMilestone]:
        """The latest milestone of each on or before the day."""
        return [
            ReachedMilestone(due=row.dates.due, milestone=milestone, agencies=row.agencies)
            for row in rows
            if row.dates is not None
            and (milestone := last_reached(row.dates, self._of(row), self._calendar, today=self._day))
            is not None
        ]

    def next_looks(self, rows: Iterable[Reached]) -> dict[date | None, list[int]]:
        """Which assignments (ids) must be looked at again on which day."""
        days: dict[date | None, list[int]] = defaultdict(list)
        for row in rows:
            next_one = row.dates and next_after(row.dates, self._of(row), self._calendar, today=self._day)
            days[next_one.day if next_one else None].extend(row.agencies)
        return days

    def _of(self, row: Reached) -> ReminderRules:
        return self._rules_of_support if row.kind is DutyKind.SUPPORT else self._rules


def planned_for(
    reached: Iterable[ReachedMilestone], chats: Mapping[str, Sequence[int]]
) -> list[PlannedNotice]:
    """The notices of those milestones, by assignment; `chats` are each agency's."""
    planned = [
        PlannedNotice(
            assignment_id=number,
            milestone=one.milestone.name,
            due=one.due,
            chat_id=chat_id,
            planned_on=one.milestone.day,
        )
        for one in reached
        for number, agency in one.agencies.items()
        for chat_id in chats.get(agency, ())
    ]
    return sorted(planned, key=lambda notice: notice.assignment_id)


def unreachable(reached: Iterable[ReachedMilestone], chats: Mapping[str, Sequence[int]]) -> list[Unreachable]:
    """What of it has nobody to go to, by assignment."""
    missed = [
        Unreachable(assignment_id=number, agency=agency, milestone=one.milestone)
        for one in reached
        for number, agency in one.agencies.items()
        if not chats.get(agency)
    ]
    return sorted(missed, key=lambda one: one.assignment_id)


async def next_scan_day(session: AsyncSession, timetable: Timetable, now: datetime) -> date:
    """The day of the next scan: today while its scan is still to come, else the next working day."""
    here = local(now)
    today, hours, calendar = here.date(), timetable.hours, timetable.calendar
    is_open = calendar.is_working_day(today) and here.time() <= hours.closes
    return today if is_open and not await notices.scanned(session, today) else calendar.after(today)


async def foresee(
    session: AsyncSession, timetable: Timetable, day: date, *, leaving: date | None
) -> list[Foreseen]:
    """What the scan of that day would tell if nothing changed until then, and holds aside. It changes nothing.

    `leaving` is the business day whose notices may leave at this moment: what waits for it will not wait until then.
    """
    chats = await notices.chats_by_agency(session)
    steps = Steps(timetable, day)
    reached = steps.reached(await notices.would_be_reached(session, day))
    untold = await notices.untold(session, planned_for(reached, chats))
    spoken_for = {(notice.assignment_id, notice.chat_id) for notice in untold}
    carried = [
        one.notice
        for one in await mornings.would_be_carried(session, day, leaving=leaving)
        if (one.notice.assignment_id, one.notice.chat_id) not in spoken_for
        and one.notice.chat_id in chats.get(one.agency, ())
    ]
    return [
        *_foreseen([*untold, *carried]),
        *(
            Foreseen(assignment_id=one.assignment_id, milestone=one.milestone, chats=())
            for one in unreachable(reached, chats)
        ),
    ]


async def foresee_escalations(session: AsyncSession, timetable: Timetable, day: date) -> list[PlannedNotice]:
    """What that scan would tell those who oversee the plans."""
    rows = await notices.would_be_reached(session, day, with_held=False)
    return await notices.untold(session, await escalations(session, rows, timetable, day))


def _foreseen(told: Iterable[PlannedNotice]) -> list[Foreseen]:
    """By assignment, with the latest of its milestones."""
    by_assignment: dict[int, list[PlannedNotice]] = defaultdict(list)
    for notice in told:
        by_assignment[notice.assignment_id].append(notice)
    found = []
    for number, of_one in by_assignment.items():
        last = max(of_one, key=lambda notice: notice.planned_on)
        found.append(
            Foreseen(
                assignment_id=number,
                milestone=Milestone(name=last.milestone, day=last.planned_on),
                chats=tuple(notice.chat_id for notice in of_one),
            )
        )
    return found
