"""What people do in chats: they write, edit, send files and tap buttons."""

import re
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.chats import BotStatus, Chat, StoredMessage, User
from sandbox.control.body import (
    Body,
    ControlError,
    answer,
    chat_of,
    person_in,
    read_body,
    reply_in,
    whole_query,
)
from sandbox.control.zalo_talk import file_on_zalo, receive, write_on_zalo
from sandbox.conversation import edit, message_for_page, post, tell_bot
from sandbox.entities.model import FormattedText, utf16_length, utf16_slice
from sandbox.entities.settle import settle
from sandbox.files import UPLOAD_MAX, FileKind, picture_size, picture_type
from sandbox.json_types import JsonObject
from sandbox.world import World

TEXT_MAX = 4096
_PAGE = 200
_INSIDE = frozenset({BotStatus.MEMBER, BotStatus.ADMINISTRATOR})
_ADDRESSED = re.compile(r"/[a-zA-Z0-9_]{1,64}@([a-zA-Z0-9_]{3,32})")


class Talk:
    """The part of the control API that is about messages."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def write(self, request: Request) -> Response:
        """A person sends a text. `received_at`: when it came, on the clock of the call log."""
        chat, body = self._open_chat(request), await read_body(request)
        if chat.is_zalo:
            return answer(write_on_zalo(self._world, chat, body))
        received_at = self._world.settings.real_time()
        person = person_in(self._world, chat, body.whole("from"))
        content = _text_fields(body.text("text"), "text", "entities")
        if "text" not in content:
            raise ControlError("the text is empty")
        message = self._receive(
            chat, person, content | reply_in(chat, body.whole_or_none("reply_to_message_id")), body
        )
        return answer(message_for_page(message) | {"received_at": received_at})

    async def edit(self, request: Request) -> Response:
        """A person changes a text that a person sent."""
        chat, body = self._open_chat(request), await read_body(request)
        if chat.is_zalo:
            raise ControlError("nobody can edit a message on Zalo", 409)
        message = chat.living(request.path_params["message_id"])
        if message is None:
            raise ControlError("there is no such message", 404)
        if message.outgoing:
            raise ControlError("people cannot edit the bot's messages")
        name = "text" if "text" in message.api else "caption"
        entities = "entities" if name == "text" else "caption_entities"
        edit(self._world, chat, message, {entities: None} | _text_fields(body.text("text"), name, entities))
        if self._reaches_bot(chat, message, body):
            tell_bot(self._world, "edited_message", message.api)
        return answer(message_for_page(message))

    async def send_photo(self, request: Request) -> Response:
        """A person sends a picture."""
        return await self._send_file(request, FileKind.PHOTO)

    async def send_document(self, request: Request) -> Response:
        """A person sends a file."""
        return await self._send_file(request, FileKind.DOCUMENT)

    async def tap(self, request: Request) -> Response:
        """A person taps a button under one of the bot's messages."""
        world, chat, body = self._world, self._open_chat(request), await read_body(request)
        person = person_in(world, chat, body.whole("from"))
        message, data = chat.living(body.whole("message_id")), body.text("data")
        if message is None:
            raise ControlError("there is no such message", 404)
        if data not in _callback_data(message):
            raise ControlError("there is no such button on this message")
        if chat.bot_status not in _INSIDE:
            raise ControlError("the bot is not in this chat any more", 409)
        tap = world.callbacks.add(chat_id=chat.id, message_id=message.id)
        tell_bot(
            world,
            "callback_query",
            {
                "id": tap.id,
                "from": person.as_api(),
                "message": message.api,
                "chat_instance": str(-7_000_000_000_000_000_000 - chat.id),
                "data": data,
            },
        )
        return answer({"callback_query_id": tap.id})

    async def callback(self, request: Request) -> Response:
        """How a tap was answered."""
        tap = self._world.callbacks.taps.get(request.path_params["callback_query_id"])
        if tap is None:
            raise ControlError("there is no such callback query", 404)
        return answer(tap.as_json())

    async def messages(self, request: Request) -> Response:
        """Messages after a number, oldest first; without `after` the newest ones."""
        chat = chat_of(self._world, request)
        limit = min(1_000, max(1, whole_query(request, "limit") or _PAGE))
        after = whole_query(request, "after")
        found = chat.latest(limit) if after is None else chat.after(after, limit)
        return answer({"messages": [message_for_page(message) for message in found]})

    async def file(self, request: Request) -> Response:
        """A file of a message, for the page: pictures to be shown, everything else to be saved."""
        file = self._world.files.by_id.get(request.path_params["file_id"])
        if file is None:
            raise ControlError("there is no such file", 404)
        picture = picture_type(file.content)
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
        if picture is None:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
        return Response(file.content, media_type=picture or "application/octet-stream", headers=headers)

    def _open_chat(self, request: Request) -> Chat:
        chat = chat_of(self._world, request)
        if chat.migrated_to is not None:
            raise ControlError(f"this group has become the supergroup {chat.migrated_to}", 409)
        return chat

    async def _send_file(self, request: Request, kind: FileKind) -> Response:
        world, chat = self._world, self._open_chat(request)
        async with request.form(max_part_size=UPLOAD_MAX) as form:
            upload, caption = form.get("file"), form.get("caption")
            sender, replied = form.get("from"), form.get("reply_to_message_id")
            if not isinstance(upload, UploadFile):
                raise ControlError("there is no file in the request")
            content = await upload.read()
            name, mime_type = upload.filename or "file", upload.content_type or "application/octet-stream"
        if not isinstance(sender, str) or not sender.isdecimal():
            raise ControlError("from must be the id of a user")
        if replied is not None and not (isinstance(replied, str) and replied.isdecimal()):
            raise ControlError("reply_to_message_id must be the id of a message")
        reply = reply_in(chat, None if replied is None else int(replied))
        if kind is FileKind.PHOTO and picture_size(content) is None:
            raise ControlError("this is not a PNG, JPEG, GIF or WebP picture")
        person = person_in(world, chat, int(sender))
        file = world.files.add(kind=kind, name=name, mime_type=mime_type, content=content)
        if chat.is_zalo:
            address = f"{request.base_url}control/files/{file.file_id}"
            on_zalo = file_on_zalo(file, address, caption if isinstance(caption, str) else "")
            sent, reached = receive(world, chat, person.id, on_zalo | reply)
            return answer(message_for_page(sent) | {"reached": reached})
        shown: JsonObject = (
            {"photo": file.as_photo()} if kind is FileKind.PHOTO else {"document": file.as_document()}
        )
        under = _text_fields(caption if isinstance(caption, str) else "", "caption", "caption_entities")
        message = self._receive(chat, person, shown | under | reply, Body(fields={}))
        return answer(message_for_page(message))

    def _receive(self, chat: Chat, person: User, content: JsonObject, body: Body) -> StoredMessage:
        chat.started = True
        message = post(self._world, chat, person, content)
        if self._reaches_bot(chat, message, body):
            tell_bot(self._world, "message", message.api)
        return message

    def _reaches_bot(self, chat: Chat, message: StoredMessage, body: Body) -> bool:
        """Privacy mode. https://core.telegram.org/bots/features#privacy-mode"""
        if chat.bot_status not in _INSIDE:
            return False
        if chat.is_private or chat.bot_status is BotStatus.ADMINISTRATOR:
            return True
        if body.flag_or_none("privacy") is False:
            return True
        replied = message.api.get("reply_to_message")
        sender = replied.get("from") if isinstance(replied, dict) else None
        if isinstance(sender, dict) and sender.get("id") == self._world.bot.id:
            return True
        return _addresses(message, self._world.bot.username or "")


def _addresses(message: StoredMessage, username: str) -> bool:
    """Whether a text begins with a command for no other bot, or mentions the bot."""
    name = "text" if "text" in message.api else "caption"
    text = str(message.api.get(name, ""))
    if text.startswith("/"):
        addressed = _ADDRESSED.match(text)
        return addressed is None or addressed[1].lower() == username.lower()
    entities = message.api.get("entities" if name == "text" else "caption_entities")
    for entity in entities if isinstance(entities, list) else []:
        covered = utf16_slice(text, entity["offset"], entity["length"]).lower()
        if entity["type"] == "mention" and covered == f"@{username.lower()}":
            return True
        if entity["type"] == "bot_command" and covered.endswith(f"@{username.lower()}"):
            return True
    return False


def _callback_data(message: StoredMessage) -> set[str]:
    markup = message.api.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = (button for row in rows or [] for button in row)
    return {button["callback_data"] for button in buttons if "callback_data" in button}


def _text_fields(text: str, name: str, entities_name: str) -> JsonObject:
    """A person's text as Telegram keeps it, with what it finds in it."""
    settled = settle(FormattedText(text=text))
    if utf16_length(settled.text) > TEXT_MAX:
        raise ControlError(f"a message holds {TEXT_MAX} characters")
    fields: JsonObject = {name: settled.text} if settled.text else {}
    found = [entity.as_api() for entity in settled.entities]
    return fields | ({entities_name: found} if found else {})
