"""A raw update of the Bot API read into what the conversation understands."""

from dataclasses import replace
from mimetypes import guess_extension
from typing import Any

from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, MessageEntity, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot.request import Back, File, Gone, Incoming, Moved, Person, Place, Tap, Words
from bot.telegram.channel import NAME
from store.inbox import Arrival
from store.states import ChatKind

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
# Ids of chats have at most 52 bits (Bot API, Chat.id).
_ID_LIMIT = 2**63
_OUT = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


class UnreadableUpdate(ValueError):
    """The update is not one that the Bot API describes."""


def read_update(raw: dict[str, Any], bot: Bot) -> Incoming | None:
    """What the update says to us; None when it is not for us. Raises UnreadableUpdate."""
    try:
        update = Update.de_json(raw, bot)
        if update.callback_query is not None:
            return _tap(update.callback_query)
        if update.my_chat_member is not None:
            return _membership(update.my_chat_member)
        if update.message is not None:
            return _message(update.message, bot)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableUpdate(f"{type(error).__name__}: {error}") from error
    return None


def arrival_of(raw: dict[str, Any]) -> Arrival:
    """The update as the inbox keeps it. Raises KeyError if it has no id."""
    return Arrival(update_id=str(raw["update_id"]), lane=lane_of(raw), raw=raw)


def lane_of(raw: dict[str, Any]) -> str:
    """The chat whose updates are handled one after the other: its id, or the update's own where there is none. Never
    raises: that an update cannot be read is found out when it is handled."""
    for content in raw.values():
        chat = _chat_id(content)
        if chat is None and isinstance(content, dict):
            chat = _chat_id(content.get("message"))
        if chat is not None:
            return str(chat)
    return f"update {raw.get('update_id')!s:.60}"


def _chat_id(content: object) -> int | None:
    chat = content.get("chat") if isinstance(content, dict) else None
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if type(number) is int and abs(number) < _ID_LIMIT else None


def _place(chat: Chat) -> Place:
    kind = ChatKind.PRIVATE if chat.type == ChatType.PRIVATE else ChatKind.GROUP
    return Place(channel=NAME, address=str(chat.id), kind=kind)


def _person(user: User | None) -> Person:
    if user is None:
        return Person(id="", name="")
    return Person(id=str(user.id), name=user.full_name)


def _tap(query: CallbackQuery) -> Incoming | None:
    if query.message is None or query.data is None:
        return None
    return Tap(
        place=_place(query.message.chat),
        person=_person(query.from_user),
        action=query.data,
        message_id=str(query.message.message_id),
        tap_id=query.id,
    )


def _membership(change: ChatMemberUpdated) -> Incoming:
    place = _place(change.chat)
    if change.new_chat_member.status in _OUT:
        reason = "blocked by the person" if place.kind is ChatKind.PRIVATE else "removed from the group"
        return Gone(place=place, reason=reason)
    return Back(place=place)


def _message(message: Message, bot: Bot) -> Incoming | None:
    if message.migrate_to_chat_id is not None:
        return Moved(channel=NAME, old=str(message.chat.id), new=str(message.migrate_to_chat_id))
    text, files = message.text or message.caption, _files(message)
    if (text is None and not files) or _is_from_another_bot(message):
        return None
    words = _addressed_to_us(message, text or "", bot.username)
    if words is None:
        return None
    replied = message.reply_to_message
    return Words(
        place=_place(message.chat),
        person=_author(message),
        text=words,
        message_id=str(message.message_id),
        replied_to=str(replied.message_id) if replied is not None else None,
        replied_choices=_choices_under(replied, bot.username),
        files=files,
        album=message.media_group_id,
    )


def _author(message: Message) -> Person:
    return replace(_person(message.from_user), as_group=_is_from_the_group(message))


def _files(message: Message) -> tuple[File, ...]:
    """The photo at its largest, or the file. Voices and stickers are no papers."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (File(id=largest.file_id, name=f"ảnh_{message.message_id}.jpg", size=largest.file_size),)
    document = message.document
    if document is None:
        return ()
    ending = guess_extension(document.mime_type or "") or ""
    return (File(id=document.file_id, name=document.file_name or f"tệp{ending}", size=document.file_size),)


def _choices_under(replied: Message | None, username: str) -> tuple[str, ...]:
    """The actions under a message of ours; nobody else can put any there."""
    if replied is None or replied.reply_markup is None or not _is_by(replied, username):
        return ()
    buttons = (button for row in replied.reply_markup.inline_keyboard for button in row)
    return tuple(button.callback_data for button in buttons if isinstance(button.callback_data, str))


def _is_by(message: Message, username: str) -> bool:
    return message.from_user is not None and message.from_user.username == username


def _is_from_another_bot(message: Message) -> bool:
    from_bot = message.from_user is not None and message.from_user.is_bot
    return from_bot and not _is_from_the_group(message)


def _is_from_the_group(message: Message) -> bool:
    """Telegram writes an admin who stays anonymous as a bot, with the group itself as the sender (Bot API, Message)."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _addressed_to_us(message: Message, text: str, username: str) -> str | None:
    """The words without the mention of the bot; None in a group when they are not for us."""
    first, _, rest = text.partition(" ")
    if first.startswith("/") and "@" in first:
        command, _, addressee = first.partition("@")
        return f"{command} {rest}".strip() if addressee.lower() == username.lower() else None
    if message.chat.type == ChatType.PRIVATE or first.startswith("/"):
        return text
    mention = f"@{username}"
    if _mentions(message, mention):
        return _without(text, mention).strip()
    replied = message.reply_to_message
    if replied is None:
        return None
    # A file alone may answer what its sender asked of the bot before.
    asked = replied.text or replied.caption or ""
    return text if _is_by(replied, username) or (not text and asked.startswith("/")) else None


def _mentions(message: Message, mention: str) -> bool:
    found = message.parse_entities([MessageEntity.MENTION]) | message.parse_caption_entities(
        [MessageEntity.MENTION]
    )
    return any(name.lower() == mention.lower() for name in found.values())


def _without(text: str, mention: str) -> str:
    start = text.lower().find(mention.lower())
    return text[:start] + text[start + len(mention) :]
