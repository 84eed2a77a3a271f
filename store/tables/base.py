"""What all tables share."""

from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import JSON, Index, Table, text
from sqlalchemy.orm import DeclarativeBase

from store.columns import UtcDateTime


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows only that meet the condition, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


def table_of(row: type[Base]) -> Table:
    """The table behind a row's class, for statements that are made once and run often: making one costs more than running
    it."""
    return cast(Table, row.__table__)
