"""What happens in chats: messages come, change and go, and the page and the bot hear of it."""

from sandbox.chats import BotStatus, Chat, ChatType, StoredMessage, User
from sandbox.entities.render import render_html
from sandbox.json_types import JsonObject
from sandbox.world import World


def chat_as_api(world: World, chat: Chat) -> JsonObject:
    """https://core.telegram.org/bots/api#chat"""
    if chat.is_private:
        person = world.person_of(chat)
        given = {} if person is None else person.as_api()
        names = ("first_name", "last_name", "username")
        return {"id": chat.id, "type": "private"} | {name: given[name] for name in names if name in given}
    shown: JsonObject = {"id": chat.id, "title": chat.title or "", "type": chat.type.value}
    if chat.type is ChatType.GROUP:
        shown["all_members_are_administrators"] = False
    return shown


def post(world: World, chat: Chat, sender: User, content: JsonObject) -> StoredMessage:
    """Puts a message into a chat, dated by the sandbox's clock. The bot's own are `outgoing`."""
    outgoing = sender.is_bot
    api: JsonObject = {
        "message_id": world.next_message_id(chat),
        "from": sender.as_api(),
        "chat": chat_as_api(world, chat),
        "date": world.clock.timestamp(),
    }
    message = StoredMessage(api=api | content, outgoing=outgoing)
    chat.add(message)
    if outgoing:
        chat.unread += 1
    world.changed()
    world.events.publish("message", chat_id=chat.id, message_id=message.id)
    return message


def edit(world: World, chat: Chat, message: StoredMessage, changes: JsonObject) -> None:
    """Replaces parts of a message (None removes one) and dates the edit."""
    message.api = {
        key: value for key, value in (message.api | changes).items() if value is not None
    } | {"edit_date": world.clock.timestamp()}  # fmt: skip
    message.edited = True
    message.touched()
    world.changed()
    world.events.publish("edit", chat_id=chat.id, message_id=message.id)


def delete(world: World, chat: Chat, message: StoredMessage) -> None:
    """Marks a message as deleted: the Bot API no longer finds it."""
    message.deleted = True
    message.touched()
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    world.changed()
    world.events.publish("delete", chat_id=chat.id, message_id=message.id)


def as_reply(message: StoredMessage) -> JsonObject:
    """A message inside another one: without the message that it answers itself."""
    return {key: value for key, value in message.api.items() if key not in {"reply_to_message", "quote"}}


def message_for_page(message: StoredMessage) -> JsonObject:
    """A message as the control API gives it; `keyboard` is a reply keyboard, which the Bot API never shows."""
    text, entities = message.api.get("text"), message.api.get("entities")
    if text is None:
        text, entities = message.api.get("caption"), message.api.get("caption_entities")
    return message.api | {
        "outgoing": message.outgoing,
        "edited": message.edited,
        "deleted": message.deleted,
        "html": render_html(str(text or ""), entities if isinstance(entities, list) else []),
        "keyboard": message.keyboard,
        "file_url": _file_url(message.api),
    }


def _file_url(api: JsonObject) -> str | None:
    """Where the page gets the file of a message."""
    photo = api.get("photo")
    file = photo[-1] if isinstance(photo, list) and photo else api.get("document")
    return f"/control/files/{file['file_id']}" if isinstance(file, dict) else None


def tell_bot(world: World, kind: str, content: JsonObject) -> int | None:
    """Queues an update for the bot; None when it did not ask for that kind."""
    number = world.updates.add(kind, content)
    world.changed()
    return number


def service(world: World, chat: Chat, sender: User, content: JsonObject) -> StoredMessage:
    """A service message (pinned, migrated, …), which the bot always sees."""
    message = post(world, chat, sender, content)
    tell_bot(world, "message", message.api)
    return message


def set_bot_status(world: World, chat: Chat, status: BotStatus, *, by: User) -> None:
    """The bot is blocked, removed, let in again or leaves: update `my_chat_member`, of which Zalo has no like."""
    old, chat.bot_status = chat.bot_status, status
    if not chat.is_zalo:
        tell_bot(
            world,
            "my_chat_member",
            {
                "chat": chat_as_api(world, chat),
                "from": by.as_api(),
                "date": world.clock.timestamp(),
                "old_chat_member": bot_member(world, old),
                "new_chat_member": bot_member(world, status),
            },
        )
    world.changed()
    world.events.publish("chat", chat_id=chat.id)


def bot_member(world: World, status: BotStatus) -> JsonObject:
    """The bot as a ChatMember of a status. https://core.telegram.org/bots/api#chatmember"""
    return member_as_api(world.bot, status.value)


def member_as_api(user: User, status: str) -> JsonObject:
    """A ChatMember with the fields that its status requires."""
    member: JsonObject = {"user": user.as_api(), "status": status}
    match status:
        case "administrator":
            rights = (
                "can_manage_chat", "can_change_info", "can_delete_messages", "can_invite_users",
                "can_restrict_members", "can_pin_messages", "can_promote_members", "can_manage_video_chats",
                "can_post_stories", "can_edit_stories", "can_delete_stories",
            )  # fmt: skip
            return member | dict.fromkeys(rights, True) | {"can_be_edited": False, "is_anonymous": False}
        case "creator":
            return member | {"is_anonymous": False}
        case "kicked":
            return member | {"until_date": 0}
        case _:
            return member
