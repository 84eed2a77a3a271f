"""sendMessage, sendDocument, sendPhoto, sendChatAction."""

from sandbox.bot_api.attachments import document_of, photo_of
from sandbox.bot_api.errors import bad_request, too_many_requests
from sandbox.bot_api.formatting import as_fields, caption, message_text
from sandbox.bot_api.keyboards import Markup, read_markup
from sandbox.bot_api.params import Params
from sandbox.bot_api.recipients import known_chat, writable_chat
from sandbox.chats import Chat, ChatType
from sandbox.conversation import as_reply, chat_as_api, post
from sandbox.json_types import JsonObject
from sandbox.world import World

_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


def send_message(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#sendmessage"""
    formatted = message_text(world, params)
    content = as_fields(formatted, "text", "entities")
    preview = params.structure("link_preview_options", "can't parse link preview options JSON object")
    if isinstance(preview, dict) and preview:
        content["link_preview_options"] = preview
    return _accept(world, params, content)


def send_document(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#senddocument"""
    text = caption(world, params)
    writable_chat(world, params)
    content: JsonObject = {"document": document_of(world, params).as_document()}
    return _accept(world, params, content | as_fields(text, "caption", "caption_entities"))


def send_photo(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#sendphoto"""
    text = caption(world, params)
    writable_chat(world, params)
    content: JsonObject = {"photo": photo_of(world, params).as_photo()}
    for flag in ("show_caption_above_media", "has_spoiler"):
        if params.flag(flag):
            content["has_media_spoiler" if flag == "has_spoiler" else flag] = True
    return _accept(world, params, content | as_fields(text, "caption", "caption_entities"))


def send_chat_action(world: World, params: Params) -> object:
    """https://core.telegram.org/bots/api#sendchataction"""
    if params.text("action").lower() not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = writable_chat(world, params)
    world.events.publish("action", chat_id=chat.id, action=params.text("action").lower())
    return True


def count_against_limits(world: World, chat: Chat) -> None:
    """Takes one message's worth from the flood limits; 429 when there is none left."""
    seconds = world.limits.seconds_to_wait(chat.id, is_group=not chat.is_private)
    if seconds:
        raise too_many_requests(seconds)


def _accept(world: World, params: Params, content: JsonObject) -> JsonObject:
    chat = writable_chat(world, params)
    reply = _reply(world, params, chat)
    thread = _thread(params, chat)
    markup = read_markup(params, chat)
    count_against_limits(world, chat)
    extra = reply | thread | _inline(markup)
    if params.flag("protect_content"):
        extra["has_protected_content"] = True
    present = {name: value for name, value in (content | extra).items() if value is not None}
    message = post(world, chat, world.bot, present)
    message.keyboard = markup.keyboard
    return message.api


def _inline(markup: Markup) -> JsonObject:
    return {} if markup.inline is None else {"reply_markup": markup.inline}


def _thread(params: Params, chat: Chat) -> JsonObject:
    """A topic is accepted in supergroups only: nothing else can have topics here."""
    number = params.integer("message_thread_id")
    if not number:
        return {}
    if chat.type is not ChatType.SUPERGROUP:
        raise bad_request("message thread not found")
    return {"message_thread_id": number, "is_topic_message": True}


def _reply(world: World, params: Params, chat: Chat) -> JsonObject:
    given = params.structure("reply_parameters", "can't parse reply parameters JSON object")
    if given is None:
        number = params.integer("reply_to_message_id")
        lenient = params.flag("allow_sending_without_reply")
        quote: object = None
        other: object = None
    elif isinstance(given, dict):
        number = Params(values=given).integer("message_id")
        lenient = Params(values=given).flag("allow_sending_without_reply")
        quote, other = given.get("quote"), given.get("chat_id")
    else:
        raise bad_request("object expected as reply parameters")
    if number <= 0:
        return {}
    source = (
        chat
        if other in {None, chat.id, str(chat.id)}
        else known_chat(world, Params(values={"chat_id": other}))
    )
    target = source.living(number)
    if target is None:
        if lenient:
            return {}
        raise bad_request("message to be replied not found")
    if source is not chat:
        origin = {"type": "user", "date": target.api["date"], "sender_user": target.api["from"]}
        return {
            "external_reply": {"origin": origin, "chat": chat_as_api(world, source), "message_id": number}
        }
    shown: JsonObject = {"reply_to_message": as_reply(target)}
    if isinstance(quote, str) and quote:
        text = str(target.api.get("text") or target.api.get("caption") or "")
        if quote not in text:
            raise bad_request("quote not found")
        shown["quote"] = {"text": quote, "position": text.index(quote), "is_manual": True}
    return shown
