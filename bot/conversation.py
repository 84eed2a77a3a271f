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
from bot.commands.help import help_
from bot.commands.menu import Command
from bot.commands.reports import reports
from bot.commands.start import start
from bot.commands.task import task
from bot.commands.typed import read_typed
from bot.commands.unknown import unknown_words
from bot.request import Tap, Words
from bot.wording import DEAD_BUTTON, OPERATOR_ONLY, way_in
from plan.vietnam import day_of
from store.chats import agencies_of
from store.lookup import is_operator, standing_offices
from store.tables import ChatRow

_COMMANDS: dict[Command, Callable[[Asked], Awaitable[Answer]]] = {
    Command.DUE: due,
    Command.DONE: done,
    Command.TASK: task,
    Command.REPORTS: reports,
    Command.HELP: help_,
    Command.START: start,
}
# What a chat that speaks for no agency may ask, and what a tap may not ask for in a person's name.
_OPEN_TO_ALL = frozenset({Command.HELP, Command.START})
_NEVER_BY_TAP = frozenset({Command.START})
# Ids have nine digits at most, so that no forged one is beyond what a database holds.
_TAPPED = re.compile(
    r"(?P<verb>yes|no|undo):(?P<id>[0-9]{1,9})|pick:(?P<of>[0-9]{1,9}):(?P<index>[0-9]{1,3})"
)


class Conversation:
    """Answers people. Knows no channel and keeps nothing between two messages: all of it is in the store."""

    def __init__(self, *, bot_name: str) -> None:
        """`bot_name` is the bot's name on the channel, without the @."""
        self._bot_name = bot_name

    async def answer(
        self, session: AsyncSession, incoming: Words | Tap, chat: ChatRow, now: datetime
    ) -> Answer | None:
        """The answer, inside the caller's write transaction (the caller commits). `now` is aware business time. None: there
        is nothing to say."""
        asked = Asked(
            session=session,
            chat=chat,
            person=incoming.person,
            now=now,
            today=day_of(now),
            agencies=tuple(await agencies_of(session, chat.id)),
        )
        match incoming:
            case Words():
                return await self._words(asked, incoming.text)
            case Tap():
                return await self._tap(asked, incoming.action)
            case _:
                assert_never(incoming)

    async def _words(self, asked: Asked, text: str, *, by_tap: bool = False) -> Answer | None:
        typed = read_typed(text, bot_name=self._bot_name)
        if typed is None:
            return None
        if by_tap and typed.command in _NEVER_BY_TAP:
            return Answer(message=DEAD_BUTTON)
        if not asked.agencies and typed.command not in _OPEN_TO_ALL:
            return await _not_bound(asked)
        if typed.command is None:
            return unknown_words(typed.words, typed.rests)
        return await _COMMANDS[typed.command](replace(asked, args=typed.args))

    async def _tap(self, asked: Asked, action: str) -> Answer | None:
        verb, colon, text = action.partition(":")
        if verb == "run" and colon:
            return await self._words(asked, text, by_tap=True)
        if not asked.agencies:
            return await _not_bound(asked)
        tapped = _TAPPED.fullmatch(action)
        if tapped is None:
            return Answer(message=DEAD_BUTTON)
        if tapped["of"]:
            return await confirm.pick(asked, int(tapped["of"]), int(tapped["index"]))
        settle = {"yes": confirm.yes, "no": confirm.no, "undo": confirm.take_back}[tapped["verb"]]
        return await settle(asked, int(tapped["id"]))


async def _not_bound(asked: Asked) -> Answer:
    if await is_operator(asked.session, asked.chat.id):
        return Answer(message=OPERATOR_ONLY)
    return Answer(message=way_in(await standing_offices(asked.session)))
