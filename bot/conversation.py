"""The conversation: from what a person wrote or tapped to one answer, the same on every channel."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands import confirm
from bot.commands.asked import Answer as Answer
from bot.commands.asked import Asked
from bot.commands.done import done
from bot.commands.due import due
from bot.commands.evidence import NOT_KEPT_HERE, receive
from bot.commands.find import find
from bot.commands.help import help_
from bot.commands.history import history
from bot.commands.menu import Command
from bot.commands.overdue import overdue
from bot.commands.progress import progress
from bot.commands.reports import reports
from bot.commands.snooze import snooze
from bot.commands.start import start
from bot.commands.task import task
from bot.commands.typed import read_typed
from bot.commands.undo import undo
from bot.commands.unknown import unknown_words
from bot.commands.waive import waive
from bot.message import block
from bot.options import Options
from bot.paging import page_of
from bot.request import Tap, Words
from bot.rights import Verdict, judge
from bot.wording import DEAD_BUTTON, NOT_ITS_ROLE, OPERATOR_ONLY, way_in
from plan.vietnam import day_of
from store.chats import bindings_of
from store.lookup import standing_offices
from store.states import Role
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
    Command.TASK: task,
    Command.FIND: find,
    Command.HISTORY: history,
    Command.REPORTS: reports,
    Command.HELP: help_,
    Command.START: start,
}
# What a tap may not ask for in a person's name.
_NEVER_BY_TAP = frozenset({Command.START})
# Ids have nine digits at most, so that no forged one is beyond what a database holds.
_TAPPED = re.compile(
    r"(?P<verb>yes|no|undo):(?P<id>[0-9]{1,9})"
    r"|pick:(?P<of>[0-9]{1,9}):(?P<index>[0-9]{1,3})"
    r"|page:(?P<page>[0-9]{1,3}):(?P<typed>.+)"
    r"|run:(?P<run>.+)",
    re.DOTALL,
)


class Conversation:
    """Answers people. Knows no channel and keeps nothing between two messages: all of it is in the store."""

    def __init__(self, *, bot_name: str, timetable: Timetable, options: Options) -> None:
        """`bot_name` is the bot's name on the channel, without the @."""
        self._bot_name = bot_name
        self._timetable = timetable
        self._options = options

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, *, now: datetime, wall: datetime
    ) -> Answer | None:
        """The answer, inside the caller's write transaction (the caller commits). `now` is aware business time, `wall` the
        time of the network. None: there is nothing to say."""
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
                return await self._words(asked, incoming.text)
            case Tap():
                return await self._tap(asked, incoming.action)
            case _:
                assert_never(incoming)

    async def _words(self, asked: Asked, text: str, *, by_tap: bool = False, page: int = 1) -> Answer | None:
        typed = read_typed(text, bot_name=self._bot_name)
        if typed is None:
            return None
        if asked.files and (typed.command is None or not text.strip()):
            return await _refused(asked, Command.DONE) or await receive(asked)
        if by_tap and typed.command in _NEVER_BY_TAP:
            return Answer(message=DEAD_BUTTON)
        if typed.command is None:
            if not asked.bindings.roles:
                return await _not_bound(asked)
            return unknown_words(typed.words, typed.rests)
        refused = await _refused(asked, typed.command)
        if refused is not None:
            return refused
        answer = await _COMMANDS[typed.command](replace(asked, args=typed.args))
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
            return Answer(message=DEAD_BUTTON) if asked.bindings.roles else await _not_bound(asked)
        if tapped["run"]:
            return await self._words(asked, tapped["run"], by_tap=True)
        if tapped["page"]:
            turned = await self._words(asked, tapped["typed"], by_tap=True, page=int(tapped["page"]))
            return replace(turned, edits_tapped=turned.paged) if turned is not None else None
        proposal_id = int(tapped["id"] or tapped["of"])
        command = await confirm.command_behind(asked, proposal_id)
        if command is None:
            return Answer(message=DEAD_BUTTON) if asked.bindings.roles else await _not_bound(asked)
        refused = await _refused(asked, command)
        if refused is not None:
            return refused
        if tapped["of"]:
            return await confirm.pick(asked, proposal_id, int(tapped["index"]))
        settle = {"yes": confirm.yes, "no": confirm.no, "undo": confirm.take_back}[tapped["verb"]]
        return await settle(asked, proposal_id)


async def _refused(asked: Asked, command: Command) -> Answer | None:
    """Why this chat may not give that command; None when it may."""
    match judge(command, asked.bindings.roles):
        case Verdict.YES:
            return None
        case Verdict.NOT_BOUND:
            return await _not_bound(asked)
        case Verdict.NOT_ITS_ROLE:
            only_operator = asked.bindings.roles == {Role.OPERATOR}
            return Answer(message=OPERATOR_ONLY if only_operator else NOT_ITS_ROLE)


async def _not_bound(asked: Asked) -> Answer:
    return Answer(message=way_in(await standing_offices(asked.session)))
