"""sendMessage, sendPhoto, sendSticker, sendChatAction."""

from urllib.parse import urlsplit

from sandbox.chats import BotStatus, Chat
from sandbox.conversation import post
from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo_addresses import message_address
from sandbox.zalo_api.answer import Answer
from sandbox.zalo_api.errors import ZaloError, bad_request, forbidden, quota_exceeded
from sandbox.zalo_api.formatting import caption, message_text
from sandbox.zalo_api.params import Params

_ACTIONS = frozenset({"typing", "upload_photo"})


def send_message(world: World, params: Params) -> Answer:
    """A text. https://docs.zaloplatforms.com/docs/BOT/apis/sendMessage"""
    return _send(world, params, message_text(params))


def send_photo(world: World, params: Params) -> Answer:
    """A picture that Zalo fetches from an address. https://docs.zaloplatforms.com/docs/BOT/apis/sendPhoto"""
    address = params.required("photo")
    if urlsplit(address).scheme not in {"http", "https"}:
        raise bad_request("photo must be a URL")
    return _send(world, params, {"photo_url": address} | caption(params))


def send_sticker(world: World, params: Params) -> Answer:
    """A sticker by its id. https://docs.zaloplatforms.com/docs/BOT/apis/sendSticker"""
    return _send(world, params, {"sticker": params.required("sticker")})


def send_chat_action(world: World, params: Params) -> Answer:
    """Shows that the bot is busy. https://docs.zaloplatforms.com/docs/BOT/apis/sendChatAction"""
    action = params.required("action")
    if action not in _ACTIONS:
        raise bad_request("action must be typing or upload_photo")
    chat = writable_chat(world, params)
    world.events.publish("action", chat_id=chat.id, action=action)
    return Answer()


def writable_chat(world: World, params: Params) -> Chat:
    """The chat of `chat_id`, if the bot may write there: 404 for none, 403 until it was spoken to, or blocked."""
    chat = world.zalo.chat_at(params.required("chat_id"), world.chats)
    if chat is None:
        raise ZaloError(404, "Not Found: chat not found")
    if chat.bot_status is BotStatus.KICKED:
        raise forbidden("the user has blocked the bot" if chat.is_private else "the bot is not in the group")
    if not chat.started:
        raise forbidden("nobody in this chat has spoken to the bot")
    return chat


def _send(world: World, params: Params, content: JsonObject) -> Answer:
    chat = writable_chat(world, params)
    month = world.clock.month()
    allowed = world.limits.settings.zalo_messages_allowed
    if allowed is not None and world.zalo.count.of(month) >= allowed:
        raise quota_exceeded()
    world.zalo.count.add(month)
    message = post(world, chat, world.zalo.bot, content)
    sent = {"message_id": message_address(message.id), "date": world.clock.milliseconds()}
    return Answer(result=sent, message_id=message.id)
