"""How the control API shows chats."""

from sandbox.chats import Chat
from sandbox.conversation import message_for_page
from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo_addresses import chat_address, person_address


def chat_view(world: World, chat: Chat) -> JsonObject:
    """A chat with its members, its newest message and the commands that its people see."""
    last = chat.last_living()
    person = world.person_of(chat)
    commands = world.commands.shown_to(
        chat,
        user_id=chat.id if chat.is_private else 0,
        language=None if person is None else person.language_code,
    )
    title = chat.title
    if person is not None and title is None:
        title = " ".join(name for name in (person.first_name, person.last_name) if name)
    return {
        "id": chat.id,
        "type": chat.type.value,
        "platform": chat.platform.value,
        "address": chat_address(chat) if chat.is_zalo else str(chat.id),
        "title": title,
        "members": [_member_view(world, chat, number) for number in chat.members],
        "unread": chat.unread,
        "last_message": None if last is None else message_for_page(last),
        "pinned_message_id": chat.pinned[-1] if chat.pinned else None,
        "commands": [{"command": one.command, "description": one.description} for one in commands],
        "blocked": chat.blocked,
        "bot_status": chat.bot_status.value,
        "started": chat.started,
        "migrated_to": chat.migrated_to,
        "migrated_from": chat.migrated_from,
    }


def _member_view(world: World, chat: Chat, number: int) -> JsonObject:
    """`address`: the person's id on Zalo's wire, which the bot knows people by."""
    on_zalo: JsonObject = {"address": person_address(number)} if chat.is_zalo else {}
    return world.users[number].as_api() | {"is_admin": number in chat.admins} | on_zalo
