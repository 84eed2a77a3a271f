"""Messages of people as events for the bot, and which of them reach it."""

from sandbox.chats import BotStatus, Chat, StoredMessage, User
from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo_addresses import chat_address, message_address, person_address


def tell_bot(world: World, chat: Chat, person: User, message: StoredMessage) -> bool:
    """Queues the event of a message; False when the bot never hears of it.

    From the first message that reaches it on, the bot may write in the chat. Nothing reaches it from a chat that
    put it out, from a group unless it is addressed, and from people beyond the number that its plan allows.
    """
    if chat.bot_status is BotStatus.KICKED or not (chat.is_private or _addresses(world, message)):
        return False
    if not world.zalo.admit(person.id, world.limits.settings.zalo_users_allowed):
        return False
    chat.started = True
    world.zalo.queue(event_of(world, chat, person, message))
    world.changed()
    return True


def event_of(world: World, chat: Chat, person: User, message: StoredMessage) -> JsonObject:
    """https://docs.zaloplatforms.com/docs/BOT/webhook"""
    kind, content = _content(message.api)
    return {
        "event_name": f"message.{kind}.received",
        "message": {
            "from": {"id": person_address(person.id), "display_name": display_name(person), "is_bot": False},
            "chat": {"id": chat_address(chat), "chat_type": "PRIVATE" if chat.is_private else "GROUP"},
            **content,
            "message_id": message_address(message.id),
            "date": world.clock.milliseconds(),
        },
    }


def display_name(person: User) -> str:
    """The name under which Zalo shows a person."""
    return " ".join(name for name in (person.first_name, person.last_name) if name)


def _addresses(world: World, message: StoredMessage) -> bool:
    """Whether a message begins with "@Bot …", or replies to one of the bot's."""
    replied = message.api.get("reply_to_message")
    sender = replied.get("from") if isinstance(replied, dict) else None
    if isinstance(sender, dict) and sender.get("id") == world.zalo.bot.id:
        return True
    said = str(message.api.get("text") or message.api.get("caption") or "")
    mention = f"@{world.zalo.bot.first_name}"
    return said == mention or said.startswith((f"{mention} ", f"{mention}\n"))


def _content(api: JsonObject) -> tuple[str, JsonObject]:
    """The kind of a stored message, and its fields in an event."""
    if "text" in api:
        return "text", {"text": api["text"]}
    if "photo_url" in api:
        photo: JsonObject = {"photo": api["photo_url"]}
        return "image", photo | ({"caption": api["caption"]} if "caption" in api else {})
    if "sticker" in api:
        return "sticker", {"sticker": api["sticker"], "url": api["sticker_url"]}
    if "voice_url" in api:
        return "voice", {"voice_url": api["voice_url"]}
    return "unsupported", {}
