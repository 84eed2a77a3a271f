"""Many people who talk to the bot at once, and whether each heard everything once."""

from dataclasses import dataclass, field

from sqlalchemy import select

from store.database import Database
from store.states import InboxState, OutboxState
from store.tables import InboxRow, OutboxRow
from tests.app.town import Town
from tests.worlds import bound_chat

REPEAT = "(gửi lại, có thể anh/chị đã nhận)"


@dataclass(kw_only=True)
class Crowd:
    """`said` counts what each said, `mornings` what each was reminded of."""

    town: Town
    people: list[int]
    said: dict[int, int] = field(default_factory=dict)
    mornings: int = 0

    async def bind(self, database: Database, agency: str) -> None:
        for number in self.people:
            await bound_chat(database, str(number), agency)

    async def says(self, text: str) -> None:
        """Everybody says it."""
        for number in self.people:
            await self.town.says(number, text)
            self.said[number] = self.said.get(number, 0) + 1

    async def heard(self) -> int:
        """How many messages there are in all chats together."""
        return sum([len(await self.town.heard(number)) for number in self.people])

    async def repeats(self) -> int:
        texts = [text for number in self.people for text in await self.town.texts(number)]
        return sum(text.startswith(REPEAT) for text in texts)

    async def heard_everything_once(self) -> None:
        """Each person has an answer to each word and each morning's message, once, and nothing is marked."""
        heard = {number: len(await self.town.heard(number)) for number in self.people}
        assert heard == {number: self.said.get(number, 0) + self.mornings for number in self.people}
        assert await self.repeats() == 0


async def gathered(town: Town, size: int) -> Crowd:
    people = list(range(5001, 5001 + size))
    for number in people:
        await town.person(number, f"Người {number}")
    return Crowd(town=town, people=people)


async def all_went_well(database: Database) -> None:
    """No update was put aside, and every message is on record as sent."""
    async with database.read() as session:
        inbox = set(await session.scalars(select(InboxRow.state)))
        outbox = set(await session.scalars(select(OutboxRow.state)))
    assert inbox == {InboxState.HANDLED}
    assert outbox == {OutboxState.SENT}
