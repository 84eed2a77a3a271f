"""getMe, getChat and its members, leaveChat, pins."""

from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.params import Params
from sandbox.bot_api.recipients import known_chat, writable_chat
from sandbox.chats import BotStatus, Chat
from sandbox.conversation import as_reply, bot_member, chat_as_api, member_as_api, service, set_bot_status
from sandbox.json_types import JsonObject
from sandbox.world import World

_PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
    "can_manage_topics",
)  # fmt: skip
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(world: World, _: Params) -> object:
    """https://core.telegram.org/bots/api#getme"""
    return world.bot.as_api() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getchat"""
    chat = known_chat(world, params)
    full: JsonObject = chat_as_api(world, chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if not chat.is_private:
        full["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    return full if pinned is None else full | {"pinned_message": as_reply(pinned)}


def get_chat_member(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = _open_chat(world, params)
    number = params.integer("user_id")
    if number == world.bot.id:
        return bot_member(world, chat.bot_status)
    person = world.users.get(number)
    if person is None:
        raise bad_request("invalid user_id specified")
    return member_as_api(person, _status(chat, number))


def get_chat_member_count(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = _open_chat(world, params)
    return len(chat.members) + 1


def get_chat_administrators(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#getchatadministrators; other bots would be left out, this one is not."""
    chat = _open_chat(world, params)
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    people = [
        member_as_api(world.users[number], _status(chat, number))
        for number in chat.members
        if number in chat.admins
    ]
    own = chat.bot_status is BotStatus.ADMINISTRATOR
    return [*people, *([bot_member(world, chat.bot_status)] if own else [])]


def leave_chat(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = writable_chat(world, params)
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    set_bot_status(world, chat, BotStatus.LEFT, by=world.bot)
    return True


def pin_chat_message(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    chat = writable_chat(world, params)
    message = chat.living(params.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    service(world, chat, world.bot, {"pinned_message": as_reply(message)})
    return True


def unpin_chat_message(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#unpinchatmessage; without a message the newest pin goes."""
    chat = writable_chat(world, params)
    number = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    _pins_changed(world, chat)
    return True


def unpin_all_chat_messages(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#unpinallchatmessages"""
    chat = writable_chat(world, params)
    chat.pinned.clear()
    _pins_changed(world, chat)
    return True


def _open_chat(world: World, params: Params) -> Chat:
    """Members can be asked for as long as the bot is in the chat."""
    chat = known_chat(world, params)
    return chat if chat.is_private else writable_chat(world, params)


def _pins_changed(world: World, chat: Chat) -> None:
    world.changed()
    world.events.publish("chat", chat_id=chat.id)


def _status(chat: Chat, user_id: int) -> str:
    """The first administrator of the list made the group."""
    if user_id not in chat.members:
        return "left"
    if user_id not in chat.admins:
        return "member"
    first = next(number for number in chat.members if number in chat.admins)
    return "creator" if user_id == first else "administrator"
