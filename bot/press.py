"""The press: makes the papers that go with messages, when these leave.

What a paper says is read in one short session; it is drawn beside the event loop. Rights are those that the chat has at that
moment.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.calendars import calendar_file
from bot.channel import File
from bot.charts import chart_file
from bot.message import Message, Paper, block
from bot.report_papers import letter_file, report_file
from store.chats import Bindings, bindings_of
from store.database import Database
from store.timetable import Timetable

CALENDAR, CHART, REPORT, LETTER = "calendar", "chart", "report", "letter"


class OutOfPrint(Exception):
    """The chat may not have the paper any more, or there is nothing to put on it."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """A paper that is asked for: what it is about, and by a chat that is bound so. `now` is business time."""

    session: AsyncSession
    bindings: Bindings
    about: str
    timetable: Timetable
    now: datetime


def without_its_paper(piece: Message) -> Message:
    """What is said instead when the paper could not be made."""
    sorry = block("Tệp này hiện chưa tạo được. Anh/chị thử lại sau ít phút giúp.")
    return replace(piece, blocks=(*piece.blocks, sorry), paper=None)


# Reads what the paper says, and gives back what draws it. None: OutOfPrint.
SetUp = Callable[[Order], Awaitable[Callable[[], File] | None]]
_PAPERS: Mapping[str, SetUp] = {
    CALENDAR: lambda order: calendar_file(order.session, order.bindings, order.timetable, now=order.now),
    REPORT: lambda order: report_file(order.session, order.bindings, order.about, now=order.now),
    LETTER: lambda order: letter_file(order.session, order.bindings, order.about, now=order.now),
    CHART: lambda order: chart_file(order.session, order.bindings, order.about, now=order.now),
}


class Press:
    """One for a process."""

    def __init__(self, database: Database, timetable: Timetable) -> None:
        self._database = database
        self._timetable = timetable

    async def print(self, paper: Paper, chat_id: int, *, now: datetime) -> File:
        """The file. Raises OutOfPrint."""
        async with self._database.read() as session:
            order = Order(
                session=session,
                bindings=await bindings_of(session, chat_id),
                about=paper.about,
                timetable=self._timetable,
                now=now,
            )
            set_up = _PAPERS.get(paper.kind)
            draw = await set_up(order) if set_up is not None else None
        if draw is None:
            raise OutOfPrint(f"{paper.kind} {paper.about}")
        return await asyncio.to_thread(draw)
