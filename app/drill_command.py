"""`nhacviec drill`: kill the bot again and again, and see whether its promise holds."""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.console import err, errors_for_people, fail, out, settings
from app.drill.conduct import Order, drill
from app.drill.verdict import Verdict
from app.logs import set_up_logs
from app.rules import read_rules
from app.run_commands import until_told_to_stop
from config.settings import Settings

_SHOWN_COMPLAINTS = 20
_COLUMNS = ("owed", "sent", "lost", "repeated", "marked", "failed")


def drill_command(
    kills: Annotated[int, typer.Option("--kills", min=1, help="How often to kill a bot (SIGKILL).")] = 200,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=8, help="Bots at once; more than one needs PostgreSQL.")
    ] = 1,
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            metavar="URL",
            help="An empty PostgreSQL database: postgresql+psycopg://user:password@host/database. Without it: a new"
            " SQLite file.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="The seed of all chance: who writes what, who dies when.")
    ] = 1,
) -> None:
    """Kill the bot again and again while it works, and count what was lost or repeated.

    A sandbox stands in for Telegram; officers of all agencies ask, say what is done and confirm it, and morning follows
    morning. When all is quiet, every chat is compared with what it was owed by the plan. Nothing leaves this machine, and
    the bot's own database is not touched. It ends with 0 when nothing was lost, nothing repeated without the mark, and
    nothing marked or given up without a death or a refusal that accounts for it.

    Example: nhacviec drill --kills 200
    """
    if processes > 1 and database_url is None:
        fail(
            "--processes goes with --database-url: SQLite is for one bot at a time.",
            "Example: nhacviec drill --processes 3 --database-url postgresql+psycopg://user:password@host/database",
        )
    folder = Path(tempfile.mkdtemp(prefix="nhacviec-drill-"))
    chosen = _settings(database_url or f"sqlite:///{folder / 'nhacviec.db'}")
    set_up_logs("ERROR", for_people=True)
    order = Order(kills=kills, processes=processes, seed=seed, folder=folder)
    verdicts: list[Verdict] = []

    async def carry_out() -> None:
        with err.status("Starting the sandbox …") as status:
            verdicts.append(await drill(order, chosen, read_rules(chosen), status.update))

    try:
        with errors_for_people():
            asyncio.run(until_told_to_stop(carry_out()))
    finally:
        # What never began has left nothing to look at.
        with suppress(OSError):
            folder.rmdir()
    if not verdicts:
        err.print(f"Stopped before the end. What there was is in {folder}.", soft_wrap=True)
        raise typer.Exit(1)
    [verdict] = verdicts
    _show(verdict)
    if verdict.is_kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    err.print(f"The bots' words and their store are in {folder}.", soft_wrap=True)
    raise typer.Exit(1)


def _settings(database_url: str) -> Settings:
    """The operator's settings, on that database."""
    chosen = settings()
    return Settings.model_validate(chosen.model_dump() | {"database_url": database_url})


def _show(verdict: Verdict) -> None:
    deaths = verdict.deaths
    table = Table(title=f"{deaths.kills} kills on {verdict.days} working days", title_justify="left")
    table.add_column("")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for name, tally in verdict.tallies.items():
        table.add_row(name, *(str(getattr(tally, column)) for column in _COLUMNS))
    table.add_section()
    table.add_row("all", *(str(verdict.of_all(column)) for column in _COLUMNS))
    out.print(table)
    out.print(
        f"When they were killed: {deaths.receiving} times with updates not fetched, {deaths.handling} with updates not"
        f" handled, {deaths.scanning} before the scan was done, {deaths.delivering} with messages in flight"
        f" ({len(deaths.in_flight)} in all).",
        soft_wrap=True,
    )
    refused = sum(failure.was_refused for failure in verdict.failures)
    out.print(
        f"Marked messages: {verdict.marked_messages}, each of which must have been in flight at a death."
        f" Failed messages: {len(verdict.failures)}, {refused} of them refused by the sandbox. Of the others two deaths must"
        " have left it unknown whether they arrived. The reason must be in their rows, and the operator's chat told of"
        f" morning messages. Marked or failed otherwise: {len(verdict.unfounded)}.",
        soft_wrap=True,
    )
    out.print(
        f"Parked updates: {verdict.parked}. Bots that ended by themselves: {deaths.own}.", soft_wrap=True
    )
    for complaint in verdict.complaints[:_SHOWN_COMPLAINTS]:
        out.print(f"  {complaint}", soft_wrap=True, markup=False)
    more = len(verdict.complaints) - _SHOWN_COMPLAINTS
    if more > 0:
        out.print(f"  … and {more} more")
    out.print("[green]The promise was kept.[/]" if verdict.is_kept else "[red]The promise was broken.[/]")
