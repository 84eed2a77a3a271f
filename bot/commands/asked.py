"""What a command is asked, and what it answers with."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.codes import clean
from bot.message import Message
from bot.request import Person
from store.progress import Actor
from store.tables import AgencyRow, ChatRow

_NAME_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What leaves because of one incoming update. `edits_tapped`: it takes the place of the message that was tapped, so
    that its buttons vanish."""

    message: Message
    edits_tapped: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command as a person gave it, inside the caller's transaction. `agencies` are those that the chat speaks for; `args`
    are cleaned words; `now` is business time and `today` its day in Vietnam."""

    session: AsyncSession
    chat: ChatRow
    person: Person
    now: datetime
    today: date
    agencies: tuple[AgencyRow, ...]
    args: str = ""

    @property
    def agency_codes(self) -> tuple[str, ...]:
        return tuple(agency.code for agency in self.agencies)

    @property
    def agency_names(self) -> tuple[str, ...]:
        return tuple(agency.name for agency in self.agencies)

    @property
    def actor(self) -> Actor:
        return Actor(person=self.person.id, name=clean(self.person.name, _NAME_LIMIT), chat_id=self.chat.id)
