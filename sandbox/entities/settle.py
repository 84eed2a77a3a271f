"""The last steps before a text is kept: cleaning, trimming, order, found entities, the cap."""

from sandbox.entities.detect import detect
from sandbox.entities.model import MAX_ENTITIES, Entity, FormattedText

_BREAKABLE = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_CODE = frozenset({"pre", "code"})
_OPEN_TO_FINDS = _BREAKABLE | {"blockquote", "expandable_blockquote"}
_ORDER = (
    "blockquote", "expandable_blockquote", "text_link", "text_mention", "pre", "code", "bold", "italic",
    "underline", "strikethrough", "spoiler",
)  # fmt: skip


def settle(formatted: FormattedText) -> FormattedText:
    """The text and entities as Telegram gives them back.

    Control characters and space at both ends go, code loses what is nested in it, commands, mentions,
    hashtags and addresses are added, and after the 100th entity the rest is lost without an error.
    """
    text = _cleaned(formatted.text)
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    units = len(text.encode("utf-16-le")) // 2
    entities = [moved for entity in formatted.entities if (moved := _moved(entity, -lead, units)) is not None]
    codes = [entity for entity in entities if entity.type in _CODE]
    whole = [
        piece for entity in entities for piece in (_outside(entity, codes) if entity.type in _BREAKABLE else [entity])
    ]  # fmt: skip
    closed = tuple(entity for entity in whole if entity.type not in _OPEN_TO_FINDS)
    everything = sorted([*whole, *detect(text, closed)], key=_place)
    return FormattedText(text=text, entities=tuple(everything[:MAX_ENTITIES]))


def _cleaned(text: str) -> str:
    """Without carriage returns; other control characters become spaces, as Telegram does."""
    kept = (character for character in text if character != "\r")
    return "".join(" " if character < " " and character != "\n" else character for character in kept)


def _moved(entity: Entity, by: int, units: int) -> Entity | None:
    begin, end = max(0, entity.offset + by), min(units, entity.end + by)
    return _resized(entity, begin, end) if end > begin else None


def _resized(entity: Entity, begin: int, end: int) -> Entity:
    return Entity(type=entity.type, offset=begin, length=end - begin, extra=entity.extra)


def _outside(entity: Entity, codes: list[Entity]) -> list[Entity]:
    """What is left of an entity when the stretches of code are cut out of it."""
    pieces = [entity]
    for code in codes:
        cut: list[Entity] = []
        for piece in pieces:
            if code.end <= piece.offset or piece.end <= code.offset:
                cut.append(piece)
                continue
            if piece.offset < code.offset:
                cut.append(_resized(piece, piece.offset, code.offset))
            if code.end < piece.end:
                cut.append(_resized(piece, code.end, piece.end))
        pieces = cut
    return pieces


def _place(entity: Entity) -> tuple[int, int, int]:
    rank = _ORDER.index(entity.type) if entity.type in _ORDER else len(_ORDER)
    return entity.offset, -entity.length, rank
