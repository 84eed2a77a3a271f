"""A year of three people: every command is given and answered as they would expect, and in the end all of it adds up."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.menu import Command
from plan.vietnam import TIME_ZONE
from store.agenda import entries
from store.as_of import entries_as_of
from store.figures import Figures as Counted
from store.figures import figures
from tests.app.province import open_province
from tests.app.three_people import Figures, live
from tests.app.town import TELEGRAM, ZALO

# The cutoffs of the plan's report periods, and a few days on which something had just been moved, taken back or retired.
CLOSINGS = [
    date(2023, month, day)
    for month, day in (
        (3, 7),
        (3, 14),
        (3, 17),
        (4, 20),
        (5, 31),
        (6, 14),
        (7, 31),
        (9, 14),
        (12, 14),
        (12, 29),
    )
]


async def counted_from_audit(session: AsyncSession, day: date) -> dict[str, int]:
    """The figures as of the end of that day by nothing but SQL over the audit: of every assignment the last entry that has
    its fields says how it stood."""
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=TIME_ZONE).astimezone(UTC)
    found = await session.execute(
        text(
            """
            WITH last AS (
                SELECT assignment_id, max(id) AS id FROM audit
                WHERE at < :end AND json_extract(after, '$.state') IS NOT NULL GROUP BY assignment_id
            ), stood AS (
                SELECT json_extract(a.after, '$.state') AS state,
                       json_extract(a.after, '$.due') AS due,
                       json_extract(a.after, '$.late_after') AS late_after,
                       coalesce(json_extract(a.after, '$.document_date'),
                                date(json_extract(a.after, '$.done_at'), '+7 hours')) AS completed
                FROM last JOIN audit a ON a.id = last.id JOIN assignments s ON s.id = a.assignment_id
                WHERE s.kind <> 'support' AND json_extract(a.after, '$.retired') = 0
            )
            SELECT sum(state = 'done' AND due IS NOT NULL AND completed <= late_after) AS done_in_term,
                   sum(state = 'done' AND due IS NOT NULL AND completed > late_after) AS done_late,
                   sum(due IS NOT NULL AND (state = 'open' AND :day <= late_after
                       OR state = 'submitted' AND completed <= late_after)) AS open_in_term,
                   sum(due IS NOT NULL AND (state = 'open' AND :day > late_after
                       OR state = 'submitted' AND completed > late_after)) AS open_late,
                   sum(due IS NULL AND state IN ('open', 'submitted')) AS undated,
                   sum(due IS NULL AND state = 'done') AS undated_done,
                   sum(state = 'waived') AS waived,
                   sum(state = 'submitted') AS submitted
            FROM stood
            """
        ),
        {"end": end.strftime("%Y-%m-%d %H:%M:%S"), "day": day.isoformat()},
    )
    return dict(found.mappings().one())


@dataclass(frozen=True, kw_only=True)
class Year:
    """What is left of it: the commands that were given, and the figures as they were read and as they are in the store."""

    used: set[Command]
    office: Figures
    leader: Figures
    stored: Counted
    as_of: dict[date, Counted]
    from_audit: dict[date, dict[str, int]]


@pytest.fixture(scope="module", params=[TELEGRAM, ZALO])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Year:
    async def lived() -> Year:
        folder = tmp_path_factory.mktemp("three")
        async with open_province(folder, channel=request.param) as province:
            office, leader = await live(province)
            async with province.service.database.read() as session:
                stored = figures(await entries(session), province.today)
                as_of = {
                    day: figures(await entries_as_of(session, "cchc-2023", day), day) for day in CLOSINGS
                }
                from_audit = {day: await counted_from_audit(session, day) for day in CLOSINGS}
            return Year(
                used=province.used,
                office=office,
                leader=leader,
                stored=stored,
                as_of=as_of,
                from_audit=from_audit,
            )

    return asyncio.run(lived())


def test_three_people_live_through_a_year_with_every_command(year: Year) -> None:
    assert year.used == set(Command)


def test_what_the_status_counts_adds_up(year: Year) -> None:
    read = year.office

    assert sum(read.columns.values()) == read.total == year.stored.total
    assert read.done == read.columns["✅ Hoàn thành đúng hạn"] + read.columns["☑️ Hoàn thành quá hạn"]
    assert (read.done, read.dated) == (year.stored.done, year.stored.dated)
    assert read.columns["⭕ Không phát sinh"] == 1


def test_the_leader_reads_the_same_figures_as_the_standing_office(year: Year) -> None:
    assert year.leader == year.office


def test_the_figures_of_past_days_are_what_sql_over_the_audit_counts(year: Year) -> None:
    assert {day: asdict(counted) for day, counted in year.as_of.items()} == year.from_audit
    assert year.as_of[CLOSINGS[-1]] == year.stored
    # Between two closings nothing may happen that counts; over the year much does.
    assert len(set(year.as_of.values())) > len(CLOSINGS) / 2
