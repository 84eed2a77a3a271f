"""Which chat a call is for, and whether the bot may act there."""

from sandbox.bot_api.errors import bad_request, forbidden, migrated
from sandbox.bot_api.params import Params
from sandbox.chats import BotStatus, Chat, ChatType
from sandbox.world import World


def known_chat(world: World, params: Params) -> Chat:
    """The chat of `chat_id`, if the bot has ever met it."""
    written = params.text("chat_id").strip()
    if not written:
        raise bad_request("chat_id is empty")
    number = params.number_or_none("chat_id")
    chat = world.chats.get(number) if number is not None else None
    if chat is not None and not chat.is_zalo:
        return chat
    if number == world.bot.id:
        raise forbidden("bot can't send messages to bots")
    if number in world.users:
        raise forbidden("bot can't initiate conversation with a user")
    raise bad_request("chat not found")


def writable_chat(world: World, params: Params) -> Chat:
    """The chat of `chat_id`, if the bot may write there now."""
    chat = known_chat(world, params)
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    kind = "supergroup" if chat.type is ChatType.SUPERGROUP else "group"
    if chat.is_private:
        if chat.bot_status is BotStatus.KICKED:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
    elif chat.bot_status is BotStatus.KICKED:
        raise forbidden(f"bot was kicked from the {kind} chat")
    elif chat.bot_status is BotStatus.LEFT:
        raise forbidden(f"bot is not a member of the {kind} chat")
    return chat
