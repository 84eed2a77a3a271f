"""Edited plan files that wait for the standing office: all that each would change, and the same yes or no as in the chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.menu import Command
from bot.message import Choice, Line
from bot.plan_changes import all_lines, counts, question
from plan.vietnam import local
from store.difference import from_json
from store.lookup import plan_rows
from store.plan_changes import waiting_changes
from store.tables import PlanChangeRow, PlanRow
from web.board.drawing import Page
from web.board.looking import Look

RIGHT = Command.APPROVE


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One state of a file: its plan's document, what it would change in one line and line by line, and what to choose."""

    document: str
    since: str
    counted: str
    lines: Sequence[Line]
    choices: Sequence[Choice]


async def plan_changes(look: Look) -> Page:
    plans = {plan.key: plan for plan in await plan_rows(look.session, look.visitor.steered)}
    waiting = await waiting_changes(look.session, plans)
    return Page(
        template="plan_changes.html",
        title="Kế hoạch sửa đổi",
        shows={"waiting": [_waiting(one, plans[one.plan_key]) for one in waiting]},
    )


def _waiting(change: PlanChangeRow, plan: PlanRow) -> Waiting:
    difference = from_json(change.difference)
    asked = question(change.id, plan.document, plan.year, difference)
    return Waiting(
        document=plan.document,
        since=f"{local(change.proposed_at):%H:%M ngày %d/%m/%Y}",
        counted=counts(difference),
        lines=[line for _, line in all_lines(difference, plan.year)],
        choices=[choice for row in asked.rows() for choice in row],
    )
