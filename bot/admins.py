"""Who in a group may act where its members may not: its admins, as its channel last told.

Nobody asks the network inside a transaction. Who needs to know and does not raises AdminsUnknown; the reception asks when
the transaction is over and handles the update again.
"""

from datetime import datetime, timedelta

from bot.request import Person
from store.tables import ChatRow

# Who was made an admin just now need not wait for long, and who was removed cannot act for long (wall time).
KNOWN_FOR = timedelta(seconds=60)


class AdminsUnknown(Exception):
    """Somebody has to ask the channel who the admins of the group at that address are."""

    def __init__(self, chat: ChatRow) -> None:
        super().__init__(f"the admins of chat {chat.id}")
        self.channel = chat.channel
        self.address = chat.address


def is_admin(chat: ChatRow, person: Person, *, wall: datetime) -> bool:
    """Whether the person is an admin of the group. Raises AdminsUnknown when that was asked too long ago."""
    if person.as_group:
        return True
    if chat.admins_at is None or abs(wall - chat.admins_at) > KNOWN_FOR:
        raise AdminsUnknown(chat)
    return person.id in chat.admins
