"""Ids on Zalo's wire: opaque texts of 20 hexadecimal digits, derived from the sandbox's own numbers.

As on the real platform a private chat has the id of its person, and the id of a group begins with "zgr-".
"""

import hashlib

from sandbox.chats import Chat

# Above every id that Telegram gives to a user, so that chats of both platforms live in one list.
ZALO_CHAT_BASE = 9_000_000_000_000


def person_address(user_id: int) -> str:
    """The id of a person, and of the private chat with them."""
    return _opaque("person", user_id)


def chat_address(chat: Chat) -> str:
    """The id of a chat."""
    return person_address(chat.members[0]) if chat.is_private else "zgr-" + _opaque("group", chat.id)


def message_address(message_id: int) -> str:
    """The id of a message."""
    return _opaque("message", message_id)


def _opaque(kind: str, number: int) -> str:
    return hashlib.sha256(f"zalo {kind} {number}".encode()).hexdigest()[:20]
