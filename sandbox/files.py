"""Files that were uploaded: by the bot, or by people in the chat page."""

import base64
import hashlib
import struct
from dataclasses import dataclass
from enum import StrEnum

from sandbox.json_types import JsonObject

# https://core.telegram.org/bots/api#sending-files and #getfile
UPLOAD_MAX = 50 * 1024 * 1024
PHOTO_MAX = 10 * 1024 * 1024
DOWNLOAD_MAX = 20 * 1024 * 1024


class FileKind(StrEnum):
    """What a file_id stands for; Telegram does not send one kind as another."""

    DOCUMENT = "Document"
    PHOTO = "Photo"


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One upload. `number` makes its ids and its path."""

    number: int
    kind: FileKind
    name: str
    mime_type: str
    content: bytes
    width: int = 0
    height: int = 0

    @property
    def file_id(self) -> str:
        """What the bot may send again."""
        seed = hashlib.sha256(f"{self.kind}{self.number}".encode()).digest() * 2
        prefix = "BQACAgUAAxkB" if self.kind is FileKind.DOCUMENT else "AgACAgUAAxkB"
        return prefix + base64.urlsafe_b64encode(seed[:45]).decode()

    @property
    def unique_id(self) -> str:
        """The same for the same content, and of no use for sending."""
        seed = hashlib.sha256(self.content).digest()[:12]
        return "AgAD" + base64.urlsafe_b64encode(seed).decode()

    @property
    def path(self) -> str:
        """Where it is downloaded from."""
        suffix = "." + self.name.rpartition(".")[2] if "." in self.name else ""
        if self.kind is FileKind.PHOTO:
            return f"photos/file_{self.number}.jpg"
        return f"documents/file_{self.number}{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"

    def as_document(self) -> JsonObject:
        """https://core.telegram.org/bots/api#document"""
        return {
            "file_name": self.name,
            "mime_type": self.mime_type,
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
        }

    def as_photo(self) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#photosize; one size only, for the sandbox does not scale."""
        return [
            {
                "file_id": self.file_id,
                "file_unique_id": self.unique_id,
                "file_size": len(self.content),
                "width": self.width,
                "height": self.height,
            }
        ]


class FileStore:
    """All uploads by file_id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, *, kind: FileKind, name: str, mime_type: str, content: bytes) -> StoredFile:
        """Keeps an upload under new ids."""
        width, height = picture_size(content) or (0, 0)
        file = StoredFile(
            number=len(self.by_id) + 1,
            kind=kind,
            name=name,
            mime_type=mime_type,
            content=content,
            width=width,
            height=height,
        )
        self.restore(file)
        return file

    def restore(self, file: StoredFile) -> None:
        """Puts a saved file back."""
        self.by_id[file.file_id] = file
        self._by_path[file.path] = file

    def at(self, path: str) -> StoredFile | None:
        """The file of a download path."""
        return self._by_path.get(path)


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG, GIF or extended WebP; None when it is not one of them."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content[:6] in {b"GIF87a", b"GIF89a"} and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content[:4] == b"RIFF" and content[8:16] == b"WEBPVP8X" and len(content) >= 30:
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return None


def picture_type(content: bytes) -> str | None:
    """The media type that a browser may show as a picture, judged by the first bytes."""
    heads = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8": "image/jpeg", b"GIF8": "image/gif"}
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in heads.items() if content.startswith(head)), None)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
