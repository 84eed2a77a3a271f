"""editMessageText, editMessageCaption, editMessageReplyMarkup, deleteMessage(s), answerCallbackQuery."""

from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.formatting import as_fields, caption, message_text
from sandbox.bot_api.keyboards import read_markup
from sandbox.bot_api.params import Params
from sandbox.bot_api.recipients import writable_chat
from sandbox.bot_api.sending import count_against_limits
from sandbox.chats import BotStatus, Chat, StoredMessage
from sandbox.conversation import delete, edit
from sandbox.json_types import JsonObject
from sandbox.world import World

DELETE_WITHIN_SECONDS = 48 * 3600
ANSWER_MAX = 200
_DELETE_AT_ONCE = 100


def edit_message_text(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#editmessagetext"""
    formatted = message_text(world, params)
    chat, message = _editable(world, params)
    if "text" not in message.api:
        raise bad_request("there is no text in the message to edit")
    changes = as_fields(formatted, "text", "entities")
    preview = params.structure("link_preview_options", "can't parse link preview options JSON object")
    changes["link_preview_options"] = preview if isinstance(preview, dict) and preview else None
    return _apply(world, params, chat, message, changes)


def edit_message_caption(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#editmessagecaption"""
    formatted = caption(world, params)
    chat, message = _editable(world, params)
    if "text" in message.api:
        raise bad_request("there is no caption in the message to edit")
    return _apply(world, params, chat, message, as_fields(formatted, "caption", "caption_entities"))


def edit_message_reply_markup(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    chat, message = _editable(world, params)
    return _apply(world, params, chat, message, {})


def delete_message(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#deletemessage"""
    chat = writable_chat(world, params)
    message = chat.living(params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if not message.outgoing and not chat.is_private and chat.bot_status is not BotStatus.ADMINISTRATOR:
        raise bad_request("message can't be deleted")
    if _is_old(world, message):
        raise bad_request("message can't be deleted for everyone")
    delete(world, chat, message)
    return True


def delete_messages(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#deletemessages; what cannot be deleted is skipped."""
    chat = writable_chat(world, params)
    numbers = params.structure("message_ids", "can't parse message identifiers JSON object")
    if not isinstance(numbers, list) or not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > _DELETE_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        message = chat.living(number) if isinstance(number, int) else None
        allowed = chat.is_private or chat.bot_status is BotStatus.ADMINISTRATOR
        if message is not None and (message.outgoing or allowed) and not _is_old(world, message):
            delete(world, chat, message)
    return True


def answer_callback_query(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#answercallbackquery"""
    text = params.text("text")
    if len(text) > ANSWER_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    tap = world.callbacks.answer(
        params.text("callback_query_id"), text=text or None, show_alert=params.flag("show_alert")
    )
    if tap is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    world.changed()
    world.events.publish("callback", chat_id=tap.chat_id, callback_query_id=tap.id)
    return True


def _editable(world: World, params: Params) -> tuple[Chat, StoredMessage]:
    chat = writable_chat(world, params)
    number = params.integer("message_id")
    if number <= 0:
        raise bad_request("message identifier is not specified")
    message = chat.living(number)
    if message is None:
        raise bad_request("message to edit not found")
    # A message that put up or took away a reply keyboard stays as it is.
    if not message.outgoing or message.keyboard is not None:
        raise bad_request("message can't be edited")
    return chat, message


def _apply(
    world: World, params: Params, chat: Chat, message: StoredMessage, changes: JsonObject
) -> JsonObject:
    # An edit without reply_markup takes the buttons away.
    wanted = changes | {"reply_markup": read_markup(params, chat).inline}
    if all(
        message.api.get(name) == value for name, value in wanted.items() if name != "link_preview_options"
    ):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    if not chat.is_private:
        count_against_limits(world, chat)
    edit(world, chat, message, wanted)
    return message.api


def _is_old(world: World, message: StoredMessage) -> bool:
    sent = message.api["date"]
    return isinstance(sent, int) and world.clock.timestamp() - sent > DELETE_WITHIN_SECONDS
