"""`nhacviec report`: the progress report of a period as a paper or a workbook, and letters to who is late."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import wall_clock
from app.console import errors_for_people, fail, out, settings
from app.errors import SettingError
from app.logs import set_up_logs
from app.storage import opened_database
from bot.papers.progress_report import Late, ProgressReport, by_agency, late_of, progress_report
from bot.report_papers import period_meant, written
from plan.vietnam import day_of
from store.as_of import entries_as_of
from store.report_source import (
    PlanFacts,
    ReportingPeriod,
    active_plans,
    extensions_as_of,
    plan_facts,
    report_source,
    reporting_periods,
)

_KINDS = (".docx", ".xlsx")
_EXAMPLE = "Example: nhacviec report --period Q1 --out bao-cao-quy-1.docx"


def report(
    out_path: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="FILE.docx or FILE.xlsx; with --letters a folder.")
    ],
    period: Annotated[
        str | None, typer.Option("--period", help="The report period: Q1, 6T, Q3, NAM, or as people say it.")
    ] = None,
    letters: Annotated[
        bool, typer.Option("--letters", help="Write a letter to each late agency instead of the report.")
    ] = False,
    plan: Annotated[str | None, typer.Option("--plan", help="The plan's key; needed if there are several.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"],
            help="Count as things stood at the end of this day. Default: the period's cutoff; of letters today.",
        ),
    ] = None,
) -> None:  # fmt: skip
    """Write the progress report of a period, or letters of reminder, as things stood at the end of a day.

    The figures are reconstructed from the history of every assignment: the same day gives the same figures later. Nothing is
    changed or sent.

    Example: nhacviec report --period Q1 --out bao-cao-quy-1.docx
    """
    if letters and period is not None:
        fail(
            "--period goes with the report, not with --letters.",
            "Letters are about what is late on a day (--as-of).",
        )
    if not letters and period is None:
        fail("Say which period the report is of: --period.", _EXAMPLE)
    kind = out_path.suffix.lower()
    if not letters and kind not in _KINDS:
        fail(f"{out_path}: a report is a .docx or a .xlsx.", _EXAMPLE)
    set_up_logs("WARNING", for_people=True)
    today, day = day_of(wall_clock()), as_of.date() if as_of else None
    url = settings().database_url
    with errors_for_people():
        if period is None:
            _write_letters(asyncio.run(_letters(url, plan, day or today)), out_path)
            return
        made = asyncio.run(_report(url, plan, period, day, today))
        _save(out_path, written(made, kind.removeprefix(".")))
    figures = made.overall
    out.print(
        f"{escape(str(out_path))}: {escape(made.period.name)} as of the end of {made.day:%d/%m/%Y}:"
        f" {figures.done} of {figures.dated} with a due day are complete, {figures.open_late} late.",
        soft_wrap=True,
    )
    if made.provisional:
        out.print(
            f"[yellow]Provisional:[/] the cutoff {made.period.cutoff:%d/%m/%Y} is not over by these figures;"
            " the report says so.",
            soft_wrap=True,
        )


@dataclass(frozen=True, kw_only=True)
class Letters:
    """What the letters of one day are made of: the late assignments by agency."""

    plan: PlanFacts
    day: date
    late: dict[str, list[Late]]


async def _report(url: str, plan: str | None, typed: str, day: date | None, today: date) -> ProgressReport:
    async with opened_database(url) as database, database.read() as session:
        key = await _plan_key(session, plan)
        period = chosen_period(typed, await reporting_periods(session, key))
        source = await report_source(
            session,
            key,
            period,
            day=_not_ahead(day, today) if day else min(period.cutoff, today),
            reports_day=min(period.late_after, today),
        )
        if not source.entries:
            raise _nothing_known(key, source.day)
    return progress_report(source, today=today)


async def _letters(url: str, plan: str | None, day: date) -> Letters:
    async with opened_database(url) as database, database.read() as session:
        key = await _plan_key(session, plan)
        entries = await entries_as_of(session, key, _not_ahead(day, day_of(wall_clock())))
        if not entries:
            raise _nothing_known(key, day)
        late = by_agency(late_of(entries, await extensions_as_of(session, key, day), day))
        return Letters(plan=await plan_facts(session, key), day=day, late=late)


async def _plan_key(session: AsyncSession, typed: str | None) -> str:
    known = await active_plans(session)
    if not known:
        raise SettingError(
            "The database has no plan yet.", "Start the bot once, or check DATABASE_URL and NHACVIEC_PLANS."
        )
    if typed is None:
        if len(known) > 1:
            raise SettingError(
                "There are several plans: say which one with --plan.", f"They are: {', '.join(known)}"
            )
        return known[0]
    if typed not in known:
        raise SettingError(f"No plan in force has the key {typed}.", f"In force: {', '.join(known)}")
    return typed


def chosen_period(typed: str, known: Sequence[ReportingPeriod]) -> ReportingPeriod:
    """The period that is meant. Raises SettingError that names the known ones."""
    period = period_meant(typed, known)
    if period is not None:
        return period
    if not known:
        raise SettingError(
            "This plan asks for no reports, so it has no report periods.", "See docs/reports.md."
        )
    names = "; ".join(f"{period.key.upper()} ({period.name})" for period in known)
    raise SettingError(f"The plan has no report period “{typed}”.", f"Its periods are: {names}")


def _not_ahead(day: date, today: date) -> date:
    if day > today:
        raise SettingError(f"--as-of {day} lies ahead.", f"The latest day is today, {today}.")
    return day


def _nothing_known(key: str, day: date) -> SettingError:
    return SettingError(
        f"The plan {key} had no assignments on {day:%d/%m/%Y}: the bot took it over later.",
        "Choose a later day with --as-of.",
    )


def _write_letters(letters: Letters, folder: Path) -> None:
    from bot.papers.letter_docx import letter_docx

    if not letters.late:
        out.print(f"Nobody was late at the end of {letters.day:%d/%m/%Y}: no letter was written.")
        return
    for agency, late in letters.late.items():
        if agency == letters.plan.office:
            out.print(
                f"{escape(late[0].agency_name)}, {len(late)} late: it writes the letters, so it gets none."
            )
            continue
        file = folder / f"don-doc-{agency}-{letters.day:%Y%m%d}.docx"
        _save(file, letter_docx(letters.plan, late, day=letters.day))
        out.print(f"{escape(str(file))}: {escape(late[0].agency_name)}, {len(late)} late", soft_wrap=True)


def _save(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise SettingError(
            f"{error.filename}: {error.strerror}", "Name a place in which this user may write."
        ) from error
