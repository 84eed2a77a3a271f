"""What other chats were told, as a person there reads it."""

from sqlalchemy import select

from bot.message import Message, from_json
from store.states import OutboxKind
from store.tables import ChatRow, OutboxRow
from tests.bot.office import Office, plain


async def notes(office: Office, chat: str) -> list[Message]:
    """The notes to the chat at that address, in their order."""
    async with office.database.read() as session:
        found = await session.scalars(
            select(OutboxRow.body)
            .join(ChatRow, OutboxRow.chat_id == ChatRow.id)
            .where(ChatRow.address == chat, OutboxRow.kind == OutboxKind.NOTE)
            .order_by(OutboxRow.id)
        )
        return [from_json(body) for body in found if body is not None]


async def heard(office: Office, chat: str) -> list[str]:
    return [plain(note) for note in await notes(office, chat)]
