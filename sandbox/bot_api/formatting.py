"""Text and caption of a call: parse mode or given entities, cleaned and within the limits."""

import re

from sandbox.bot_api.errors import bad_request
from sandbox.bot_api.params import Params
from sandbox.entities.html import parse_html
from sandbox.entities.links import checked_url
from sandbox.entities.markdown import parse_markdown
from sandbox.entities.markdown_v2 import parse_markdown_v2
from sandbox.entities.model import Entity, EntityError, FormattedText, utf16_length
from sandbox.entities.settle import settle
from sandbox.json_types import JsonObject
from sandbox.world import World

TEXT_MAX = 4096
CAPTION_MAX = 1024
RAW_TEXT_MAX_BYTES = 1 << 15

_PLAIN = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code"}
)
# Telegram finds these itself and ignores them when given.
_FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


def message_text(world: World, params: Params) -> FormattedText:
    """The text of a message: 1-4096 UTF-16 code units after entities."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    formatted = _formatted(world, params, "text", "entities")
    if not formatted.text:
        raise bad_request("text must be non-empty")
    if utf16_length(formatted.text) > TEXT_MAX:
        raise bad_request("message is too long")
    return formatted


def caption(world: World, params: Params) -> FormattedText:
    """The caption under a file: 0-1024 UTF-16 code units after entities."""
    formatted = _formatted(world, params, "caption", "caption_entities")
    if utf16_length(formatted.text) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    return formatted


def as_fields(formatted: FormattedText, text_name: str, entities_name: str) -> JsonObject:
    """A text as fields of a message; None for what is to be absent."""
    return {
        text_name: formatted.text or None,
        entities_name: [entity.as_api() for entity in formatted.entities] or None,
    }


def _formatted(world: World, params: Params, text_name: str, entities_name: str) -> FormattedText:
    text = params.text(text_name)
    if len(text.encode("utf-8", "surrogatepass")) > RAW_TEXT_MAX_BYTES:
        raise bad_request("text is too long" if text_name == "text" else "message caption is too long")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_request("strings must be encoded in UTF-8")
    mode = params.text("parse_mode").strip().lower()
    try:
        match mode:
            case "" | "none":
                parsed = _with_given(
                    text, params.structure(entities_name, "can't parse entities JSON object")
                )
            case "html":
                parsed = parse_html(text)
            case "markdownv2":
                parsed = parse_markdown_v2(text)
            case "markdown":
                parsed = parse_markdown(text)
            case _:
                raise bad_request("unsupported parse_mode")
    except EntityError as error:
        raise bad_request(f"can't parse entities: {error}") from error
    return settle(_with_known_users(world, parsed))


def _with_known_users(world: World, formatted: FormattedText) -> FormattedText:
    """Mentions by id show the user; those of people whom nobody knows are lost."""
    entities: list[Entity] = []
    for entity in formatted.entities:
        if entity.type != "text_mention":
            entities.append(entity)
            continue
        told = entity.extra.get("user")
        number = told.get("id") if isinstance(told, dict) else None
        person = world.users.get(number) if isinstance(number, int) else None
        if person is not None:
            entities.append(
                Entity(
                    type="text_mention",
                    offset=entity.offset,
                    length=entity.length,
                    extra={"user": person.as_api()},
                )
            )
    return FormattedText(text=formatted.text, entities=tuple(entities))


def _with_given(text: str, given: object) -> FormattedText:
    if given is None:
        return FormattedText(text=text)
    if not isinstance(given, list):
        raise EntityError("expected an Array of MessageEntity")
    length = utf16_length(text)
    entities: list[Entity] = []
    for one in given:
        if not isinstance(one, dict):
            raise EntityError("expected an Object as MessageEntity")
        entity = _given_entity(one)
        if entity is not None and entity.offset >= 0 and entity.length > 0 and entity.end <= length:
            entities.append(entity)
    return FormattedText(text=text, entities=tuple(sorted(entities, key=lambda e: (e.offset, -e.length))))


def _given_entity(given: JsonObject) -> Entity | None:
    kind, offset, length = given.get("type"), given.get("offset"), given.get("length")
    if not isinstance(kind, str):
        raise EntityError('Can\'t find field "type"')
    if not isinstance(offset, int) or not isinstance(length, int):
        raise EntityError(f'Can\'t find field "{"length" if isinstance(offset, int) else "offset"}"')
    if kind in _FOUND:
        return None
    extra = _extra(kind, given)
    return None if extra is None else Entity(type=kind, offset=offset, length=length, extra=extra)


def _extra(kind: str, given: JsonObject) -> JsonObject | None:
    """The fields that belong to a type of entity; None when Telegram would drop the entity."""
    match kind:
        case "pre":
            language = given.get("language")
            return {"language": language} if isinstance(language, str) and language else {}
        case "text_link":
            url = checked_url(str(given.get("url", "")))
            return None if url is None else {"url": url}
        case "text_mention":
            return {"user": given.get("user")}
        case "custom_emoji":
            return {"custom_emoji_id": str(given.get("custom_emoji_id", ""))}
        case "date_time":
            unix, how = given.get("unix_time"), str(given.get("date_time_format") or "")
            if not isinstance(unix, int) or not _TIME_FORMAT.fullmatch(how):
                raise EntityError("Invalid date-time specified")
            return {"unix_time": unix} | ({"date_time_format": how} if how else {})
        case _ if kind in _PLAIN:
            return {}
        case _:
            raise EntityError("Unsupported type specified")
