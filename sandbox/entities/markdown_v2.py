"""Telegram's MarkdownV2. https://core.telegram.org/bots/api#markdownv2-style"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from sandbox.entities.links import link_entity
from sandbox.entities.model import Entity, EntityError, FormattedText, utf16_length
from sandbox.json_types import JsonObject

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_KINDS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
_NAMES = {
    "*": "Bold",
    "_": "Italic",
    "__": "Underline",
    "~": "Strikethrough",
    "||": "Spoiler",
    "`": "Code",
    "```": "PreCode",
    "[": "TextUrl",
    "![": "CustomEmoji",
    ">": "BlockQuote",
}


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A mark that waits for its end."""

    mark: str
    at: int
    offset: int
    part: int


class _Parser:
    def __init__(self, text: str) -> None:
        self.source = text
        self.at = 0
        self.units = 0
        self.parts: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> FormattedText:
        while self.at < len(self.source):
            if self.starts_quote():
                continue
            character = self.source[self.at]
            if character == "\\" and self.is_escapable(self.at + 1):
                self.emit(self.source[self.at + 1], 2)
            elif character == "\n":
                self.end_of_line()
            elif character in _RESERVED:
                self.reserved()
            else:
                self.emit(character, 1)
        if self.open and self.open[-1].mark == ">":
            self.end_quote(expandable=False)
        if self.open:
            last = self.open[-1]
            raise EntityError(
                f"Can't find end of {_NAMES[last.mark]} entity at byte offset {self.byte(last.at)}"
            )
        return FormattedText(text="".join(self.parts), entities=tuple(self.entities))

    def byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def is_escapable(self, at: int) -> bool:
        return at < len(self.source) and 0 < ord(self.source[at]) <= 126

    def emit(self, text: str, step: int) -> None:
        self.parts.append(text)
        self.units += utf16_length(text)
        self.at += step

    def begin(self, mark: str) -> None:
        self.open.append(_Open(mark=mark, at=self.at, offset=self.units, part=len(self.parts)))
        self.at += len(mark)

    def add(self, kind: str, opened: _Open, extra: JsonObject | None = None) -> None:
        if self.units > opened.offset:
            length = self.units - opened.offset
            self.entities.append(Entity(type=kind, offset=opened.offset, length=length, extra=extra or {}))

    def starts_quote(self) -> bool:
        """A line that begins with > (or **> to part it from the quote before) opens a quotation."""
        if self.at and self.source[self.at - 1] != "\n":
            return False
        inside = any(one.mark == ">" for one in self.open)
        if inside:
            return False
        if self.source.startswith("**>", self.at):
            self.at += 2
        if not self.source.startswith(">", self.at):
            return False
        if self.open:
            raise EntityError(f"Can't find end of {_NAMES[self.open[-1].mark]} entity at byte offset "
                              f"{self.byte(self.open[-1].at)}")  # fmt: skip
        self.begin(">")
        return True

    def end_of_line(self) -> None:
        if self.open and self.open[-1].mark == ">":
            if self.source.startswith("\n>", self.at):
                self.emit("\n", 2)
                return
            self.end_quote(expandable=False)
        self.emit("\n", 1)

    def end_quote(self, *, expandable: bool) -> None:
        self.add("expandable_blockquote" if expandable else "blockquote", self.open.pop())

    def reserved(self) -> None:
        mark = self.mark_here()
        last = self.open[-1].mark if self.open else ""
        if mark == "||" and last == ">" and self.source[self.at + 2 : self.at + 3] in {"", "\n"}:
            self.at += 2
            self.end_quote(expandable=True)
        elif mark == last and mark in _KINDS:
            self.at += len(mark)
            self.add(_KINDS[mark], self.open.pop())
        elif mark == "]" and last in {"[", "!["}:
            self.end_link()
        elif mark in {"`", "```"}:
            self.code(mark)
        elif mark in _KINDS or mark in {"[", "!["}:
            self.begin(mark)
        else:
            raise EntityError(f"Character '{mark}' is reserved and must be escaped with the preceding '\\'")

    def mark_here(self) -> str:
        """The longest mark at this place; "__" closes an open underline before an italic."""
        for mark in ("```", "__", "||", "!["):
            if self.source.startswith(mark, self.at):
                return mark
        return self.source[self.at]

    def code(self, mark: str) -> None:
        """Inside code only ` and \\ can be escaped, and nothing else means anything."""
        opened = _Open(mark=mark, at=self.at, offset=self.units, part=len(self.parts))
        self.at += len(mark)
        content: list[str] = []
        while not self.source.startswith(mark, self.at):
            if self.at >= len(self.source):
                raise EntityError(
                    f"Can't find end of {_NAMES[mark]} entity at byte offset {self.byte(opened.at)}"
                )
            if self.source[self.at] == "\\" and self.source[self.at + 1 : self.at + 2] in {"`", "\\"}:
                self.at += 1
            content.append(self.source[self.at])
            self.at += 1
        inner, extra = "".join(content), JsonObject()
        if mark == "```":
            first, newline, rest = inner.partition("\n")
            if newline and not any(map(str.isspace, first)):
                inner, extra = rest, ({"language": first} if first else {})
        self.emit(inner, len(mark))
        self.add("code" if mark == "`" else "pre", opened, extra)

    def end_link(self) -> None:
        opened = self.open.pop()
        self.at += 1
        content = "".join(self.parts[opened.part :])
        address = content
        if self.source.startswith("(", self.at):
            address = self.address()
        length = self.units - opened.offset
        if not length:
            return
        if opened.mark == "![":
            kind, extra = _picture(address)
            self.add(kind, opened, extra)
            return
        link = link_entity(address, opened.offset, length)
        if link is not None:
            self.entities.append(link)

    def address(self) -> str:
        begin = self.at
        self.at += 1
        found: list[str] = []
        while not self.source.startswith(")", self.at):
            if self.source.startswith("\\", self.at) and self.is_escapable(self.at + 1):
                self.at += 1
            if self.at >= len(self.source):
                raise EntityError(f"Can't find end of a URL at byte offset {self.byte(begin)}")
            found.append(self.source[self.at])
            self.at += 1
        self.at += 1
        return "".join(found)


def _picture(address: str) -> tuple[str, JsonObject]:
    """What ![…](tg://emoji?id=…) and ![…](tg://time?unix=…&format=…) stand for."""
    query = parse_qs(urlsplit(address).query)
    number, unix = query.get("id", [""])[0], query.get("unix", [""])[0]
    if address.startswith("tg://emoji?") and number.isdecimal():
        return "custom_emoji", {"custom_emoji_id": number}
    if address.startswith("tg://time?") and unix.isdecimal():
        how = query.get("format", [""])[0]
        return "date_time", {"unix_time": int(unix)} | ({"date_time_format": how} if how else {})
    raise EntityError("Custom emoji URL must have an emoji identifier")


def parse_markdown_v2(text: str) -> FormattedText:
    """Text and entities; EntityError in Telegram's words for an unescaped or unclosed mark."""
    return _Parser(text).run()
