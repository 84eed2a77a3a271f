"""The text of a message: its length, its markup or its styles."""

import re

from sandbox.entities.html import parse_html
from sandbox.entities.markdown import parse_markdown
from sandbox.entities.model import Entity, EntityError, FormattedText, utf16_length
from sandbox.json_types import JsonObject
from sandbox.zalo_api.errors import ZaloError, bad_request
from sandbox.zalo_api.params import Params

TEXT_MAX = 2_000
CAPTION_MAX = 2_000

# What a style means in Telegram's words, in which the sandbox keeps its messages.
_ENTITIES = {"b": "bold", "i": "italic", "u": "underline", "s": "strikethrough"}
# Sizes and colours, which the chat page does not show.
_OTHER_STYLES = re.compile(r"f_[0-9]{2}|c_[0-9a-f]{6}")


def message_text(params: Params) -> JsonObject:
    """The text of a message and its entities, as fields of a stored message; 400 for what Zalo would not send.

    1-2000 characters, counted before markup is read and in UTF-16 units, as Zalo counts the places of styles.
    """
    text = params.text("text")
    if not text.strip():
        raise bad_request("text is required")
    if utf16_length(text) > TEXT_MAX:
        raise bad_request(f"text must have 1-{TEXT_MAX} characters")
    formatted = _formatted(text, params)
    entities = [entity.as_api() for entity in formatted.entities]
    return {"text": formatted.text} | ({"entities": entities} if entities else {})


def caption(params: Params) -> JsonObject:
    """The caption under a photo: 0-2000 characters, plain."""
    text = params.text("caption")
    if utf16_length(text) > CAPTION_MAX:
        raise bad_request(f"caption must have at most {CAPTION_MAX} characters")
    return {"caption": text} if text else {}


def _formatted(text: str, params: Params) -> FormattedText:
    """`parse_mode` wins over `text_styles`."""
    try:
        match params.text("parse_mode"):
            case "":
                return FormattedText(text=text, entities=_styled(text, params.structure("text_styles")))
            case "html":
                return parse_html(text)
            case "markdown":
                return parse_markdown(text)
            case _:
                raise bad_request("parse_mode must be markdown or html")
    except EntityError as error:
        raise bad_request(f"text cannot be parsed: {error}") from error


def _styled(text: str, styles: object) -> tuple[Entity, ...]:
    if styles is None:
        return ()
    if not isinstance(styles, list):
        raise _bad_styles()
    found = [entity for style in styles for entity in _entities(style, utf16_length(text))]
    return tuple(sorted(found, key=lambda entity: (entity.offset, -entity.length)))


def _entities(style: object, length: int) -> list[Entity]:
    """One style `{"start", "len", "st": ["b", …]}`, in UTF-16 units."""
    if not isinstance(style, dict):
        raise _bad_styles()
    start, covered, codes = style.get("start"), style.get("len"), style.get("st")
    if type(start) is not int or type(covered) is not int or not isinstance(codes, list) or not codes:
        raise _bad_styles()
    if start < 0 or covered <= 0 or start + covered > length:
        raise bad_request("text_styles must lie within the text")
    unknown = [
        code
        for code in codes
        if not isinstance(code, str) or not (code in _ENTITIES or _OTHER_STYLES.fullmatch(code))
    ]
    if unknown:
        raise bad_request(f"text_styles knows no {unknown[0]!r}")
    return [Entity(type=_ENTITIES[code], offset=start, length=covered) for code in codes if code in _ENTITIES]


def _bad_styles() -> ZaloError:
    return bad_request('text_styles must be a list of {"start", "len", "st"}')
