"""What other chats are told because of what was said in one."""

from sqlalchemy import select

from bot.message import Message, from_json
from store.states import OutboxKind
from store.tables import ChatRow, OutboxRow
from tests.bot.office import Office, plain


async def notes(office: Office, address: str) -> list[Message]:
    """Oldest first."""
    async with office.database.read() as session:
        bodies = await session.scalars(
            select(OutboxRow.body)
            .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
            .where(ChatRow.address == address, OutboxRow.kind == OutboxKind.NOTE)
            .order_by(OutboxRow.id)
        )
        return [from_json(body) for body in bodies if body]


async def told(office: Office, address: str) -> list[str]:
    """The first line of each note."""
    return [plain(note).splitlines()[0] for note in await notes(office, address)]
