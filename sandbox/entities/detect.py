"""What Telegram finds in a text by itself: commands, mentions, hashtags, addresses."""

import re

from sandbox.entities.model import Entity, utf16_length

_FORBIDDEN_AROUND = r"[/<>]"
# A few of the endings that Telegram knows; the sandbox needs those of Vietnamese offices.
_TOP_LEVEL = "vn|com|org|net|info|edu|gov|int|io|me|dev|app"
_HOST = rf"(?:[\w-]+\.)+(?:{_TOP_LEVEL})\b"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(rf"(?<![\w@/.])(?:(?:https?|ftp)://[^\s<>\"'«»“”]+|{_HOST}(?!@)(?::\d+)?(?:[/?#][^\s<>\"'«»“”]*)?)")),
    ("email", re.compile(rf"(?<![\w.+-])[\w.+-]+@{_HOST}", re.ASCII)),
    ("bot_command", re.compile(rf"(?<![\w/<>@])/[a-zA-Z0-9_]{{1,64}}(?:@[a-zA-Z0-9_]{{3,32}})?(?!\w|{_FORBIDDEN_AROUND})")),
    ("mention", re.compile(r"(?<!\w)@[a-zA-Z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w/])#(?=\w*[^\W\d_])\w{1,256}(?!#)")),
)  # fmt: skip


def detect(text: str, taken: tuple[Entity, ...] = ()) -> tuple[Entity, ...]:
    """Entities found in a text outside the stretches already taken by code, links and the like."""
    found: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            content = match.group()
            if kind == "url":
                content = content.rstrip(".,:;!?)]}'\"…")
            entity = Entity(
                type=kind, offset=utf16_length(text[: match.start()]), length=utf16_length(content)
            )
            if not any(_overlap(entity, other) for other in (*taken, *found)):
                found.append(entity)
    return tuple(sorted(found, key=lambda one: one.offset))


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end
