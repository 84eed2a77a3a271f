"""What a command is asked, and what it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.codes import clean
from bot.commands.menu import Command
from bot.entrances import Entrance
from bot.message import Message
from bot.options import Options
from bot.request import File, Person
from store.changes import Actor
from store.chats import Bindings
from store.lookup import plans_overseen, plans_steered
from store.tables import AgencyRow, ChatRow
from store.timetable import Timetable

_NAME_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What leaves because of one incoming update. `edits_tapped`: it takes the place of the message that was tapped, so
    that its choices vanish. `paged`: it is a list, its first block the head; more than a screen of it is turned over in
    place. The conversation notes the `command` that it answers, and whether that was `refused` for want of a right."""

    message: Message
    edits_tapped: bool = False
    paged: bool = False
    command: Command | None = None
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command as a person gave it, inside the caller's transaction. `args` are cleaned words; `now` is business time and
    `today` its day in Vietnam, `wall` the time of the network. `message_id` is the channel's id of what the person wrote, or
    of the message under which they tapped; `replied_to` of the message that they replied to. `entrances` are the
    channels that are on, by name. Of the rest see Words."""

    session: AsyncSession
    chat: ChatRow
    person: Person
    now: datetime
    today: date
    wall: datetime
    bindings: Bindings
    timetable: Timetable
    options: Options
    message_id: str
    entrances: Mapping[str, Entrance]
    replied_to: str | None = None
    replied_choices: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    album: str | None = None
    args: str = ""

    @property
    def entrance(self) -> Entrance:
        """That of the chat's own channel."""
        return self.entrances[self.chat.channel]

    @property
    def bot_name(self) -> str:
        """The bot's name on the chat's own channel, without the @."""
        return self.entrance.bot_name

    @property
    def agencies(self) -> tuple[AgencyRow, ...]:
        """Those that the chat speaks for."""
        return self.bindings.agencies

    @property
    def agency_codes(self) -> tuple[str, ...]:
        return tuple(agency.code for agency in self.agencies)

    @property
    def agency_names(self) -> tuple[str, ...]:
        return tuple(agency.name for agency in self.agencies)

    @property
    def office_codes(self) -> tuple[str, ...]:
        """Those as whose standing office the chat steers."""
        return tuple(office.code for office in self.bindings.offices)

    @property
    def actor(self) -> Actor:
        return Actor(person=self.person.id, name=clean(self.person.name, _NAME_LIMIT), chat_id=self.chat.id)


async def overseen(asked: Asked) -> frozenset[str]:
    """Keys of the active plans that the chat may read as a whole."""
    return await plans_overseen(asked.session, asked.bindings)


async def steered(asked: Asked) -> frozenset[str]:
    """Keys of the active plans that the chat steers as their standing office."""
    return await plans_steered(asked.session, asked.bindings)
