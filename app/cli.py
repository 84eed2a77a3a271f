"""The command line `nhacviec`: every word of it is for people."""

import sys
import traceback

import typer

from app.backup_commands import backup, restore
from app.deadline_command import deadline
from app.drill_command import drill_command
from app.invite_command import invite
from app.logs import redact
from app.plan_commands import plan_app
from app.report_command import report
from app.run_commands import rehearse, run
from app.scan_command import scan

app = typer.Typer(
    name="nhacviec",
    help="Nhắc Việc: a reminder bot that knows a province's yearly plan and tells each office in time, once.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.command()(run)
app.command()(rehearse)
app.add_typer(plan_app, name="plan")
app.command()(scan)
app.command()(invite)
app.command()(report)
app.command()(deadline)
app.command("drill")(drill_command)
app.command()(backup)
app.command()(restore)


def main() -> None:
    """Entry point of the command `nhacviec`."""
    try:
        app()
    except Exception as error:
        # What nobody foresaw, as Python would write it, but without secrets.
        sys.stderr.write(redact("".join(traceback.format_exception(error))))
        sys.exit(1)
