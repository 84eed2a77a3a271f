"""Column types that keep the house's promises about values."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Dialect, String, TypeDecorator, literal_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in the program, whatever the database keeps. Naive datetimes are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime is not an instant: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum kept as its word, readable in any database client."""

    impl = String(20)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def is_word(column: ColumnElement[Any], word: StrEnum) -> ColumnElement[bool]:
    """The column has that word, which stands in the statement itself: an index of some rows only (`WHERE state = 'new'`)
    cannot be used for a value that comes later."""
    return column == as_written(word)


def as_written(word: StrEnum) -> ColumnElement[Any]:
    """The word in the statement itself."""
    return literal_column(f"'{word.value}'")
