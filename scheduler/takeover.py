"""Take a plan's file over, or ask the standing office first: what follows from an edited file.

1. A plan that is new, or whose file is the one in force, is brought in without a word.
2. Of an edit the difference is computed. One that changes nothing for anybody is taken over in silence.
3. Where the standing office decides and can be reached, it is asked once for each state of the file; until its yes the
   running plan stays in force.
4. What is taken over is told to the agencies concerned, once, and to the standing office.

All of it is one transaction of the caller; of several processes one is at it at a time.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.asks import close_needless
from bot.notes import tell
from bot.plan_changes import of_agency, question, taken_over
from plan.model import Plan
from plan.vietnam import day_of
from store.chats import chats_of, office_chats
from store.difference import Difference, DutyChange, difference_of, from_json
from store.outbox import heard_or_will_hear
from store.plan_changes import Decision, decision_of, keep_change, void_others
from store.statuses import want_statuses
from store.sync import SyncResult, sync_plan
from store.tables import ChatRow, PlanChangeRow, PlanRow
from store.timetable import Timetable
from store.turns import PLAN, take_turn


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """What came of a file: `result` is None when the running plan stays in force, and `waits` says that it may yet come."""

    result: SyncResult | None = None
    waits: bool = False


async def take_over(
    session: AsyncSession,
    plan: Plan,
    digest: str,
    timetable: Timetable,
    *,
    confirms: bool,
    now: datetime,
    wall: datetime,
) -> Takeover:
    """`digest` is the file's fingerprint; `confirms`: the standing office decides on edits."""
    await take_turn(session, PLAN)
    known = await session.get(PlanRow, plan.key)
    if known is not None:
        await void_others(session, plan_key=plan.key, digest=digest, now=now)
    if known is None or known.retired or known.digest == digest:
        return Takeover(result=await _bring_in(session, plan, digest, timetable, now=now, wall=wall))
    difference = await difference_of(session, plan, timetable.calendar)
    if difference.is_empty:
        return Takeover(result=await _bring_in(session, plan, digest, timetable, now=now, wall=wall))
    change = await keep_change(session, plan_key=plan.key, digest=digest, difference=difference, now=now)
    listeners = await office_chats(session, known.standing_office)
    match decision_of(change):
        case Decision.REFUSED:
            return Takeover()
        case Decision.WAITING if confirms and listeners:
            await _ask(session, known, change, listeners, now=now, wall=wall)
            return Takeover(waits=True)
    was_asked = change.accepted is True
    result = await _bring_in(session, plan, digest, timetable, now=now, wall=wall, announced=True)
    # Names and titles stand in them too.
    await want_statuses(session)
    change.accepted, change.decided_at, change.told_at = True, change.decided_at or now, now
    told, without_chat = await _tell_agencies(session, plan, change, difference, wall=wall)
    note = taken_over(
        plan.document, plan.year, difference, told=told, without_chat=without_chat, asked=was_asked
    )
    await tell(session, [chat.id for chat in listeners], note, key=_key("plan-taken", change), wall=wall)
    await session.flush()
    return Takeover(result=result)


async def _bring_in(
    session: AsyncSession,
    plan: Plan,
    digest: str,
    timetable: Timetable,
    *,
    now: datetime,
    wall: datetime,
    announced: bool = False,
) -> SyncResult:
    result = await sync_plan(session, plan, timetable, now=now, today=day_of(now), announced=announced)
    (await session.get_one(PlanRow, plan.key)).digest = digest
    await close_needless(session, now=now, wall=wall)
    return result


async def _ask(
    session: AsyncSession,
    known: PlanRow,
    change: PlanChangeRow,
    listeners: list[ChatRow],
    *,
    now: datetime,
    wall: datetime,
) -> None:
    """Whom the question has not reached, for it failed or the chat was bound since, is asked by another one that day."""
    key = _key("plan-change", change)
    asked = await heard_or_will_hear(session, key)
    note = question(change.id, known.document, known.year, from_json(change.difference))
    others = [chat.id for chat in listeners if chat.id not in asked]
    await tell(session, others, note, key=f"{key}:{day_of(now).isoformat()}", wall=wall)


async def _tell_agencies(
    session: AsyncSession, plan: Plan, change: PlanChangeRow, difference: Difference, *, wall: datetime
) -> tuple[int, list[str]]:
    """How many agencies have heard of their own assignments, and the names of those without a chat."""
    concerned: dict[str, list[DutyChange]] = {}
    for one in difference.duties:
        if one.is_open:
            concerned.setdefault(one.agency, []).append(one)
    without_chat = []
    for agency, changes in concerned.items():
        name = changes[0].agency_name
        chats = await chats_of(session, agency)
        note = of_agency(name, plan.document, plan.year, changes)
        await tell(
            session, [chat.id for chat in chats], note, key=f"{_key('plan-told', change)}:{agency}", wall=wall
        )
        if not chats:
            without_chat.append(name)
    return len(concerned) - len(without_chat), without_chat


def _key(what: str, change: PlanChangeRow) -> str:
    """The same state of the file may come again, at another moment."""
    return f"{what}:{change.id}:{change.proposed_at.isoformat()}"
