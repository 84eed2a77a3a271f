"""Text with entities. https://core.telegram.org/bots/api#messageentity"""

from dataclasses import dataclass, field

from sandbox.json_types import JsonObject

MAX_ENTITIES = 100


class EntityError(Exception):
    """Telegram could not read the entities; the message is what it says after "can't parse entities: "."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One stretch of a text; offset and length in UTF-16 code units. `extra` are the fields of its type."""

    type: str
    offset: int
    length: int
    extra: JsonObject = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The offset after its last unit."""
        return self.offset + self.length

    def as_api(self) -> JsonObject:
        """The entity as the Bot API gives it."""
        return {"offset": self.offset, "length": self.length, "type": self.type} | self.extra


@dataclass(frozen=True, kw_only=True)
class FormattedText:
    """A text and its entities, in the order in which Telegram gives them."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text has: an emoji outside the basic plane counts twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")
