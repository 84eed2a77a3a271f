"""What people send in chats of Zalo: texts, pictures, stickers, voices, and what the bot cannot read."""

from sandbox.chats import Chat, StoredMessage
from sandbox.control.body import Body, ControlError, person_in, reply_in
from sandbox.conversation import message_for_page, post
from sandbox.files import FileKind, StoredFile
from sandbox.json_types import JsonObject
from sandbox.world import World
from sandbox.zalo_addresses import message_address
from sandbox.zalo_api.events import tell_bot

_KINDS = ("text", "photo", "sticker", "voice", "unsupported")


def write_on_zalo(world: World, chat: Chat, body: Body) -> JsonObject:
    """A person sends one thing: `text`, `photo`, `sticker`, `voice` or `unsupported`.

    `photo` (with a `caption`) and `voice` are addresses, `sticker` an id, `unsupported` true. `mention` puts the
    bot's name in front, as a choice from the list of members does; `reply_to` is the number of a message. The
    answer has the message's `address` on the wire and whether it `reached` the bot.
    """
    received_at = world.settings.real_time()
    content = _content(world, body) | _reply(chat, body)
    message, reached = receive(world, chat, body.whole("from"), content)
    shown: JsonObject = {
        "address": message_address(message.id),
        "reached": reached,
        "received_at": received_at,
    }
    return message_for_page(message) | shown


def file_on_zalo(file: StoredFile, address: str, caption: str) -> JsonObject:
    """An upload of the page: Zalo tells bots of pictures, by their address, and of no other files."""
    if file.kind is FileKind.DOCUMENT:
        return {"unsupported": True, "document": file.as_document()}
    photo: JsonObject = {"photo": file.as_photo(), "photo_url": address}
    return photo | ({"caption": caption} if caption else {})


def receive(world: World, chat: Chat, user_id: int, content: JsonObject) -> tuple[StoredMessage, bool]:
    """Puts a person's message into a chat; True beside it when the bot hears of it."""
    person = person_in(world, chat, user_id)
    message = post(world, chat, person, content)
    return message, tell_bot(world, chat, person, message)


def _content(world: World, body: Body) -> JsonObject:
    given = [kind for kind in _KINDS if body.fields.get(kind) is not None]
    if len(given) != 1:
        raise ControlError(f"a message has one of {', '.join(_KINDS)}")
    match given[0]:
        case "text":
            text = _addressed(world, body, body.text("text").strip())
            if not text:
                raise ControlError("the text is empty")
            return {"text": text}
        case "photo":
            caption = _addressed(world, body, body.text_or_none("caption") or "")
            photo: JsonObject = {"photo_url": body.text("photo")}
            return photo | ({"caption": caption} if caption else {})
        case "sticker":
            sticker = body.text("sticker")
            address = f"https://zalo-api.zdn.vn/api/emoticon/sticker/webpc?eid={sticker}"
            return {"sticker": sticker, "sticker_url": address}
        case "voice":
            return {"voice_url": body.text("voice")}
        case _:
            return {"unsupported": True}


def _addressed(world: World, body: Body, text: str) -> str:
    return f"@{world.zalo.bot.first_name} {text}".strip() if body.flag_or_none("mention") else text


def _reply(chat: Chat, body: Body) -> JsonObject:
    number = body.whole_or_none("reply_to")
    if number is None:
        number = body.whole_or_none("reply_to_message_id")
    return reply_in(chat, number)
