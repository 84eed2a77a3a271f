"""The conversation: from what a person wrote or tapped to one answer, the same on every channel."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncSession

from bot.admins import is_admin
from bot.commands import confirm
from bot.commands.agency import agency
from bot.commands.ask import ask_
from bot.commands.asked import Answer as Answer
from bot.commands.asked import Asked
from bot.commands.bindings import bindings
from bot.commands.board import board
from bot.commands.calendar import calendar
from bot.commands.chart import chart
from bot.commands.deciding import approve, refuse
from bot.commands.done import done
from bot.commands.due import due
from bot.commands.evidence import NOT_KEPT_HERE
from bot.commands.extend import extend
from bot.commands.files_sent import receive
from bot.commands.find import find
from bot.commands.group import group
from bot.commands.handover import handover
from bot.commands.help import help_
from bot.commands.history import history
from bot.commands.hold import hold, release
from bot.commands.invite import invite
from bot.commands.late import late
from bot.commands.leave import leave
from bot.commands.menu import Command
from bot.commands.overdue import overdue
from bot.commands.plan_change import decide
from bot.commands.preview import preview
from bot.commands.progress import progress
from bot.commands.remind import remind
from bot.commands.report import report
from bot.commands.reports import reports
from bot.commands.revoke import revoke
from bot.commands.setdue import setdue
from bot.commands.snooze import snooze
from bot.commands.start import start
from bot.commands.status import status
from bot.commands.task import task
from bot.commands.typed import read_typed
from bot.commands.undo import undo
from bot.commands.unknown import unknown_words
from bot.commands.waive import waive
from bot.commands.who import who
from bot.courtesy import is_thanks
from bot.entrances import Entrance
from bot.message import Message, block
from bot.offers import answers_nothing, called, chosen
from bot.options import Options
from bot.paging import page_of
from bot.request import Tap, Words
from bot.rights import Verdict, admins_only, judge
from bot.wording import (
    ADMINS_ONLY,
    DEAD_CHOICE,
    NOT_ITS_ROLE,
    NOTHING_ASKED,
    OPERATOR_ONLY,
    THANKS,
    way_in,
)
from plan.vietnam import day_of
from store.chats import bindings_of
from store.lookup import standing_offices
from store.states import ChatKind, Role
from store.tables import ChatRow
from store.timetable import Timetable

_COMMANDS: dict[Command, Callable[[Asked], Awaitable[Answer]]] = {
    Command.DUE: due,
    Command.OVERDUE: overdue,
    Command.DONE: done,
    Command.UNDO: undo,
    Command.PROGRESS: progress,
    Command.WAIVE: waive,
    Command.SNOOZE: snooze,
    Command.ASK: ask_,
    Command.TASK: task,
    Command.FIND: find,
    Command.HISTORY: history,
    Command.REPORTS: reports,
    Command.CALENDAR: calendar,
    Command.INVITE: invite,
    Command.BINDINGS: bindings,
    Command.REVOKE: revoke,
    Command.WHO: who,
    Command.HANDOVER: handover,
    Command.LEAVE: leave,
    Command.GROUP: group,
    Command.REMIND: remind,
    Command.PREVIEW: preview,
    Command.HOLD: hold,
    Command.RELEASE: release,
    Command.STATUS: status,
    Command.CHART: chart,
    Command.REPORT: report,
    Command.LATE: late,
    Command.AGENCY: agency,
    Command.BOARD: board,
    Command.EXTEND: extend,
    Command.APPROVE: approve,
    Command.REFUSE: refuse,
    Command.SETDUE: setdue,
    Command.HELP: help_,
    Command.START: start,
}
# What a tap may not ask for in a person's name.
_NEVER_BY_TAP = frozenset({Command.START})
# Ids have nine digits at most, so that no forged one is beyond what a database holds.
_TAPPED = re.compile(
    r"(?P<verb>yes|no|undo):(?P<id>[0-9]{1,9})"
    r"|plan:(?P<plan>yes|no):(?P<change>[0-9]{1,9})"
    r"|pick:(?P<of>[0-9]{1,9}):(?P<index>[0-9]{1,3})"
    r"|page:(?P<page>[0-9]{1,3}):(?P<typed>.+)"
    r"|run:(?P<run>.+)",
    re.DOTALL,
)


class Conversation:
    """Answers people. Knows no channel and keeps nothing between two messages: all of it is in the store."""

    def __init__(self, *, entrances: Mapping[str, Entrance], timetable: Timetable, options: Options) -> None:
        """`entrances` are the channels that are on, by name."""
        self._entrances = entrances
        self._timetable = timetable
        self._options = options

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        """The answer, inside the caller's write transaction (the caller commits). `now` is aware business time, `wall` the
        time of the network. None: there is nothing to say. Raises AdminsUnknown when the caller must first learn who the
        group's admins are."""
        asked = Asked(
            session=session,
            chat=chat,
            person=incoming.person,
            now=now,
            today=day_of(now),
            wall=wall,
            bindings=await bindings_of(session, chat.id),
            timetable=self._timetable,
            options=self._options,
            message_id=incoming.message_id,
            entrances=self._entrances,
        )
        match incoming:
            case Words():
                asked = replace(
                    asked,
                    replied_to=incoming.replied_to,
                    replied_choices=incoming.replied_choices,
                    files=incoming.files,
                    album=incoming.album,
                )
                return await self._answered(asked, incoming.text)
            case Tap():
                return await self._tap(asked, incoming.action)
            case _:
                assert_never(incoming)

    async def _answered(self, asked: Asked, text: str) -> Answer | None:
        """Words may choose what the chat was offered by number; else they say something by themselves."""
        if asked.files:
            return await self._words(asked, text)
        choice = await chosen(asked.session, text, chat_id=asked.chat.id, now=asked.now)
        match choice:
            case str():
                return await self._tap(asked, choice)
            case Message():
                return Answer(message=choice)
            case None:
                return await self._words(asked, text)

    async def _words(self, asked: Asked, text: str, *, by_tap: bool = False, page: int = 1) -> Answer | None:
        typed = read_typed(text, bot_name=asked.bot_name)
        if typed is None:
            return None
        if asked.files and (typed.command is None or not text.strip()):
            return await _refused(asked, Command.DONE) or await receive(asked)
        if by_tap and typed.command in _NEVER_BY_TAP:
            return Answer(message=DEAD_CHOICE)
        if typed.command is None:
            action = await called(asked.session, text, chat_id=asked.chat.id, now=asked.now)
            if action is not None and not by_tap:
                return await self._tap(asked, action)
            if not asked.bindings.roles:
                return await _not_bound(asked)
            roles = asked.bindings.roles
            return await _said_in_passing(asked, text) or unknown_words(
                typed, lambda command: judge(command, roles) is Verdict.YES
            )
        refused = await _refused(asked, typed.command)
        if refused is not None:
            return (await _answer_to_nothing(asked, text) if asked.bindings.roles else None) or refused
        answer = replace(
            await _COMMANDS[typed.command](replace(asked, args=typed.args)), command=typed.command
        )
        if asked.files and typed.command is not Command.DONE:
            blocks = (*answer.message.blocks, block(NOT_KEPT_HERE))
            answer = replace(answer, message=replace(answer.message, blocks=blocks))
        if not answer.paged:
            return answer
        again = f"/{typed.command.value} {typed.args}".strip()
        return replace(answer, message=page_of(answer.message, page, again))

    async def _tap(self, asked: Asked, action: str) -> Answer | None:
        tapped = _TAPPED.fullmatch(action)
        if tapped is None:
            return Answer(message=DEAD_CHOICE) if asked.bindings.roles else await _not_bound(asked)
        if tapped["run"]:
            return await self._words(asked, tapped["run"], by_tap=True)
        if tapped["page"]:
            turned = await self._words(asked, tapped["typed"], by_tap=True, page=int(tapped["page"]))
            return replace(turned, edits_tapped=turned.paged) if turned is not None else None
        if tapped["change"]:
            refused = await _refused(asked, Command.APPROVE)
            if refused is not None:
                return refused
            decided = await decide(asked, int(tapped["change"]), accepted=tapped["plan"] == "yes")
            return replace(decided, command=Command.APPROVE)
        proposal_id = int(tapped["id"] or tapped["of"])
        command = await confirm.command_behind(asked, proposal_id)
        if command is None:
            return Answer(message=DEAD_CHOICE) if asked.bindings.roles else await _not_bound(asked)
        refused = await _refused(asked, command)
        if refused is not None:
            return refused
        if tapped["of"]:
            return replace(await confirm.pick(asked, proposal_id, int(tapped["index"])), command=command)
        settle = {"yes": confirm.yes, "no": confirm.no, "undo": confirm.take_back}[tapped["verb"]]
        return replace(await settle(asked, proposal_id), command=command)


async def _said_in_passing(asked: Asked, text: str) -> Answer | None:
    """For thanks and the like, and for a yes or no too late or too often; None for anything else."""
    nothing = await _answer_to_nothing(asked, text)
    if nothing is not None:
        return nothing
    return Answer(message=THANKS) if is_thanks(text) else None


async def _answer_to_nothing(asked: Asked, text: str) -> Answer | None:
    if await answers_nothing(asked.session, text, chat_id=asked.chat.id):
        return Answer(message=NOTHING_ASKED)
    return None


async def _refused(asked: Asked, command: Command) -> Answer | None:
    """Why this chat, or in a group this person, may not give that command; None when they may. Raises AdminsUnknown."""
    match judge(command, asked.bindings.roles):
        case Verdict.YES:
            why = ADMINS_ONLY if _needs_another_person(asked, command) else None
        case Verdict.NOT_BOUND:
            why = (await _not_bound(asked)).message
        case Verdict.NOT_ITS_ROLE:
            why = OPERATOR_ONLY if asked.bindings.roles == {Role.OPERATOR} else NOT_ITS_ROLE
    return Answer(message=why, command=command, refused=True) if why is not None else None


def _needs_another_person(asked: Asked, command: Command) -> bool:
    if asked.chat.kind is not ChatKind.GROUP:
        return False
    if not admins_only(command, group_is_strict=asked.chat.admins_only):
        return False
    return not is_admin(asked.chat, asked.person, wall=asked.wall)


async def _not_bound(asked: Asked) -> Answer:
    return Answer(message=way_in(await standing_offices(asked.session)))
