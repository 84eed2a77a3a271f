"""The papers of oversight, as files: the progress report of a period, and letters to who is late."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import File
from bot.papers.progress_report import Late, ProgressReport, by_agency, late_of, progress_report
from bot.periods import period_of_slot, periods_in
from plan.vietnam import day_of
from store.as_of import entries_as_of
from store.chats import Bindings
from store.lookup import plans_overseen
from store.report_source import (
    ReportingPeriod,
    extensions_as_of,
    plan_facts,
    report_source,
    reporting_periods,
)

DOCX, XLSX = "docx", "xlsx"
MEDIA_TYPES = {
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def period_meant(typed: str, known: Sequence[ReportingPeriod]) -> ReportingPeriod | None:
    """The period that is meant: by its key, or as people say it."""
    named = [wanted for wanted, _, _ in periods_in(typed)]
    for period in known:
        own = period_of_slot(period.key)
        if typed.casefold() == period.key.casefold() or (own and any(one.key == own.key for one in named)):
            return period
    return None


async def report_file(
    session: AsyncSession, bindings: Bindings, about: str, *, now: datetime
) -> Callable[[], File] | None:
    """What writes the report that is meant ("docx:cchc-2023:q1"), as of its cutoff or, before that is over, of today. None
    when the chat does not oversee that plan, or nothing is known of that day."""
    kind, _, which = about.partition(":")
    key, _, slot = which.partition(":")
    if kind not in MEDIA_TYPES or key not in await plans_overseen(session, bindings):
        return None
    period = next((one for one in await reporting_periods(session, key) if one.key == slot), None)
    if period is None:
        return None
    today = day_of(now)
    source = await report_source(
        session,
        key,
        period,
        day=min(period.cutoff, today),
        reports_day=min(period.late_after, today),
    )
    if not source.entries:
        return None
    name = f"bao-cao-{slot.lower()}-{source.day.isoformat()}.{kind}"
    return lambda: File(
        name=name,
        media_type=MEDIA_TYPES[kind],
        content=written(progress_report(source, today=today), kind),
    )


def written(report: ProgressReport, kind: str) -> bytes:
    """The report as a paper (docx) or a workbook (xlsx). Takes a moment: not for the event loop."""
    # Only now: these libraries are heavy.
    from bot.papers.report_docx import report_docx
    from bot.papers.report_xlsx import report_xlsx

    return report_docx(report) if kind == DOCX else report_xlsx(report)


async def late_agencies(session: AsyncSession, key: str, *, now: datetime) -> dict[str, list[Late]]:
    """What is late today, by the agencies (codes) that get a letter about it: all but who writes the letters."""
    day = day_of(now)
    entries = await entries_as_of(session, key, day)
    late = by_agency(late_of(entries, await extensions_as_of(session, key, day), day))
    late.pop((await plan_facts(session, key)).office, None)
    return late


async def letter_file(
    session: AsyncSession, bindings: Bindings, about: str, *, now: datetime
) -> Callable[[], File] | None:
    """What writes the letter to an agency about what is late today ("cchc-2023:STP"). None when the chat does not steer that
    plan, or nothing is late there any more."""
    key, _, agency = about.partition(":")
    if key not in await plans_overseen(session, bindings) or not bindings.offices:
        return None
    late = (await late_agencies(session, key, now=now)).get(agency)
    if not late:
        return None
    facts, day = await plan_facts(session, key), day_of(now)

    def draw() -> File:
        from bot.papers.letter_docx import letter_docx

        name = f"don-doc-{agency}-{day.isoformat()}.docx"
        return File(name=name, media_type=MEDIA_TYPES[DOCX], content=letter_docx(facts, late, day=day))

    return draw
