"""Telegram's old Markdown. https://core.telegram.org/bots/api#markdown-style"""

from sandbox.entities.links import link_entity
from sandbox.entities.model import Entity, EntityError, FormattedText, utf16_length
from sandbox.json_types import JsonObject

_ESCAPABLE = "_*`["
_KINDS = {"_": "italic", "*": "bold", "[": "text_link", "`": "code", "```": "pre"}


def parse_markdown(text: str) -> FormattedText:
    """Text and entities; entities do not nest. EntityError names the byte offset of one without an end."""
    parts: list[str] = []
    entities: list[Entity] = []
    units = at = 0
    while at < len(text):
        character = text[at]
        if character == "\\" and text[at + 1 : at + 2] and text[at + 1] in _ESCAPABLE:
            parts.append(text[at + 1])
            units += 1
            at += 2
            continue
        if character not in _ESCAPABLE:
            parts.append(character)
            units += utf16_length(character)
            at += 1
            continue
        mark = "```" if text.startswith("```", at) else character
        content, extra_or_link, after = _stretch(text, at, mark)
        length = utf16_length(content)
        entity = (
            link_entity(extra_or_link, units, length)
            if isinstance(extra_or_link, str)
            else Entity(type=_KINDS[mark], offset=units, length=length, extra=extra_or_link)
        )
        if length and entity is not None:
            entities.append(entity)
        parts.append(content)
        units += length
        at = after
    return FormattedText(text="".join(parts), entities=tuple(entities))


def _stretch(text: str, at: int, mark: str) -> tuple[str, JsonObject | str, int]:
    """What stands between a mark and its end, its fields (or address), and where the text goes on."""
    begin = at + len(mark)
    closing = "]" if mark == "[" else mark
    end = text.find(closing, begin)
    if end < 0:
        raise EntityError(f"Can't find end of the entity starting at byte offset {len(text[:at].encode())}")
    content, after = text[begin:end], end + len(closing)
    if mark == "[":
        address = content
        if text[after : after + 1] == "(":
            stop = text.find(")", after)
            stop = len(text) if stop < 0 else stop
            address, after = text[after + 1 : stop], stop + 1
        return content, address, after
    if mark == "```":
        first, newline, rest = content.partition("\n")
        if newline and first and not any(map(str.isspace, first)):
            return rest, {"language": first}, after
        return content.removeprefix("\n"), {}, after
    return content, {}, after
