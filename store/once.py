"""Rows that several processes may want to add at the same moment: the first one adds, nobody fails."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from store.tables import Base, table_of


async def add_once(
    session: AsyncSession,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    unique: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """Add rows; one whose `unique` columns are there already is left as it is. `where` is the condition of a partial
    unique index. Waits for another process that adds the same row in a transaction of its own."""
    if rows:
        await session.execute(insert_once(session, table, unique=unique, where=where), list(rows))


def insert_once(
    session: AsyncSession,
    table: type[Base],
    *,
    unique: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> Any:
    """The statement behind `add_once`, for who also wants to know which rows it added (RETURNING)."""
    return insert_into(session, table).on_conflict_do_nothing(index_elements=list(unique), index_where=where)


def insert_into(session: AsyncSession, table: type[Base]) -> Any:
    """The database's own insert, which can be told what to do about a row that is there already."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table_of(table))
