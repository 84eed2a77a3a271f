"""What a scan of some day would send, to whom and why, without sending: the real scan in a transaction that is undone."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.rules import Rules
from app.storage import opened_database
from config.settings import Settings
from plan.load import load_plan
from plan.vietnam import instant_of
from scheduler.scan import scan
from store import agenda, notices
from store.agenda import Entry
from store.sync import count_as_told, sync_plan
from store.tables import ChatRow

_IN_MEMORY = "sqlite:///:memory:"


@dataclass(frozen=True, kw_only=True)
class ForecastNotice:
    """One line that a chat would get. `chat` is None when the agency has none within reach."""

    entry: Entry
    chat: str | None
    milestone: str
    planned_on: date


class _Undone(Exception):
    """Ends the transaction without a trace."""


async def forecast(settings: Settings, rules: Rules, day: date, *, wall: datetime) -> list[ForecastNotice]:
    """The notices of the scan of `day` on the present state of the store; of a day off there are none.

    A store that has never scanned (or is not there yet) counts all earlier milestones as told. Raises PlanRejected.
    """
    if not rules.timetable.calendar.is_working_day(day):
        return []
    url = settings.database_url if _is_there(settings.database_url) else _IN_MEMORY
    found: list[ForecastNotice] = []
    async with opened_database(url) as database:
        with suppress(_Undone):
            async with database.write() as session:
                found = await _scan(session, settings.nhacviec_plans, rules, day, wall)
                raise _Undone
    return found


def _is_there(database_url: str) -> bool:
    url = make_url(database_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


async def _scan(
    session: AsyncSession, paths: tuple[Path, ...], rules: Rules, day: date, wall: datetime
) -> list[ForecastNotice]:
    now = instant_of(day, rules.timetable.hours.scan_at)
    has_history = await notices.scanned(session)
    for path in paths:
        plan, _ = load_plan(path)
        await sync_plan(session, plan, rules.timetable, now=now, today=day)
    if not has_history:
        await count_as_told(session, rules.timetable, day - timedelta(days=1))
    result = await scan(session, rules.timetable, day=day, now=now, wall=wall)
    addresses = dict((await session.execute(select(ChatRow.id, ChatRow.address))).all())
    lines: list[tuple[int, str | None, str, date]] = [
        (n.assignment_id, addresses[n.chat_id], n.milestone, n.planned_on) for n in result.told
    ]
    lines += [(r.assignment_id, None, r.milestone.name, r.milestone.day) for r in result.unreachable]
    entries = {entry.id: entry for entry in await agenda.entries(session, ids={line[0] for line in lines})}
    return [
        ForecastNotice(entry=entries[assignment], chat=chat, milestone=milestone, planned_on=planned_on)
        for assignment, chat, milestone, planned_on in lines
    ]
