"""Chats of Zalo: one of its own number for each person, and groups."""

from sandbox.chats import Chat, ChatType, Platform
from sandbox.control.body import Body, ControlError
from sandbox.world import World
from sandbox.zalo_addresses import ZALO_CHAT_BASE


def put_zalo_chat(world: World, body: Body) -> Chat:
    """Makes a chat, or updates the one of the same id; a private one is found by its one member as well.

    A new chat waits until somebody speaks to the bot there; with `started` the bot may write at once.
    """
    kind = body.choice("type", ChatType)
    if kind is ChatType.SUPERGROUP:
        raise ControlError("type must be private or group on Zalo")
    members, number = body.wholes_or_none("members"), body.whole_or_none("id")
    unknown = [one for one in members or () if one not in world.users]
    if unknown:
        raise ControlError(f"there is no user {unknown[0]}", 404)
    chat = world.chats.get(number) if number is not None else None
    if chat is None and kind is ChatType.PRIVATE:
        chat = _private_chat_with(world, members or [])
    if chat is None:
        chat = _new_chat(world, number, kind)
    if chat.type is not kind or not chat.is_zalo:
        raise ControlError(f"chat {chat.id} is a {chat.type.value} chat of {chat.platform.value}")
    if members is not None:
        _set_members(chat, members)
    if chat.is_private and not chat.members:
        raise ControlError("a private chat needs its one member")
    title = body.text_or_none("title")
    chat.title = chat.title if title is None else title
    if chat.title is None and not chat.is_private:
        raise ControlError("a group needs a title, which the bot never sees")
    _set_started(world, chat, body.flag_or_none("started"))
    world.chats[chat.id] = chat
    return chat


def _private_chat_with(world: World, members: list[int]) -> Chat | None:
    chats = (chat for chat in world.chats.values() if chat.is_zalo and chat.is_private)
    return next((chat for chat in chats if chat.members == members), None)


def _new_chat(world: World, number: int | None, kind: ChatType) -> Chat:
    highest = max((one for one in world.chats if one > ZALO_CHAT_BASE), default=ZALO_CHAT_BASE)
    number = highest + 1 if number is None else number
    if number <= ZALO_CHAT_BASE:
        raise ControlError(f"the id of a chat on Zalo is above {ZALO_CHAT_BASE}")
    return Chat(id=number, type=kind, platform=Platform.ZALO, started=False)


def _set_members(chat: Chat, members: list[int]) -> None:
    if chat.is_private and (len(members) != 1 or chat.members not in ([], members)):
        raise ControlError("a private chat has one member, always the same")
    chat.members = list(dict.fromkeys(members))


def _set_started(world: World, chat: Chat, started: bool | None) -> None:
    """As if somebody had spoken to the bot before; in a private chat the person takes one of the plan's places."""
    if started and chat.is_private:
        started = world.zalo.admit(chat.members[0], world.limits.settings.zalo_users_allowed)
    chat.started = chat.started if started is None else started
