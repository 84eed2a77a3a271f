"""`nhacviec scan`: look at what is due, without sending or for real."""

import asyncio
from datetime import date, datetime
from itertools import groupby
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.table import Table

from app.clock import wall_clock
from app.console import errors_for_people, fail, out, print_json, settings
from app.forecast import ForecastNotice, forecast
from app.logs import set_up_logs
from app.rules import Rules, read_rules
from app.storage import opened_database
from config.settings import Settings
from plan.vietnam import day_of
from scheduler.refresh import PlanKeeper
from scheduler.scan import ScanResult, scan_if_owed


def scan(
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on", formats=["%Y-%m-%d"], help="The day to look at (only with --dry-run). Default: today."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who would get what, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (only with --dry-run).")] = False,
) -> None:
    """Find what is due and queue the reminders; the running bot sends them.

    With --dry-run nothing is queued or sent: it says who would get what on that day, and why. It reads the bot's database;
    where no scan ever ran, earlier milestones count as told.

    Example: nhacviec scan --on 2023-03-13 --dry-run
    """
    if not dry_run and (on is not None or as_json):
        fail("--on and --json go with --dry-run.", "Example: nhacviec scan --on 2023-03-13 --dry-run")
    chosen = settings()
    set_up_logs("WARNING", for_people=True)
    with errors_for_people():
        rules = read_rules(chosen)
        if not dry_run:
            _report(asyncio.run(_scan_now(chosen, rules)))
            return
        day = on.date() if on else day_of(wall_clock())
        found = asyncio.run(forecast(chosen, rules, day, wall=wall_clock()))
    found.sort(key=lambda notice: (notice.entry.agency, notice.chat or "", notice.entry.order))
    if as_json:
        print_json(
            {
                "day": day.isoformat(),
                "working_day": rules.timetable.calendar.is_working_day(day),
                "notices": [_as_json(notice) for notice in found],
            }
        )
    else:
        _print(found, day, rules)


async def _scan_now(chosen: Settings, rules: Rules) -> ScanResult | None:
    now = wall_clock()
    day = rules.timetable.hours.scan_day(now, rules.timetable.calendar)
    if day is None:
        return None
    async with opened_database(chosen.database_url) as database:
        keeper = PlanKeeper(
            database, chosen.nhacviec_plans, rules.timetable, confirms_changes=rules.confirms_plan_changes
        )
        await keeper.start(now=now, wall=now)
        return await scan_if_owed(database, rules.timetable, day=day, now=now, wall=now)


def _report(result: ScanResult | None) -> None:
    if result is None:
        out.print("Nothing to queue: it is outside the hours for notices, or all of today is queued already.")
    else:
        out.print(
            f"Queued {result.messages} messages with {len(result.told)} notices;"
            f" {len(result.unreachable)} assignments have no chat to go to."
        )


def _why(notice: ForecastNotice) -> str:
    kind, _, detail = notice.milestone.partition("-")
    entry = notice.entry
    if kind == "late":
        return f"late since {entry.late_after}"
    if kind == "escalated":
        return f"for who oversees the plan: late since {entry.late_after} by {detail} days or more"
    anchor = entry.cutoff if kind == "cutoff" else entry.due if entry.is_report else entry.remind_by
    name = {
        "cutoff": "the cutoff",
        "due": "the due day" if entry.is_report else "the last working day to hand in",
    }[kind]
    days = f"{detail} days before " if detail != "0" else ""
    late = f"; was for {notice.planned_on}" if notice.planned_on != anchor and detail == "0" else ""
    return f"{days}{name} {anchor}{late}"


def _as_json(notice: ForecastNotice) -> dict[str, JsonValue]:
    entry = notice.entry
    return {
        "agency": entry.agency,
        "agency_name": entry.agency_name,
        "chat": notice.chat,
        "plan": entry.plan_key,
        "code": entry.code,
        "output": entry.product,
        "period": entry.period,
        "kind": entry.kind.value,
        "due": entry.due.isoformat() if entry.due else None,
        "milestone": notice.milestone,
        "planned_on": notice.planned_on.isoformat(),
        "why": _why(notice),
    }


def _print(found: list[ForecastNotice], day: date, rules: Rules) -> None:
    if not rules.timetable.calendar.is_working_day(day):
        out.print(f"{day:%A %d/%m/%Y} is a day off: nothing is sent.")
        return
    if not found:
        out.print(f"{day:%A %d/%m/%Y}: no milestone on this day, nothing is sent.")
        return
    for (agency, chat), lines in groupby(found, key=lambda notice: (notice.entry.agency, notice.chat)):
        group = list(lines)
        where = f"chat {chat}" if chat else "no chat bound yet"
        table = Table(
            title=f"{agency} {group[0].entry.agency_name}: {where}", title_justify="left", expand=False
        )
        for name in ("Code", "Period", "Due", "Why"):
            table.add_column(name)
        for notice in group:
            entry = notice.entry
            table.add_row(
                entry.code, entry.period, f"{entry.due:%d/%m/%Y}" if entry.due else "", _why(notice)
            )
        out.print(table)
    chats = {notice.chat for notice in found if notice.chat}
    agencies = {notice.entry.agency for notice in found if not notice.chat}
    out.print(
        f"{len(found)} notices; {len(chats)} chats; {len(agencies)} agencies without a chat. Nothing was sent."
    )
