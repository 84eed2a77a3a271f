"""`nhacviec invite`: a one-time code that binds a chat."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import wall_clock
from app.console import errors_for_people, fail, out, settings
from app.errors import SettingError, unknown_agency
from app.logs import set_up_logs
from app.rules import read_rules
from app.storage import opened_database
from bot.telegram.entrance import telegram_links
from config.settings import Settings
from scheduler.refresh import PlanKeeper
from store.database import Database
from store.invites import INVITE_LIFETIME, make_invite
from store.states import Role
from store.tables import AgencyRow, PlanRow


def invite(
    agency: Annotated[str | None, typer.Argument(help="The agency's code, such as STP.")] = None,
    standing_office: Annotated[
        bool,
        typer.Option(
            "--standing-office", help="Bind a chat that steers the plans of that agency as their office."
        ),
    ] = False,
    leader: Annotated[
        bool, typer.Option("--leader", help="Bind a leader's chat, which reads all plans, instead.")
    ] = False,
    operator: Annotated[
        bool, typer.Option("--operator", help="Bind a chat that hears of the machine's troubles instead.")
    ] = False,
) -> None:
    """Make a one-time invite code for an agency's chat.

    The officer sends it to the bot in the chat that is to be bound: /start CODE, or vào CODE. It works once, for seven
    days.
    """
    role = _role(agency, standing_office=standing_office, leader=leader, operator=operator)
    chosen = settings()
    set_up_logs("WARNING", for_people=True)
    with errors_for_people():
        code, name = asyncio.run(_make(chosen, role, agency))
    out.print(f"Invite for {name}: [bold]{code}[/]")
    out.print(
        f"Send it to the bot in the chat to be bound: [bold]/start {code}[/], or in words: [bold]vào {code}[/]"
    )
    links = telegram_links("BOT_NAME").carrying(code)
    out.print(f"Or as a link, with your bot's name on Telegram in it: {links.private}", soft_wrap=True)
    out.print(f"and to add the bot to a group and bind it: {links.group}", soft_wrap=True)
    out.print(f"It works once and until {INVITE_LIFETIME.days} days from now. It is not shown again.")


def _role(agency: str | None, *, standing_office: bool, leader: bool, operator: bool) -> Role:
    """Which one is meant; ends the program when that is not clear."""
    if standing_office and agency is None:
        fail("Name the agency that is the standing office.", "Example: nhacviec invite SNV --standing-office")
    if standing_office + leader + operator > 1 or (leader or operator) == (agency is not None):
        fail(
            "Name an agency, or --leader or --operator without one.",
            "Example: nhacviec invite STP",
        )
    if standing_office:
        return Role.STANDING_OFFICE
    return Role.LEADER if leader else Role.OPERATOR if operator else Role.OFFICER


async def _make(chosen: Settings, role: Role, agency: str | None) -> tuple[str, str]:
    now = wall_clock()
    async with opened_database(chosen.database_url) as database:
        await _bring_in_plans(database, chosen, now)
        async with database.write() as session:
            name = "a leader" if role is Role.LEADER else "the operator"
            if agency is not None:
                names = {row.code: row.name for row in await session.scalars(select(AgencyRow))}
                agency = agency.upper()
                if agency not in names:
                    raise unknown_agency(agency, names)
                name = names[agency]
                if role is Role.STANDING_OFFICE:
                    await _see_that_it_steers(session, agency)
                    name = f"the standing office {name}"
            code = await make_invite(session, role=role, agency=agency or "", now=now)
        return code, name


async def _see_that_it_steers(session: AsyncSession, agency: str) -> None:
    offices = set(await session.scalars(select(PlanRow.standing_office).where(PlanRow.retired.is_(False))))
    if agency not in offices:
        raise SettingError(
            f"{agency} is the standing office of no plan.",
            f"The plans' standing offices are: {', '.join(sorted(offices)) or 'none, as there is no plan'}",
        )


async def _bring_in_plans(database: Database, chosen: Settings, now: datetime) -> None:
    """Invites can be made before the bot runs for the first time."""
    async with database.read() as session:
        if await session.scalar(select(AgencyRow.code).limit(1)) is not None:
            return
    rules = read_rules(chosen)
    keeper = PlanKeeper(
        database, chosen.nhacviec_plans, rules.timetable, confirms_changes=rules.confirms_plan_changes
    )
    await keeper.start(now=now, wall=now)
