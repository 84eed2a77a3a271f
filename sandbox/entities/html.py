"""Telegram's HTML. https://core.telegram.org/bots/api#html-style

Places in error messages are byte offsets in UTF-8, as Telegram counts them.
"""

import re
from dataclasses import dataclass

from sandbox.entities.links import link_entity
from sandbox.entities.model import Entity, EntityError, FormattedText, utf16_length
from sandbox.json_types import JsonObject

_PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset(_PLAIN_TAGS) | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
_SPACES = b" \t\r\n\0\x0b"
_REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot));?")
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_NAME_TOKEN = re.compile(rb"[A-Za-z0-9.-]*")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A start tag that waits for its end: where its entity begins, and its attributes."""

    tag: str
    attributes: dict[str, str]
    offset: int
    part: int


class _Parser:
    def __init__(self, text: str) -> None:
        self.source = text.encode()
        self.at = 0
        self.parts: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> FormattedText:
        while self.at < len(self.source):
            character = self.source[self.at : self.at + 1]
            if character == b"<":
                if self.source[self.at + 1 : self.at + 2] == b"/":
                    self.end_tag()
                else:
                    self.start_tag()
            elif character == b"&":
                self.emit(self.reference() or self.take_ampersand())
            else:
                self.plain()
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return FormattedText(text="".join(self.parts), entities=tuple(self.entities))

    def emit(self, text: str) -> None:
        self.parts.append(text)
        self.units += utf16_length(text)

    def plain(self) -> None:
        stops = [place for mark in (b"<", b"&") if (place := self.source.find(mark, self.at)) >= 0]
        end = min(stops, default=len(self.source))
        self.emit(self.source[self.at : end].decode())
        self.at = end

    def take_ampersand(self) -> str:
        self.at += 1
        return "&"

    def reference(self) -> str | None:
        """Decodes a character reference at this place and steps over it; None when there is none."""
        found = _REFERENCE.match(self.source, self.at)
        if found is None:
            return None
        hexadecimal, decimal, name = found.groups()
        if name is not None:
            self.at = found.end()
            return _NAMED[name]
        code = int(hexadecimal, 16) if hexadecimal is not None else int(decimal)
        if not 0 < code < 0x10FFFF:
            return None
        if 0xD800 <= code <= 0xDFFF:
            raise EntityError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        self.at = found.end()
        return chr(code)

    def peek(self) -> bytes:
        return self.source[self.at : self.at + 1]

    def skip_spaces(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in _SPACES:
            self.at += 1

    def until(self, stops: bytes) -> bytes:
        begin = self.at
        while self.at < len(self.source) and self.source[self.at] not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self.until(_SPACES + b">").decode().lower()
        if not self.peek():
            raise EntityError(f"Unclosed start tag at byte offset {begin}")
        if tag not in _TAGS:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes = self.attributes(tag, begin)
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(
            _Open(tag=tag, attributes=attributes, offset=self.units, part=len(self.parts)),
        )

    def attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.peek() != b">":
            self.skip_spaces()
            if self.peek() == b">":
                break
            # "<blockquote expandable>" has an attribute without a value; all others need one.
            name = self.until(_SPACES + b"=>" if tag == "blockquote" else _SPACES + b"=").decode()
            if not name:
                if not self.peek():
                    raise EntityError(f"Unclosed start tag at byte offset {begin}")
                raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self.skip_spaces()
            if tag == "blockquote" and self.peek() != b"=":
                found[name] = ""
                continue
            if self.peek() != b"=":
                raise EntityError(
                    f'Expected equal sign in declaration of an attribute of the tag "{tag}" '
                    f"at byte offset {begin}"
                )
            self.at += 1
            self.skip_spaces()
            if not self.peek():
                raise EntityError(f'Unclosed start tag "{tag}" at byte offset {begin}')
            found[name] = self.attribute_value()
            if not self.peek():
                raise EntityError(f"Unclosed start tag at byte offset {begin}")
        return found

    def attribute_value(self) -> str:
        if self.peek() not in {b"'", b'"'}:
            begin = self.at
            token = _NAME_TOKEN.match(self.source, self.at)
            self.at = token.end() if token else self.at
            if self.peek() and self.peek() not in b">" + _SPACES:
                raise EntityError(f"Unexpected end of name token at byte offset {begin}")
            return self.source[begin : self.at].decode().lower()
        quote = self.peek()
        self.at += 1
        pieces: list[str] = []
        while self.peek() not in {quote, b""}:
            if self.peek() == b"&":
                pieces.append(self.reference() or self.take_ampersand())
            else:
                pieces.append(self.until(quote + b"&").decode())
        if self.peek() == quote:
            self.at += 1
        return "".join(pieces)

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise EntityError(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        name = self.until(_SPACES + b">").decode().lower()
        self.skip_spaces()
        if self.peek() != b">":
            raise EntityError(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise EntityError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.units > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        """Makes the entity of a pair of tags that has something between them."""
        length = self.units - opened.offset
        if opened.tag == "a":
            address = opened.attributes.get("href") or "".join(self.parts[opened.part :])
            link = link_entity(address, opened.offset, length)
            if link is not None:
                self.entities.append(link)
            return
        if opened.tag in {"pre", "code"}:
            self.close_code(opened, length)
            return
        kind, extra = _kind(opened)
        self.entities.append(Entity(type=kind, offset=opened.offset, length=length, extra=extra))

    def close_code(self, opened: _Open, length: int) -> None:
        """<pre><code class="language-…"> is one entity with a language; a language elsewhere is lost."""
        marked = opened.attributes.get("class", "")
        language = marked.removeprefix("language-") if marked.startswith("language-") else ""
        inner = self.entities[-1] if self.entities else None
        if inner is not None and (inner.offset, inner.length) == (opened.offset, length):
            told = str(inner.extra.get("language", ""))
            if (opened.tag == "pre" and inner.type == "code" and told) or (
                opened.tag == "code" and inner.type == "pre" and language
            ):
                self.entities[-1] = Entity(
                    type="pre", offset=inner.offset, length=length, extra={"language": told or language}
                )
                return
        extra: JsonObject = {"language": language} if opened.tag == "code" and language else {}
        self.entities.append(Entity(type=opened.tag, offset=opened.offset, length=length, extra=extra))


def _kind(opened: _Open) -> tuple[str, JsonObject]:
    if opened.tag in _PLAIN_TAGS:
        return _PLAIN_TAGS[opened.tag], {}
    if opened.tag == "blockquote":
        return ("expandable_blockquote" if "expandable" in opened.attributes else "blockquote"), {}
    if opened.tag == "tg-emoji":
        number = opened.attributes.get("emoji-id", "")
        if not number.isdecimal() or int(number) == 0:
            raise EntityError("Invalid custom emoji identifier specified")
        return "custom_emoji", {"custom_emoji_id": number}
    unix, how = opened.attributes.get("unix", ""), opened.attributes.get("format", "")
    if not unix.isdecimal() or not _TIME_FORMAT.fullmatch(how):
        raise EntityError("Invalid date-time specified")
    return "date_time", {"unix_time": int(unix)} | ({"date_time_format": how} if how else {})


def parse_html(text: str) -> FormattedText:
    """Text and entities out of Telegram's HTML; EntityError in Telegram's words, with the byte offset."""
    parsed = _Parser(text).run()
    # The language of a lone <code> is accepted and lost.
    entities = tuple(
        Entity(type="code", offset=one.offset, length=one.length) if one.type == "code" else one
        for one in parsed.entities
    )
    return FormattedText(text=parsed.text, entities=entities)
